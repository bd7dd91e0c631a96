/** Forgetting and switches: a frozen network forgets nothing to the bit, a trained one is as far away as its arrays say. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import {
  fineTuneWith,
  measureForgetting,
  pretrainingLoss,
  type SwitchedRun,
} from '../../src/lib/experiments';
import { Generator } from '../../src/lib/random';
import { evaluateModel, loadTrainedModel, type TrainConfigInput, train } from '../../src/lib/training';
import { colourData } from '../support/colour-data';

let folder: string;
let pretrained: string;
let text: string;
let runs: SwitchedRun[];

beforeAll(async () => {
  await use({ device: 'cpu' });
  folder = await colourData(40);
  const generator = new Generator(1, 'sentences');
  const words = [
    'what',
    'colour',
    'is',
    'the',
    'disc',
    'red',
    'green',
    'blue',
    'yellow',
    'which',
    'name',
    'it',
  ];
  const sentences = (count: number) =>
    Array.from({ length: count }, () =>
      Array.from({ length: 5 }, () => generator.choice(words)).join(' '),
    ).join('\n');
  text = join(folder, 'held-out.txt');
  writeFileSync(join(folder, 'text.txt'), sentences(80));
  writeFileSync(text, sentences(20));
  pretrained = join(folder, 'pretrained');
  const language: TrainConfigInput = {
    task: 'causal-lm',
    data: { train: join(folder, 'text.txt'), validation: text },
    model: { text: 'gpt-tiny', tokenizer: { kind: 'characters' } },
    languageModel: { blockLength: 16 },
    training: { maxSteps: 20, batchSize: 8, learningRate: 1e-2, patience: null },
  };
  await train(language, pretrained);
  const file = (part: string) => join(folder, `${part}.jsonl`);
  runs = await fineTuneWith({
    base: {
      task: 'classification',
      data: { train: file('train'), validation: file('validation'), test: file('test') },
      model: { text: pretrained, fusion: 'none' },
      training: { maxSteps: 6, batchSize: 8, learningRate: 3e-2, evaluationSteps: 3, patience: null },
    },
    ways: {
      everything: {},
      'the head alone': { 'training.frozen': ['text'] },
      'from scratch': { 'model.text': 'gpt-tiny', 'model.tokenizer': { kind: 'characters' } },
    },
    out: join(folder, 'ways'),
    pretrained,
    text,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const arraysOf = async (run: string) => {
  const { model } = await loadTrainedModel(join(run, 'model'));
  const arrays = await model.parameters.toArrays();
  model.dispose();
  return [...arrays].filter(([name]) => name.startsWith('transformer.'));
};

describe('measureForgetting', () => {
  it('of a frozen network: the loss is the pretrained one to the bit, and nothing has moved', async () => {
    const before = await pretrainingLoss(pretrained, text);
    expect(runs[1]?.forgetting).toEqual({ loss: before, distance: 0, moved: 0 });
  });

  it('of a network that learned: what its arrays say, and a language model that can be loaded and asked', async () => {
    const { forgetting, out } = runs[0] as SwitchedRun;
    const [first, last] = [await arraysOf(pretrained), await arraysOf(out)];
    const pairs = first.flatMap(([, { data }], i) =>
      [...data].map((was, k) => [was, last[i]?.[1].data[k] as number] as const),
    );
    const length = (numbers: number[]) => Math.hypot(...numbers);
    const distance = length(pairs.map(([was, is]) => is - was)) / length(pairs.map(([was]) => was));
    expect([forgetting?.distance as number]).toBeClose([distance], { relative: 1e-9 });
    expect(forgetting?.moved).toBe(pairs.filter(([was, is]) => was !== is).length / pairs.length);
    expect(forgetting?.moved).toBeGreaterThan(0.2);
    const asked = await evaluateModel(join(out, 'as-language-model'), text);
    expect(asked.task).toBe('causal-lm');
    expect(asked.metrics.loss).toEqual(forgetting?.loss);
    expect(forgetting?.loss.value).not.toBe((await pretrainingLoss(pretrained, text)).value);
  });

  it('asks for a language model, and for a network of its shape', async () => {
    const { out } = runs[0] as SwitchedRun;
    await expect(measureForgetting(out, out, text)).rejects.toThrow('was not pretrained on text');
    await expect(measureForgetting(pretrained, (runs[2] as SwitchedRun).out, text)).rejects.toThrow(
      'transformer.wte.weight is of another size',
    );
  });
});

describe('fineTuneWith', () => {
  it('gives for each way its score before and after, its curve from step 0, and no forgetting from scratch', async () => {
    expect(runs.map(({ name }) => name)).toEqual(['everything', 'the head alone', 'from scratch']);
    for (const { run, out, accuracy } of runs) {
      expect(run.points.filter(({ validation }) => validation !== undefined).map(({ step }) => step)).toEqual(
        [0, 3, 6],
      );
      expect((await evaluateModel(out, join(folder, 'test.jsonl'))).metrics.accuracy).toEqual(accuracy);
    }
    expect(runs[2]?.forgetting).toBeNull();
    // The same seed gives both the same head, and they read the same states before the first step.
    expect(runs[0]?.accuracyBefore).toBe(runs[1]?.accuracyBefore);
  });
});
