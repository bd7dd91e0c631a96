/**
 * @file Guidance: its formulas by hand and against transformers, its identities to the bit, and its controls.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  classifierFreeGuidance,
  contrast,
  contrastiveSearch,
  counted,
  cutoffOnly,
  greedy,
  type ImageTextScorer,
  instructionContrastiveDecoding,
  logSoftmax,
  m3id,
  magic,
  meanShift,
  NetworkLogits,
  priorShift,
  rerank,
  visualContrastiveDecoding,
  withPrefix,
  withPrompts,
} from '../../src/lib/decoding';
import { use } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import { createTextNetwork, loadTextCheckpoint } from '../../src/lib/text';
import { diffusionNoise } from '../../src/lib/vision';
import '../support/matchers';
import { TinyModel } from './tiny-model';

const V = 9;
const expert = new TinyModel(V, 1);
const amateur = new TinyModel(V, 2);
const row = (ids: number[], parent: number | null = null) => ({ ids, source: 0, parent });
const at = async (model: { next: TinyModel['next'] }, ids: number[]) =>
  (await model.next([row(ids)]))[0] as Float32Array;

describe('contrast', () => {
  it('is l_c + w (l_c − l_u) on log-probabilities', async () => {
    const [c, u] = [logSoftmax(expert.logits([1, 2])), logSoftmax(amateur.logits([1, 2]))];
    const expected = Float32Array.from(c, (value, id) => value + 0.7 * (value - (u[id] as number)));
    expect(await at(contrast(expert, amateur, { weight: 0.7 }), [1, 2])).toBeClose(expected, {
      absolute: 1e-6,
    });
  });

  it('a worked number: p_c = (0.8, 0.2), p_u = (0.5, 0.5), γ = 2 gives p ∝ (0.8²/0.5, 0.2²/0.5) = 16 : 1', async () => {
    const fixed = (p: number[]) => ({
      vocabularySize: 2,
      maxLength: 9,
      slides: false,
      next: async () => [Float32Array.from(p, Math.log)],
    });
    const logits = await at(classifierFreeGuidance(fixed([0.8, 0.2]), fixed([0.5, 0.5]), { scale: 2 }), [0]);
    expect(Math.exp((logits[0] as number) - (logits[1] as number))).toBeCloseTo(16, 4);
  });

  it('raw logits give the same distribution, but not the same cutoff when it is taken of the mixture', async () => {
    const [c, u] = [expert.logits([3]), amateur.logits([3])];
    const raw = logSoftmax(Float64Array.from(c, (value, id) => value + 2 * (value - (u[id] as number))));
    const found = logSoftmax(await at(contrast(expert, amateur, { weight: 2 }), [3]));
    expect(Float32Array.from(found)).toBeClose(Float32Array.from(raw), { absolute: 1e-5 });
    const cut = await at(contrast(expert, amateur, { weight: 2, cutoff: 0.5 }), [3]);
    const most = Math.max(...c);
    for (const id of c.keys()) {
      expect(Number.isFinite(cut[id])).toBe((c[id] as number) >= most + Math.log(0.5));
    }
    const ofMixture = raw.map((value) => Number(value >= Math.max(...raw) + Math.log(0.5)));
    expect(Array.from(cut, (value) => Number(Number.isFinite(value)))).not.toEqual([...ofMixture]);
  });

  it('identities: γ = 1, α = 0, λ = 0 are plain decoding to the bit; VCD(α) is CFG(1 + α)', async () => {
    const ids = [4, 1, 7];
    const plain = expert.logits(ids);
    expect(await at(classifierFreeGuidance(expert, amateur, { scale: 1 }), ids)).toEqual(plain);
    expect(await at(visualContrastiveDecoding(expert, amateur, { alpha: 0, cutoff: null }), ids)).toEqual(
      plain,
    );
    expect(await at(m3id(expert, amateur, { forgetting: 0 }), ids)).toEqual(plain);
    for (const alpha of [0.5, 1, 2.5]) {
      const vcd = visualContrastiveDecoding(expert, amateur, { alpha, cutoff: null });
      expect(await at(vcd, ids)).toEqual(
        await at(classifierFreeGuidance(expert, amateur, { scale: 1 + alpha }), ids),
      );
    }
    const icd = instructionContrastiveDecoding(expert, amateur, [8, 8], { alpha: 1, cutoff: null });
    const c = logSoftmax(plain);
    const u = logSoftmax(amateur.logits([8, 8, ...ids]));
    expect(await at(icd, ids)).toBeClose(
      Float32Array.from(c, (v, id) => 2 * v - (u[id] as number)),
      { absolute: 1e-5 },
    );
  });

  it('M3ID grows with what was written: (1 − γ)/γ with γ = e^(−λt); nothing where the model is sure', async () => {
    const model = m3id(expert, amateur, { forgetting: 0.1, sureness: 1 });
    await model.next([row([5, 2])]);
    const [found] = await model.next([row([5, 2, 3, 6, 1], 0)]);
    const [c, u] = [logSoftmax(expert.logits([5, 2, 3, 6, 1])), logSoftmax(amateur.logits([5, 2, 3, 6, 1]))];
    const weight = (1 - Math.exp(-0.3)) / Math.exp(-0.3);
    const expected = Float32Array.from(c, (v, id) => v + weight * (v - (u[id] as number)));
    expect(found).toBeClose(expected, { absolute: 1e-5 });
    const sure = m3id(expert, amateur, { forgetting: 0.1, sureness: 1e-6 });
    await sure.next([row([5, 2])]);
    expect((await sure.next([row([5, 2, 3], 0)]))[0]).toEqual(expert.logits([5, 2, 3]));
  });

  it('refuses what makes no sense', () => {
    expect(() => contrast(expert, amateur, { weight: -1 })).toThrow(
      'guidance weight: expected a number ≥ 0, got -1',
    );
    expect(() => contrast(expert, amateur, { weight: 1, cutoff: 0 })).toThrow('guidance cutoff');
    expect(() => contrast(expert, new TinyModel(V + 1), { weight: 1 })).toThrow('vocabularies have 9 and 10');
    expect(() => classifierFreeGuidance(expert, amateur, { scale: 0.5 })).toThrow(
      'scale: expected a number ≥ 1',
    );
    expect(() => withPrefix(expert, Array(64).fill(1))).toThrow('leaves no room');
  });
});

describe('controls', () => {
  it('the cutoff alone, the prior alone, and what they cost', async () => {
    const ids = [2, 2];
    const logits = await at(cutoffOnly(expert, 0.3), ids);
    const plain = expert.logits(ids);
    const most = Math.max(...plain);
    for (const id of plain.keys()) {
      const isKept = (plain[id] as number) >= most + Math.log(0.3);
      expect(logits[id]).toBe(isKept ? plain[id] : Number.NEGATIVE_INFINITY);
    }
    const texts = [
      { ids: [1, 2, 3], promptLength: 2 },
      { ids: [4], promptLength: 1 },
    ];
    const guided = contrast(expert, amateur, { weight: 1.5 });
    const shift = await meanShift(guided, expert, texts);
    const places = [[1, 2], [1, 2, 3], [4]];
    const expected = Float64Array.from({ length: V }, (_, id) => {
      const logs = (place: number[]) => {
        const [c, u] = [logSoftmax(expert.logits(place)), logSoftmax(amateur.logits(place))];
        return [logSoftmax(c.map((value, i) => value + 1.5 * (value - (u[i] as number)))), c];
      };
      return (
        places.reduce((sum, place) => {
          const [after, before] = logs(place) as [Float64Array, Float64Array];
          return sum + (after[id] as number) - (before[id] as number);
        }, 0) / 3
      );
    });
    expect(Float32Array.from(shift)).toBeClose(Float32Array.from(expected), { absolute: 1e-5 });
    const shifted = await at(priorShift(expert, shift), ids);
    const clean = logSoftmax(plain);
    expect(shifted).toBeClose(
      Float32Array.from(clean, (v, id) => v + (shift[id] as number)),
      { absolute: 1e-5 },
    );

    const [one, two] = [counted(expert), counted(amateur)];
    await greedy(contrast(one, two, { weight: 1 }), [[1], [2]], { maximumTokens: 5 });
    expect([one.passes, two.passes]).toEqual([10, 10]);
    const [alone, unused] = [counted(expert), counted(amateur)];
    await greedy(contrast(alone, unused, { weight: 0 }), [[1], [2]], { maximumTokens: 5 });
    expect([alone.passes, unused.passes]).toEqual([10, 0]);
  });
});

describe('with a scorer', () => {
  const decode = (ids: readonly number[]) => ids.join(' ');
  /** Likes texts whose last token is near the source's number. */
  const scorer: ImageTextScorer = {
    score: async (texts, source) => texts.map((text) => -Math.abs(Number(text.split(' ').at(-1)) - source)),
  };

  it('MAGIC of strength 0 is contrastive search; of great strength it follows the scorer among the k', async () => {
    const options = { maximumTokens: 6, candidates: 4, penalty: 0.3 };
    const plain = await contrastiveSearch(expert, [[1], [2]], options);
    const without = await contrastiveSearch(expert, [[1], [2]], {
      ...options,
      bonus: magic({ scorer, decode, strength: 0 }),
    });
    expect(without).toEqual(plain);
    const led = await contrastiveSearch(expert, [[1], [2]], {
      ...options,
      candidates: V,
      bonus: magic({ scorer, decode, strength: 1000, scale: 50 }),
    });
    expect(led.map(({ ids }) => ids)).toEqual([Array(6).fill(0), Array(6).fill(1)]);
  });

  it('reranks by (1 − α) log p / length + α s', async () => {
    const written = [
      { ids: [3, 3], ending: 'length' as const, logProbability: -1 },
      { ids: [3, 0], ending: 'stop-id' as const, logProbability: -6 },
    ];
    const order = async (weight: number) =>
      (await rerank(written, 0, { scorer, decode, weight })).map(({ written: { ids }, score }) => [
        ids[1],
        score,
      ]);
    expect(await order(0)).toEqual([
      [3, -0.5],
      [0, -2],
    ]);
    expect(await order(0.5)).toEqual([
      [0, -1],
      [3, -1.75],
    ]);
  });
});

it('noise of step t leaves √ᾱ of the picture and adds √(1 − ᾱ) of noise: means and deviations over 27,000 numbers', () => {
  const picture = new Float32Array(27_000).fill(0.9);
  const noisy = diffusionNoise(picture, { step: 500, seed: 1, key: 'a' });
  const mean = noisy.reduce((sum, value) => sum + value, 0) / noisy.length;
  const deviation = Math.sqrt(noisy.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noisy.length);
  expect(mean).toBeCloseTo(0.5 + 0.863017 * 0.4, 2);
  expect(deviation).toBeCloseTo(0.505175 * 0.5, 2);
  expect(diffusionNoise(picture, { step: 500, seed: 1, key: 'a' })).toEqual(noisy);
  expect(diffusionNoise(picture, { step: 500, seed: 1, key: 'b' })).not.toEqual(noisy);
  expect(() => diffusionNoise(picture, { step: 1000, seed: 1, key: 'a' })).toThrow('from 0 to 999');
});

describe('writes what transformers writes with guidance_scale', () => {
  interface Case {
    prompt: number[];
    negative: number[];
    scale: number;
    written: number[];
    logProbabilities: number[];
  }
  const { cases } = JSON.parse(
    readFileSync(resolve(__dirname, '../parity/fixtures/guidance.json'), 'utf8'),
  ) as { cases: Case[] };
  let model: NetworkLogits;
  let branch: NetworkLogits;
  let release = () => {};
  beforeAll(async () => {
    await use({ device: 'cpu' });
    const folder = resolve(__dirname, '../parity/fixtures/text-checkpoints/gpt2');
    const { config, weights } = await loadTextCheckpoint(folder);
    const network = createTextNetwork(config);
    const parameters = createParameters(network.specifications(), 1);
    parameters.load(weights, { allowExtra: true });
    model = new NetworkLogits({ network, parameters });
    branch = new NetworkLogits({ network, parameters });
    release = () => {
      for (const one of [model, branch, parameters]) one.dispose();
    };
  });
  afterAll(() => release());

  it.each(cases)(
    'scale $scale against $negative',
    async ({ prompt, negative, scale, written, logProbabilities }) => {
      const guided = () => classifierFreeGuidance(model, withPrompts(branch, [negative]), { scale });
      const [first] = await guided().next([row(prompt)]);
      expect(Float32Array.from(logSoftmax(first as Float32Array))).toBeClose(
        Float32Array.from(logProbabilities),
        {
          absolute: 1e-4,
        },
      );
      const [found] = await greedy(guided(), [prompt], { maximumTokens: 12 });
      expect(found?.ids).toEqual(written);
    },
  );
});
