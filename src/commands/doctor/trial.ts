/** @file The proof that the kit can train here: three steps of a small GPT-2 on the chosen device; its loss must fall. */
import { engine, nn, random, text } from '../../lib';

const { tf } = engine;

export interface Trial {
  works: boolean;
  /** Loss before each step, and after the last. */
  losses: number[];
  /** Milliseconds of the first step, compilation included, and of the last. */
  firstMilliseconds: number;
  lastMilliseconds: number;
  reason: string;
}

const STEPS = 3;
const [B, T, V] = [4, 16, 32];

const CONFIG = text.gpt2ConfigSchema.parse({
  modelType: 'gpt2',
  vocabSize: V,
  nPositions: T,
  nEmbd: 32,
  nLayer: 1,
  nHead: 2,
});

/** Trains on the device in use. Never throws: what went wrong stands in `reason`. */
export async function tryTraining(): Promise<Trial> {
  const losses: number[] = [];
  const times: number[] = [];
  const parameters = nn.createParameters(text.gpt2Specifications(CONFIG), 1);
  const state = parameters.variables();
  const dropout = new engine.RandomStream(1);
  const lossOf = (ids: engine.tf.Tensor, labels: engine.tf.Tensor, stream?: engine.RandomStream) => {
    const { states } = text.gpt2(parameters, CONFIG, { ids }, stream ? { random: stream } : {});
    return nn.crossEntropy(text.gpt2Logits(parameters, states), labels) as engine.tf.Scalar;
  };
  const step = engine.compile(
    (ids: engine.tf.Tensor, labels: engine.tf.Tensor) => {
      const { grads } = tf.variableGrads(() => lossOf(ids, labels, dropout), state);
      for (const variable of state) {
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name] as engine.tf.Tensor, 0.1)));
      }
      return lossOf(ids, labels);
    },
    { state, name: 'trial step' },
  );
  const before = engine.compile((ids: engine.tf.Tensor, labels: engine.tf.Tensor) => lossOf(ids, labels), {
    state,
    name: 'trial loss',
  });
  const [ids, labels] = someText();
  try {
    losses.push(await numberIn(await before(ids, labels)));
    for (let i = 0; i < STEPS; i++) {
      const start = performance.now();
      losses.push(await numberIn(await step(ids, labels)));
      times.push(performance.now() - start);
    }
    const falls = losses.every(
      (loss, i) => Number.isFinite(loss) && (i === 0 || loss < (losses[i - 1] as number)),
    );
    return report(falls, falls ? 'the loss falls at each step' : 'the loss does not fall at each step');
  } catch (error) {
    return report(false, (error as Error).message);
  } finally {
    step.dispose();
    before.dispose();
    parameters.dispose();
    tf.dispose([ids, labels]);
  }

  function report(works: boolean, reason: string): Trial {
    return { works, losses, reason, firstMilliseconds: times[0] ?? 0, lastMilliseconds: times.at(-1) ?? 0 };
  }
}

/** Tokens [B, T] and those that follow them. */
function someText(): [engine.tf.Tensor, engine.tf.Tensor] {
  const generator = new random.Generator(1, 'doctor');
  const tokens = Int32Array.from({ length: B * T + 1 }, () => generator.integer(V / 4));
  return [tf.tensor(tokens.slice(0, -1), [B, T], 'int32'), tf.tensor(tokens.slice(1), [B, T], 'int32')];
}

async function numberIn(tensor: engine.tf.Tensor): Promise<number> {
  const [value] = await tensor.data();
  tensor.dispose();
  return value as number;
}
