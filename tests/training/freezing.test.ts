/** @file What is frozen does not move by a bit, and everything else does; rates and depths, by what has moved. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tf, use } from '../../src/lib/engine';
import { readSafetensors } from '../../src/lib/export/safetensors-sharded';
import { parseTrainConfig, prepare, type TrainConfigInput, train } from '../../src/lib/training';
import { adaptedProjections } from '../../src/lib/training/adapted-projections';
import { firstSteps, trainableNames } from '../../src/lib/training/freezing';
import { parameterNames } from '../../src/lib/training/parameter-names';
import { colourData } from '../support/colour-data';

let folder: string;
beforeAll(async () => {
  folder = await colourData();
  await use({ device: 'cpu' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Switches = NonNullable<TrainConfigInput['training']>;

/** A network of two layers, so that one can be left behind. */
const text = {
  modelType: 'bert',
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 16,
  maxPositionEmbeddings: 32,
};

/** An encoder of two layers, whose decoder classification has no use for. */
const bart = {
  modelType: 'bart',
  dModel: 16,
  encoderLayers: 2,
  decoderLayers: 1,
  encoderAttentionHeads: 2,
  decoderAttentionHeads: 2,
  encoderFfnDim: 16,
  decoderFfnDim: 16,
  maxPositionEmbeddings: 32,
};

const config = (switches: Switches, network: object = text): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl' },
  model: { text: network as typeof text, vision: 'cnn-tiny', fusion: 'concat', pooling: 'network' },
  training: { maxSteps: 4, batchSize: 16, weightDecay: 0.5, ...switches },
});

type Arrays = Map<string, ArrayLike<number>>;

/** The parameters before and after four steps. */
async function beforeAndAfter(switches: Switches, name: string): Promise<[Arrays, Arrays]> {
  const begun = await prepare(parseTrainConfig(config(switches)), { folder });
  const before = await begun.model.parameters.toArrays();
  begun.dispose();
  const out = join(folder, 'runs', name);
  await train(config(switches), out, { folder });
  const { tensors } = await readSafetensors(join(out, 'model', 'model.safetensors'));
  const data = (arrays: Iterable<[string, { data: unknown }]>) =>
    new Map([...arrays].map(([key, one]) => [key, one.data as Float32Array]));
  return [data(before), data(tensors)];
}

/** Names of the parameters that four steps have changed. */
async function moved(switches: Switches, name: string): Promise<Set<string>> {
  const [before, after] = await beforeAndAfter(switches, name);
  const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).every((value, i) => Object.is(value, b[i]));
  const changed = [...before].filter(([key, data]) => !same(data, after.get(key) ?? []));
  return new Set(changed.map(([key]) => key));
}

describe('training.frozen', () => {
  it('nothing: every parameter that the loss depends on learns', async () => {
    const names = await moved({}, 'free');
    expect(names).toContain('bert.encoder.layer.0.output.dense.weight');
    expect(names).toContain('cnn.stages.0.weight');
  });

  it('parts and patterns stay as they are, weight decay included', async () => {
    const names = await moved({ frozen: ['text', 'cnn.stages.0.*'] }, 'frozen');
    expect([...names].filter((name) => /^bert\.|^cnn\.stages\.0\./.test(name))).toEqual([]);
    for (const name of ['cnn.stages.1.weight', 'fusion.output.weight']) expect(names).toContain(name);
  });

  it.each([
    [['bert.encoder.layer.7.*'], /frozen: "bert\.encoder\.layer\.7\.\*" is no parameter of this model/],
    [['txt'], /did you mean text\?/],
    [['*'], /nothing is left to learn/],
  ])('%j is refused, adapters too, and leaves no tensor behind', async (frozen, message) => {
    const before = tf.memory().numTensors;
    const refused = config({ frozen, lora: true });
    await expect(train(refused, join(folder, 'runs', 'refused'), { folder })).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a config whose records do not do leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { model, ...rest } = config({});
    const gated = { ...rest, model: { ...model, gate: { supervision: 'labels' } } };
    await expect(prepare(parseTrainConfig(gated), { folder })).rejects.toThrow(/imageRelevant/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('by depth', () => {
  it('gradualUnfreezing: a layer more each time, from the top', async () => {
    // 96 records less a tenth make 5 steps of 16: half an epoch is 2 or 3 steps, so that 4 steps see one layer join.
    const names = await moved({ gradualUnfreezing: 0.5 }, 'gradual');
    expect(names).toContain('bert.encoder.layer.1.output.dense.weight');
    expect([...names].filter((name) => /^bert\.(embeddings|encoder\.layer\.0)\./.test(name))).toEqual([]);
  });

  it('an encoder–decoder that only encodes: its top layer is the encoder’s, and the decoder never learns', async () => {
    const { model, dispose } = await prepare(parseTrainConfig(config({}, bart)), { folder });
    const names = parameterNames(model);
    const { parts } = names;
    const all = { frozen: [], trainableLayers: null, headOnly: false, gradualUnfreezing: null };
    const learns = trainableNames(names, { ...all, trainableLayers: { text: 1, vision: null } });
    const ofText = learns.filter((name) => name.startsWith('model.'));
    expect(ofText).toHaveLength(16);
    expect(ofText.every((name) => name.startsWith('model.encoder.layers.1.'))).toBe(true);
    expect(parts.get('head')).toEqual(['classifier.weight', 'classifier.bias']);
    const free = trainableNames(names, all);
    expect(free.some((name) => name.startsWith('model.decoder.'))).toBe(false);
    const starts = firstSteps(names, free, { ...all, gradualUnfreezing: 1 }, 10);
    expect(starts.get('model.encoder.layers.1.fc2.weight')).toBe(10);
    const adapted = adaptedProjections(model.network.text, null, names.unused);
    expect(adapted).toHaveLength(4); // queries and values of two layers
    dispose();
  });
});

describe('learning rates', () => {
  it('a step of AdamW is as long as the rate: a hundredth for the text, a tenth again for each layer below', async () => {
    const [before, after] = await beforeAndAfter(
      {
        maxSteps: 1,
        learningRate: 1e-2,
        schedule: 'constant',
        warmup: 0,
        weightDecay: 0,
        learningRates: { text: 1e-4 },
        layerDecay: 0.1,
      },
      'rates',
    );
    // The first step of Adam is η·sign(g) wherever |g| ≫ ε.
    const longest = (name: string) =>
      Math.max(
        ...Array.from(before.get(name) ?? [], (value, i) => Math.abs(value - (after.get(name)?.[i] ?? 0))),
      );
    expect(longest('classifier.weight')).toBeCloseTo(1e-2, 5);
    expect(longest('bert.pooler.dense.weight')).toBeCloseTo(1e-4, 6);
    expect(longest('bert.encoder.layer.1.output.dense.weight')).toBeCloseTo(1e-5, 6);
    expect(longest('bert.encoder.layer.0.output.dense.weight')).toBeCloseTo(1e-6, 7);
  });
});
