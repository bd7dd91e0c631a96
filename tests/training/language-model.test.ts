/** @file Pretraining: it learns more than how frequent the tokens are, evaluates by any batch, and hands its weights on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { TokenStream } from '../../src/lib/data';
import { tf, use } from '../../src/lib/engine';
import { readSafetensors } from '../../src/lib/export/safetensors-sharded';
import { Generator } from '../../src/lib/random';
import {
  evaluateModel,
  Interrupted,
  parseTrainConfig,
  prepare,
  type TrainConfigInput,
  train,
} from '../../src/lib/training';
import { temporaryFolder } from '../support/temporary-folder';

const { path: folder, write } = temporaryFolder();
const out = (name: string) => join(folder, 'runs', name);

/** Sentences in which the animal decides what it does and where: 12 words, much to predict. */
function sentences(count: number, seed: string): string[] {
  const generator = new Generator(1, seed);
  const lives = [
    ['cat', 'sleeps', 'roof'],
    ['fish', 'swims', 'pond'],
    ['bird', 'sings', 'tree'],
  ];
  return Array.from({ length: count }, () => {
    const [animal, does, place] = generator.choice(lives) as [string, string, string];
    return `the ${generator.choice(['old', 'young'])} ${animal} ${does} in the ${place}.`;
  });
}

/** Entropy in nats of the tokens' frequencies: the loss of the best model without context, on these very tokens. */
function unigramEntropy(tokens: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (const token of Array.from(tokens)) counts.set(token, (counts.get(token) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, n) => sum + (n / tokens.length) * Math.log(n / tokens.length), 0);
}

beforeAll(async () => {
  await use({ device: 'cpu' });
  write('train.txt', sentences(400, 'train').join('\n'));
  write('validation.txt', sentences(60, 'validation').join('\n'));
  write(
    'validation.jsonl',
    sentences(60, 'validation')
      .map((text) => JSON.stringify({ text }))
      .join('\n'),
  );
});

const config = (
  task: 'causal-lm' | 'masked-lm',
  change: {
    model?: TrainConfigInput['model'];
    languageModel?: TrainConfigInput['languageModel'];
    training?: TrainConfigInput['training'];
  } = {},
): TrainConfigInput => ({
  task,
  data: { train: 'train.txt', validation: 'validation.txt' },
  model: {
    text: task === 'causal-lm' ? 'gpt-tiny' : 'tiny',
    tokenizer: { vocabularySize: 300 },
    ...change.model,
  },
  languageModel: { blockLength: 24, ...change.languageModel },
  training: { epochs: 20, batchSize: 16, learningRate: 1e-2, patience: null, ...change.training },
});

const weightsOf = (run: string) => readFileSync(join(run, 'model', 'model.safetensors'));

describe.each(['causal-lm', 'masked-lm'] as const)('%s', (task) => {
  it('learns far more than the frequencies of the tokens, the same each time', async () => {
    const { metrics } = await train(config(task), out(task), { folder });
    const prepared = await prepare(parseTrainConfig(config(task)), { folder });
    const { stream } = prepared.validation as unknown as {
      stream: { length: number; read(a: number, b: number): Int32Array };
    };
    const entropy = unigramEntropy(stream.read(0, stream.length));
    prepared.dispose();
    expect(metrics.loss?.value).toBeLessThan((task === 'causal-lm' ? 0.6 : 0.8) * entropy);
    expect(metrics.perplexity?.value).toBeCloseTo(Math.exp(metrics.loss?.value as number), 6);
    await train(config(task), out(`${task}-again`), { folder });
    expect(weightsOf(out(`${task}-again`)).equals(weightsOf(out(task)))).toBe(true);
  });

  it('is measured alike in batches of any size', async () => {
    const values = [];
    for (const batchSize of [1, 7, 256]) {
      const { metrics } = await evaluateModel(out(task), join(folder, 'validation.txt'), { batchSize });
      values.push(metrics.loss?.value as number);
    }
    expect(values).toBeClose(Array(3).fill(values[0]), { relative: 1e-6 });
  });

  it('interrupted and resumed ends with the bytes of the run that was not', async () => {
    const controller = new AbortController();
    const interrupted = train(config(task), out(`${task}-resumed`), {
      folder,
      signal: controller.signal,
      onEvent: (event) => event.kind === 'step' && event.step === 7 && controller.abort(),
    });
    await expect(interrupted).rejects.toThrow(Interrupted);
    await train(config(task), out(`${task}-resumed`), { folder, resume: true });
    expect(weightsOf(out(`${task}-resumed`)).equals(weightsOf(out(task)))).toBe(true);
  });

  it('smooths labels in training, never in what it reports', async () => {
    const losses = async (labelSmoothing: number, name: string) => {
      const seen: number[] = [];
      const training = { maxSteps: 1, learningRate: 1e-12, labelSmoothing };
      const { metrics } = await train(config(task, { training }), out(name), {
        folder,
        onEvent: (event) => event.kind === 'step' && seen.push(event.loss),
      });
      return { trained: seen[0] as number, reported: metrics.loss?.value as number };
    };
    const [plain, smooth] = [await losses(0, `${task}-plain`), await losses(0.5, `${task}-smooth`)];
    expect(Math.abs(smooth.trained - plain.trained)).toBeGreaterThan(1e-5);
    expect(smooth.reported).toBeCloseTo(plain.reported, 6);
  });

  it('refuses to change records where there are none', async () => {
    const changed = <R>(record: R) => record;
    const asked = evaluateModel(out(task), join(folder, 'validation.txt'), { changed });
    await expect(asked).rejects.toThrow(/plain text; there is no record/);
  });

  it('removes the file of tokens when a text has been measured', async () => {
    const dispose = vi.spyOn(TokenStream.prototype, 'dispose');
    await evaluateModel(out(task), join(folder, 'validation.txt'));
    expect(dispose).toHaveBeenCalledTimes(1);
    dispose.mockRestore();
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await train(config(task, { training: { maxSteps: 3 } }), out(`${task}-short`), { folder });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each(['next', 'order'] as const)('sentence pairs: %s', (question) => {
  it('are judged far better than by chance, where what comes first can be told', async () => {
    const generator = new Generator(1, 'days');
    const day = () => {
      const animal = generator.choice(['cat', 'dog', 'cow']);
      return { text: `The ${animal} wakes up. The ${animal} eats. The ${animal} falls asleep.` };
    };
    const lines = (count: number) => Array.from({ length: count }, () => JSON.stringify(day())).join('\n');
    write('days.jsonl', lines(400));
    write('more-days.jsonl', lines(100));
    const { metrics } = await train(
      {
        ...config('masked-lm', { languageModel: { sentencePairs: question } }),
        data: { train: 'days.jsonl', validation: 'more-days.jsonl' },
      },
      out(`pairs-${question}`),
      { folder },
    );
    // Elsewhere is often another animal, or an earlier part of the same one's day; swapped parts can always be told.
    expect(metrics.pairAccuracy?.low).toBeGreaterThan(question === 'order' ? 0.9 : 0.7);
    const again = await evaluateModel(out(`pairs-${question}`), join(folder, 'more-days.jsonl'), {
      batchSize: 7,
    });
    expect(again.metrics.pairAccuracy?.value).toBe(metrics.pairAccuracy?.value);
  });
});

describe('pretraining', () => {
  it('of documents that are kept apart costs nothing in bits: records are measured as lines of their own', async () => {
    const { metrics } = await evaluateModel(out('causal-lm'), join(folder, 'validation.jsonl'));
    expect(metrics.bitsPerByte?.value).toBeGreaterThan(0);
    expect(metrics.loss?.value).toBeLessThan(3);
  });

  it('has no picture that could be another, and no gate', async () => {
    const file = join(folder, 'validation.jsonl');
    for (const options of [{ condition: 'shuffled' }, { forcedRelevance: 1 }] as const)
      await expect(evaluateModel(out('causal-lm'), file, options)).rejects.toThrow(
        /causal-lm reads plain text, and no picture; leave the condition and the gate out/,
      );
  });

  it('with two batches of 8 a step gives the weights of one of 16, to 1e-5', async () => {
    const steps = { maxSteps: 6, learningRate: 1e-3, gradientClipping: 0.5 };
    const one = config('causal-lm', { training: { ...steps, batchSize: 16 } });
    const two = config('causal-lm', { training: { ...steps, batchSize: 8, accumulation: 2 } });
    await train(one, out('one-batch'), { folder });
    await train(two, out('two-batches'), { folder });
    const [a, b] = await Promise.all(
      ['one-batch', 'two-batches'].map((run) =>
        readSafetensors(join(out(run), 'model', 'model.safetensors')),
      ),
    );
    for (const [name, { data }] of a?.tensors ?? []) {
      expect(b?.tensors.get(name)?.data as Float32Array).toBeClose(data as Float32Array, { absolute: 1e-5 });
    }
  });

  it('hands weights and tokenizer on to a model of another task', async () => {
    write(
      'labelled.jsonl',
      sentences(40, 'labelled')
        .map((text, i) => JSON.stringify({ id: `${i}`, text, label: text.includes('cat') ? 'cat' : 'other' }))
        .join('\n'),
    );
    const prepared = await prepare(
      parseTrainConfig({
        task: 'classification',
        data: { train: 'labelled.jsonl' },
        model: { text: 'runs/masked-lm', fusion: 'none' },
      }),
      { folder },
    );
    const { tensors } = await readSafetensors(join(out('masked-lm'), 'model', 'model.safetensors'));
    for (const name of prepared.model.network.text.specifications().map((one) => one.name)) {
      const value = prepared.model.parameters.get(name).dataSync() as Float32Array;
      expect(value).toBeClose(tensors.get(name)?.data as Float32Array, { absolute: 0, relative: 0 });
    }
    expect(prepared.tokenizer.toFiles()).toEqual(
      (await prepare(parseTrainConfig(config('masked-lm')), { folder })).tokenizer.toFiles(),
    );
    prepared.dispose();
  });

  it.each([
    [
      'a picture',
      config('causal-lm', { model: { fusion: 'concat' } }),
      /model\.fusion: concat, but causal-lm reads text alone/,
    ],
    [
      'a network that sees both sides',
      config('causal-lm', { model: { text: 'tiny' } }),
      /causal-lm needs a causal network \(gpt2, llama\); this is bert|needs a causal/,
    ],
    [
      'a causal network',
      config('masked-lm', { model: { text: 'gpt-tiny' } }),
      /masked-lm needs a network that sees both sides/,
    ],
    [
      'blocks that are too long',
      config('causal-lm', { languageModel: { blockLength: 65 } }),
      /languageModel\.blockLength: 65 tokens, but the network takes 64/,
    ],
    [
      'a tokenizer without [MASK]',
      config('masked-lm', { model: { text: 'tiny', tokenizer: { kind: 'characters' } } }),
      /masked-lm needs the tokens \[MASK\]/,
    ],
    [
      'a folder that is not there',
      config('causal-lm', { model: { text: 'runs/none' } }),
      /neither a preset .* nor a folder .*hub:OWNER\/NAME@REVISION/,
    ],
    [
      'a share above 1',
      config('masked-lm', { languageModel: { maskedShare: 1.5 } }),
      /languageModel\.maskedShare/,
    ],
  ])('%s is refused before anything is written', async (_, wrong, message) => {
    await expect(train(wrong, out('refused'), { folder })).rejects.toThrow(message);
  });

  it('a checkpoint on the hub says at once what to do where the hub cannot be reached', async () => {
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    vi.stubEnv('HF_HUB_CACHE', join(folder, 'cache'));
    const wrong = config('causal-lm', { model: { text: 'hub:nobody/nothing@main' } });
    await expect(train(wrong, out('refused'), { folder })).rejects.toThrow(
      /nobody\/nothing.*HF_HUB_OFFLINE/s,
    );
    vi.unstubAllEnvs();
  });

  it('characters that training never saw are refused, not dropped', async () => {
    const characters = config('causal-lm', {
      model: { text: 'gpt-tiny', tokenizer: { kind: 'characters' } },
    });
    write('foreign.txt', 'the old cat sleeps in the Zoo.');
    await expect(
      train({ ...characters, data: { train: 'train.txt', validation: 'foreign.txt' } }, out('foreign'), {
        folder,
      }),
    ).rejects.toThrow(/foreign\.txt: holds characters that the tokenizer does not know/);
  });
});
