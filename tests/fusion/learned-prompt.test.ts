/** @file Soft prompts and prefixes: they are heard, a cache keeps them, and they learn alone. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tf, use } from '../../src/lib/engine';
import { readSafetensors } from '../../src/lib/export/safetensors-sharded';
import { fusionConfigSchema, GuidedNetwork } from '../../src/lib/fusion';
import { createParameters } from '../../src/lib/nn';
import { type TextConfigInput, textConfigSchema } from '../../src/lib/text';
import {
  evaluateModel,
  exportRun,
  parseTrainConfig,
  prepare,
  type TrainConfigInput,
  train,
} from '../../src/lib/training';
import { colourData } from '../support/colour-data';

const shared = { vocabSize: 11, initializerRange: 0.3 };
const NETWORKS: TextConfigInput[] = [
  { modelType: 'gpt2', nEmbd: 8, nLayer: 2, nHead: 2, nPositions: 16, ...shared },
  {
    modelType: 'llama',
    hiddenSize: 8,
    intermediateSize: 12,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    numKeyValueHeads: 1,
    ...shared,
  },
  {
    modelType: 'bert',
    hiddenSize: 8,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    intermediateSize: 12,
    ...shared,
  },
];
const network = (text: TextConfigInput, prompt: { kind: 'soft' | 'prefix'; length: number } | null) =>
  new GuidedNetwork({
    text: textConfigSchema.parse(text),
    vision: null,
    fusion: fusionConfigSchema.parse('none'),
    pooling: 'mean',
    prompt,
  });
const ids = (row: number[]) => tf.tensor2d([row, row.toReversed()], undefined, 'int32');
const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];
const KINDS = ['soft', 'prefix'] as const;

describe.each(KINDS)('a %s prompt', (kind) => {
  it.each(NETWORKS)('of $modelType is heard in every state, and no parameter but its own is new', (text) => {
    const plain = network(text, null);
    const prompted = network(text, { kind, length: 3 });
    const params = createParameters(prompted.specifications(), 1);
    const added = params.names().filter((name) => !plain.specifications().some((one) => one.name === name));
    expect(added).toEqual(kind === 'soft' ? ['prompt.states'] : ['prompt.keys', 'prompt.values']);
    const inputs = { ids: ids([1, 2, 3, 4]) };
    const [with3, without] = [prompted, plain].map((net) => numbers(net.forward(params, inputs).states));
    expect(with3).toHaveLength(without?.length ?? 0);
    for (let token = 0; token < 8; token++) {
      const at = (states: number[] | undefined) => states?.slice(8 * token, 8 * token + 8) ?? [];
      expect(Math.max(...at(with3).map((v, i) => Math.abs(v - (at(without)[i] ?? 0))))).toBeGreaterThan(1e-4);
    }
    params.dispose();
  });

  it.each(NETWORKS.slice(0, 2))(
    'of $modelType is kept by a cache: what is read in parts is what is read whole',
    (text) => {
      const length = 3;
      const net = network(text, { kind, length });
      const params = createParameters(net.specifications(), 1);
      const [first, rest] = [ids([1, 2, 3, 4]), tf.tensor2d([[5], [6]], undefined, 'int32')];
      const whole = net.read(params, { ids: tf.concat([first, rest], 1) }, null);
      const begun = net.read(params, { ids: first }, null, { keysAndValues: true });
      const { keys, values } = begun.keysAndValues as NonNullable<typeof begun.keysAndValues>;
      expect(net.pictureTokenCount).toBe(length);
      expect(keys[0]?.shape[2]).toBe(length + 4);
      const past = { keys, values, lengths: tf.tensor1d([7, 7], 'int32'), pictureTokens: length };
      const next = net.read(params, { ids: rest }, null, { past });
      expect(numbers(next.states)).toBeClose(numbers(tf.slice(whole.states, [0, 4, 0], [2, 1, 8])), {
        absolute: 1e-5,
      });
      params.dispose();
    },
  );
});

describe('a prompt that is trained', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await colourData();
    await use({ device: 'cpu' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const config = (prompt: object, model: object = {}): TrainConfigInput => ({
    task: 'classification',
    data: { train: 'train.jsonl', validation: 'validation.jsonl' },
    model: { text: 'tiny', fusion: 'none', prompt: prompt as never, ...model },
    training: { maxSteps: 4, batchSize: 16, learningRate: 1e-2 },
  });

  it('learns with the head alone, and is loaded again', async () => {
    const settings = config({ kind: 'prefix', length: 4 });
    const begun = await prepare(parseTrainConfig(settings), { folder });
    const before = await begun.model.parameters.toArrays();
    begun.dispose();
    const out = join(folder, 'runs', 'prefix');
    const result = await train(settings, out, { folder });
    const { tensors } = await readSafetensors(join(out, 'model', 'model.safetensors'));
    const moved = [...before].filter(([name, { data }]) => {
      const now = tensors.get(name)?.data as Float32Array;
      return data.some((value, i) => value !== now[i]);
    });
    expect(moved.map(([name]) => name)).toEqual([
      'prompt.keys',
      'prompt.values',
      'classifier.weight',
      'classifier.bias',
    ]);
    expect((await evaluateModel(out, join(folder, 'validation.jsonl'))).metrics).toEqual(result.metrics);
    await expect(exportRun(out, join(folder, 'exported'))).rejects.toThrow(/has a learned prompt/);
  });

  it.each<[object, object, RegExp]>([
    [
      { kind: 'prefix' },
      { vision: 'cnn-tiny', fusion: 'prefix' },
      /stands where the picture tokens .* do; use "soft"/,
    ],
    [
      { kind: 'soft' },
      { text: { modelType: 'bert', hiddenSize: 16, numHiddenLayers: 0, numAttentionHeads: 2 } },
      /^model\.prompt: its states are read .* this bert has none; set model\.text\.numHiddenLayers to 1/,
    ],
    [{ kind: 'prefix' }, { text: 'bart-tiny' }, /a prefix of an encoder–decoder network is not known/],
  ])('%j with %j is refused', async (prompt, model, message) => {
    await expect(prepare(parseTrainConfig(config(prompt, model)), { folder })).rejects.toThrow(message);
  });
});
