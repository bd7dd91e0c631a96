/**
 * @file A network's logits of rows of unequal lengths: those of the network on each row alone, and its states, to
 * 1e-5 and 1e-4 of their size; batches; what is refused.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beamSearch, contrastiveSearch, greedy, NetworkLogits, sample } from '../../src/lib/decoding';
import { tf, use } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import { createTextNetwork, type TextConfigInput, textConfigSchema } from '../../src/lib/text';
import '../support/matchers';

const configs: TextConfigInput[] = [
  { modelType: 'gpt2', vocabSize: 31, nEmbd: 16, nLayer: 2, nHead: 2, nPositions: 40, initializerRange: 0.5 },
  {
    modelType: 'llama',
    vocabSize: 31,
    hiddenSize: 16,
    intermediateSize: 24,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    maxPositionEmbeddings: 40,
    initializerRange: 0.5,
  },
];

describe.each(configs)('NetworkLogits of $modelType', (config) => {
  const network = createTextNetwork(textConfigSchema.parse(config));
  const parameters = createParameters(
    [...network.specifications(), ...network.languageModel.specifications()],
    3,
  );
  const model = new NetworkLogits({ network, parameters });
  beforeAll(() => use({ device: 'cpu' }));
  afterAll(() => {
    model.dispose();
    parameters.dispose();
  });

  const row = (length: number, seed = 1) => ({
    ids: Array.from({ length }, (_, i) => (7 * i + 3 * seed + i * i) % 31),
    source: 0,
    parent: null,
  });
  const alone = (ids: readonly number[]) =>
    tf.tidy(() => {
      const { states } = network.forward(parameters, { ids: tf.tensor2d([[...ids]], undefined, 'int32') });
      const logits = network.languageModel.logits(parameters, states).dataSync() as Float32Array;
      return { states: states.dataSync() as Float32Array, logits: logits.slice(-31) };
    });

  it('gives each row what the network gives it alone, whatever stands beside it', async () => {
    const rows = [row(1), row(16, 2), row(17, 3), row(40, 4), row(5, 5)];
    await model.next([row(1)]);
    const tensors = tf.memory().numTensors; // a cache is kept, of two layers
    const found = await model.nextWithStates(rows, 'all');
    const last = await model.nextWithStates(rows, 'last');
    const logits = await model.next(rows);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const [i, { ids }] of rows.entries()) {
      const expected = alone(ids);
      expect(logits[i]).toBeClose(expected.logits, { absolute: 1e-5, relative: 1e-4 });
      expect(found.logits[i]).toBeClose(expected.logits, { absolute: 1e-5, relative: 1e-4 });
      expect(found.states[i]).toBeClose(expected.states, { absolute: 1e-5, relative: 1e-4 });
      expect(last.states[i]).toEqual(found.states[i]?.slice(-16));
    }
  });

  it('reads a row that is longer than the window from its last ids', async () => {
    const short = new NetworkLogits({ network, parameters }, { window: 8 });
    const { ids } = row(30);
    const [logits] = await short.next([{ ids, source: 0, parent: null }]);
    expect(logits).toBeClose(alone(ids.slice(-8)).logits, { absolute: 1e-5, relative: 1e-4 });
    expect(short.maxLength).toBe(8);
    short.dispose();
  });

  it('sampling and searches write the same in a batch as alone', async () => {
    const prompts = [row(3).ids, row(9, 2).ids, row(14, 3).ids];
    const options = { maximumTokens: 10, stopIds: [4] };
    const sampled = await sample(model, prompts, { ...options, seed: 2 });
    const beams = await beamSearch(model, prompts, { ...options, beams: 3 });
    const contrasted = await contrastiveSearch(model, prompts, options);
    for (const [i, prompt] of prompts.entries()) {
      expect((await sample(model, [prompt], { ...options, seed: 2, keys: [[i]] }))[0]?.ids).toEqual(
        sampled[i]?.ids,
      );
      expect((await beamSearch(model, [prompt], { ...options, beams: 3 }))[0]?.[0]?.ids).toEqual(
        beams[i]?.[0]?.ids,
      );
      expect((await contrastiveSearch(model, [prompt], options))[0]?.ids).toEqual(contrasted[i]?.ids);
    }
  });

  it('refuses what it cannot read', async () => {
    await expect(model.next([{ ids: [], source: 0, parent: null }])).rejects.toThrow(
      'row 0: the context needs a token',
    );
    await expect(model.next([row(2), { ids: [31], source: 1, parent: null }])).rejects.toThrow(
      "row 1: id 31; the network's vocabulary has 0 to 30",
    );
    expect(() => new NetworkLogits({ network, parameters }, { window: 0 })).toThrow(
      'window: expected a whole number ≥ 1, got 0',
    );
    await expect(greedy(model, [row(41).ids], { maximumTokens: 1 })).rejects.toThrow(
      '41 tokens, but the model reads 40',
    );
  });
});

it('a network that sees both sides cannot write', () => {
  const network = createTextNetwork(
    textConfigSchema.parse({
      modelType: 'bert',
      vocabSize: 20,
      hiddenSize: 8,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 8,
      maxPositionEmbeddings: 8,
    }),
  );
  const parameters = createParameters(network.specifications(), 1);
  expect(() => new NetworkLogits({ network, parameters })).toThrow('sees both sides of a token');
  parameters.dispose();
});
