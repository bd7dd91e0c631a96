/**
 * @file BART against Python `transformers` (`tests/parity/bart_reference.py`): logits of a padded batch to 1e-4, greedy
 * and beam text token for token, the folder read and written again; the decoder's mask hides the future; gradients.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beamSearch, contrastiveSearch, greedy, NetworkLogits } from '../../src/lib/decoding';
import { tf, use } from '../../src/lib/engine';
import { createParameters, crossEntropy, type Parameters } from '../../src/lib/nn';
import {
  createTextNetwork,
  loadTextCheckpoint,
  saveTextCheckpoint,
  type TextCheckpoint,
  type TextDecoder,
  type TextNetwork,
  textConfigSchema,
} from '../../src/lib/text';
import { checkGradients } from '../nn/gradient-check';
import '../support/matchers';

interface Expected {
  sources: number[][];
  targets: number[][];
  logits: number[][][];
  greedy: number[][];
  beam: number[][];
}

const FIXTURES = resolve(__dirname, '../parity/fixtures');
const expected = JSON.parse(readFileSync(join(FIXTURES, 'bart.json'), 'utf8')) as Expected;
let checkpoint: TextCheckpoint;
let network: TextNetwork;
let parameters: Parameters;
beforeAll(async () => {
  await use({ device: 'cpu' });
  checkpoint = await loadTextCheckpoint(join(FIXTURES, 'text-checkpoints/bart'));
  network = createTextNetwork(checkpoint.config);
  parameters = createParameters(network.specifications(), 1);
  parameters.load(checkpoint.weights);
});
afterAll(() => parameters.dispose());

const integers = (rows: number[][]) => tf.tensor2d(rows, undefined, 'int32');

/** Logits [B, U, V] of a batch of pairs; sources are padded with 1. */
function logitsOf(sources: number[][], targets: number[][]): number[][][] {
  return tf.tidy(() => {
    const mask = integers(sources.map((row) => row.map((id) => Number(id !== 1))));
    const { states: memory } = network.forward(parameters, { ids: integers(sources), mask });
    const decoder = network.decoder as TextDecoder;
    const { states } = decoder.forward(parameters, { ids: integers(targets), memory, memoryMask: mask });
    return network.languageModel.logits(parameters, states).arraySync() as number[][][];
  });
}

describe('what transformers gives', () => {
  it('logits', () => {
    const found = logitsOf(expected.sources, expected.targets).flat(2);
    expect(Float32Array.from(found)).toBeClose(Float32Array.from(expected.logits.flat(2)), {
      absolute: 1e-4,
    });
  });

  it('greedy and beam text, with a cache and without, in a batch and alone', async () => {
    const prompts = expected.sources.map((row) => row.filter((id) => id !== 1));
    for (const cache of [true, false]) {
      const logits = new NetworkLogits({ network, parameters }, { cache });
      const options = { maximumTokens: 12 };
      expect((await greedy(logits, prompts, options)).map(({ ids }) => ids)).toEqual(expected.greedy);
      const beams = await beamSearch(logits, prompts, { ...options, beams: 3 });
      expect(beams.map(([best]) => best?.ids)).toEqual(expected.beam);
      for (const [i, prompt] of prompts.entries()) {
        expect((await greedy(logits, [prompt], options))[0]?.ids).toEqual(expected.greedy[i]);
      }
      const contrasted = await contrastiveSearch(logits, prompts, { ...options, penalty: 0 });
      expect(contrasted.map(({ ids }) => ids)).toEqual(expected.greedy);
      logits.dispose();
    }
  });

  it('a folder that is written is the folder that was read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-bart-'));
    try {
      const out = join(folder, 'saved');
      await saveTextCheckpoint(out, checkpoint);
      const again = await loadTextCheckpoint(out);
      expect(again.config).toEqual(checkpoint.config);
      expect(again.heads).toEqual(['seq2seq-lm']);
      expect([...again.weights].sort()).toEqual([...checkpoint.weights].sort());
      const { architectures } = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      expect(architectures).toEqual(['BartForConditionalGeneration']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

it('the decoder sees no later id, and the prompt takes no room in what it writes', async () => {
  const source = expected.sources.slice(0, 1);
  const [a] = logitsOf(source, [[2, 9, 8, 7]]);
  const [b] = logitsOf(source, [[2, 9, 5, 4]]);
  expect(a?.slice(0, 2)).toEqual(b?.slice(0, 2));
  expect(a?.[2]).not.toEqual(b?.[2]);
  const logits = new NetworkLogits({ network, parameters });
  const long = Array.from({ length: 24 }, (_, i) => 10 + i);
  expect((await greedy(logits, [long], { maximumTokens: 24 }))[0]?.ids).toHaveLength(24);
  await expect(greedy(logits, [long], { maximumTokens: 25 })).rejects.toThrow('write at most 24');
  await expect(greedy(logits, [[...long, 3]], { maximumTokens: 1 })).rejects.toThrow('the model reads 24');
  logits.dispose();
});

it('gradients of every parameter', () => {
  const config = textConfigSchema.parse({
    modelType: 'bart',
    vocabSize: 7,
    dModel: 4,
    encoderLayers: 1,
    decoderLayers: 1,
    encoderAttentionHeads: 2,
    decoderAttentionHeads: 1,
    encoderFfnDim: 5,
    decoderFfnDim: 3,
    maxPositionEmbeddings: 4,
    initStd: 0.5,
    dropout: 0,
  });
  const small = createTextNetwork(config);
  const params = createParameters(small.specifications(), 2);
  const ids = integers([
    [1, 2, 3],
    [4, 5, 0],
  ]);
  const mask = integers([
    [1, 1, 1],
    [1, 1, 0],
  ]);
  const labels = integers([
    [3, 1],
    [2, 6],
  ]);
  const loss = () => {
    const { states: memory } = small.forward(params, { ids, mask });
    const read = integers([
      [2, 3],
      [2, 1],
    ]);
    const { states } = (small.decoder as TextDecoder).forward(params, {
      ids: read,
      memory,
      memoryMask: mask,
    });
    return crossEntropy(small.languageModel.logits(params, states), labels);
  };
  // Norms over four numbers curve, so the step is small, and small gradients are then known to a hundredth.
  checkGradients(loss, params.entries(), { step: 0.01, tolerance: 1e-2 });
  params.dispose();
});
