/** @file The kit's own GPT-2 and AdamW as one compiled step, and how much arithmetic its matrix products are. */
import { engine, nn, random, text, training } from '../src/lib';

const { tf } = engine;

export interface Gpt2Case {
  width: number;
  batch: number;
  layers: number;
  heads: number;
  vocabulary: number;
  time: number;
  learningRate: number;
  weightDecay: number;
}

export interface Gpt2Step {
  /** One step: its loss. */
  step(): Promise<number>;
  /** All initial weights, float32, one after the other, and their names and shapes in that order. */
  weights: { bytes: Buffer; names: [string, number[]][] };
  ids: number[];
  targets: number[];
  dispose(): void;
}

export async function gpt2Step(settings: Gpt2Case): Promise<Gpt2Step> {
  const { batch, time, vocabulary, learningRate, weightDecay } = settings;
  const config = text.gpt2ConfigSchema.parse({
    modelType: 'gpt2',
    vocabSize: vocabulary,
    nPositions: time,
    nEmbd: settings.width,
    nLayer: settings.layers,
    nHead: settings.heads,
  });
  const parameters = nn.createParameters(text.gpt2Specifications(config), 1);
  const variables = parameters.variables();
  const optimizer = training.createOptimizer(parameters, {
    config: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    weightDecay,
    trainable: parameters.names(),
  });
  const compiled = engine.compile(
    (ids: engine.tf.Tensor, labels: engine.tf.Tensor, inputs: engine.tf.Tensor) => {
      const { value, grads } = tf.variableGrads(() => {
        const { states } = text.gpt2(parameters, config, { ids });
        return nn.crossEntropy(text.gpt2Logits(parameters, states), labels) as engine.tf.Scalar;
      }, variables);
      const gradient = (variable: engine.tf.Variable) => grads[variable.name] as engine.tf.Tensor;
      optimizer.update(
        inputs,
        new Map(parameters.entries().map(([name, variable]) => [name, gradient(variable)])),
      );
      return value as engine.tf.Tensor;
    },
    { state: [...variables, ...optimizer.state.values()], name: 'GPT-2 step' },
  );
  const arrays = [...(await parameters.toArrays()).entries()];
  const weights = {
    bytes: Buffer.concat(
      arrays.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
    ),
    names: arrays.map(([name, { shape }]): [string, number[]] => [name, shape]),
  };
  const generator = new random.Generator(1, 'bench tokens');
  const tokens = Array.from({ length: batch * time + 1 }, () => generator.integer(vocabulary));
  const [ids, targets] = [tokens.slice(0, -1), tokens.slice(1)];
  const [idTensor, targetTensor] = [ids, targets].map((list) =>
    tf.tensor2d(list, [batch, time], 'int32'),
  ) as [engine.tf.Tensor, engine.tf.Tensor];
  let count = 0;
  return {
    weights,
    ids,
    targets,
    async step() {
      const inputs = tf.tensor1d(optimizer.inputs(count++, learningRate));
      const loss = await compiled(idTensor, targetTensor, inputs);
      const [value] = await loss.data();
      tf.dispose([inputs, loss]);
      return value as number;
    },
    dispose() {
      compiled.dispose();
      optimizer.dispose();
      parameters.dispose();
      tf.dispose([idTensor, targetTensor]);
    },
  };
}

/**
 * Floating-point operations of a step's matrix products: per token and layer 2·12·D² for the weights and 2·2·T·D for
 * the attention, 2·V·D for the vocabulary; the backward pass has two products for each.
 */
export function matrixOperations({ width: D, batch: B, layers, vocabulary: V, time: T }: Gpt2Case): number {
  const perToken = layers * (24 * D * D + 4 * T * D) + 2 * V * D;
  return 3 * B * T * perToken;
}
