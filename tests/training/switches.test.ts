/** @file Runs with switches on: what is kept of adapters and averages, and that a run resumed is the run never killed. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, tf, use } from '../../src/lib/engine';
import { readSafetensors } from '../../src/lib/export/safetensors-sharded';
import {
  evaluateModel,
  Interrupted,
  parseTrainConfig,
  prepare,
  type TrainConfigInput,
  type TrainingEvent,
  train,
} from '../../src/lib/training';
import { Averages } from '../../src/lib/training/averages';
import { colourData } from '../support/colour-data';

let folder: string;
beforeAll(async () => {
  folder = await colourData();
  await use({ device: 'cpu' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Switches = NonNullable<TrainConfigInput['training']>;

const config = (switches: Switches): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl', validation: 'validation.jsonl' },
  model: { text: 'tiny', vision: 'cnn-tiny', fusion: 'concat' },
  training: { maxSteps: 6, batchSize: 16, ...switches },
});

const run = (name: string) => join(folder, 'runs', name);
const weights = async (name: string) =>
  new Map(
    [...(await readSafetensors(join(run(name), 'model', 'model.safetensors'))).tensors].map(
      ([key, { data }]) => [key, [...(data as Float32Array)]],
    ),
  );

describe('lora and ema', () => {
  it('what is kept is averaged and merged: evaluate finds what the run found, and nothing else of the text has moved', async () => {
    const switches = { lora: { rank: 2, targets: ['query', 'value'] }, ema: 0.5, learningRate: 1e-2 };
    const begun = await prepare(parseTrainConfig(config(switches)), { folder });
    const before = await begun.model.parameters.toArrays();
    begun.dispose();
    const tensors = tf.memory().numTensors;
    const result = await train(config(switches), run('lora'), { folder });
    expect(tf.memory().numTensors).toBe(tensors);
    const again = await evaluateModel(run('lora'), join(folder, 'validation.jsonl'));
    expect(again.metrics).toEqual(result.metrics);

    const after = await weights('lora');
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    const moved = [...before].filter(([name, { data }]) => data.some((v, i) => v !== after.get(name)?.[i]));
    expect(moved.map(([name]) => name).filter((name) => name.startsWith('bert.'))).toEqual([
      'bert.encoder.layer.0.attention.self.query.weight',
      'bert.encoder.layer.0.attention.self.value.weight',
    ]);
    expect(moved.map(([name]) => name)).toContain('classifier.weight');
  });

  it('an average is that of the weights after each step', async () => {
    const variable = tf.variable(tf.tensor1d([1, -2]));
    const averages = new Averages(new Map([['w', variable]]), 0.75);
    const step = compile(
      (gradient: tf.Tensor) => {
        variable.assign(tf.sub(variable, gradient));
        averages.update();
        return gradient;
      },
      { state: [variable, ...averages.state.values()] },
    );
    for (const gradient of [
      [1, 0],
      [2, -4],
    ])
      await step(tf.tensor1d(gradient));
    expect(await averages.state.get('w')?.data()).toBeClose([0.75 * 0.75 + 0.25 * -2, 0.75 * -2 + 0.25 * 2]);
    step.dispose();
    averages.dispose();
    variable.dispose();
  });
});

describe('with every switch on', () => {
  it('a run resumed is the run never stopped, to the bit', async () => {
    const augmentation = {
      pictures: { crop: 0.8, flip: 0.5, cutout: 0.2, rotation: 10 },
      text: { wordDropout: 0.2, synonyms: 'built-in' },
    };
    const base = config({
      maxSteps: 4,
      lora: { rank: 2, dropout: 0.2 },
      ema: 0.9,
      gradualUnfreezing: 0.5,
      layerDecay: 0.9,
      learningRates: { head: 3e-3 },
      optimizer: { kind: 'adamw', l2: 0.01 },
      adversarial: { kind: 'freelb', epsilon: 0.1, steps: 2 },
      evaluationSteps: 2,
    });
    const all = { ...base, data: { ...base.data, augmentation } };
    await train(all, run('whole'), { folder });
    const controller = new AbortController();
    const onEvent = (event: TrainingEvent) => {
      if (event.kind === 'step' && event.step === 3) controller.abort();
    };
    await expect(train(all, run('stopped'), { folder, signal: controller.signal, onEvent })).rejects.toThrow(
      Interrupted,
    );
    await train(all, run('stopped'), { folder, resume: true });
    expect(await weights('stopped')).toEqual(await weights('whole'));
    const log = (name: string) => readFileSync(join(run(name), 'metrics.jsonl'), 'utf8');
    expect(log('stopped')).toBe(log('whole'));
  });
});
