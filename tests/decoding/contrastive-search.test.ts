/** @file Contrastive search against its equation, written out; α = 0 is greedy; MAGIC's bonus; what is refused. */
import { describe, expect, it } from 'vitest';
import { contrastiveSearch, greedy, topK } from '../../src/lib/decoding';
import { logProbabilities, TinyModel } from './tiny-model';

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The equation, for one prompt. */
function written(
  model: TinyModel,
  prompt: number[],
  tokens: number,
  k: number,
  alpha: number,
  bonus = (_: number) => 0,
) {
  const ids = [...prompt];
  while (ids.length < prompt.length + tokens) {
    const p = logProbabilities(model, ids).map(Math.exp);
    const candidates = p
      .map((_, id) => id)
      .sort((a, b) => (p[b] as number) - (p[a] as number))
      .slice(0, k);
    const scores = candidates.map((id) => {
      const like = ids.map((_, j) => cosine(model.state([...ids, id]), model.state(ids.slice(0, j + 1))));
      return (1 - alpha) * (p[id] as number) - alpha * Math.max(...like) + bonus(id);
    });
    ids.push(candidates[scores.indexOf(Math.max(...scores))] as number);
  }
  return ids.slice(prompt.length);
}

describe('contrastiveSearch', () => {
  const prompts = [[1, 2], [3], [4, 5, 6]];

  it.each([
    [4, 0.6],
    [3, 0.1],
    [9, 1],
  ])('is the equation (k = %d, α = %d), for each row of a batch', async (candidates, penalty) => {
    const model = new TinyModel(9, 4);
    const found = await contrastiveSearch(model, prompts, { candidates, penalty, maximumTokens: 10 });
    expect(found.map(({ ids }) => ids)).toEqual(
      prompts.map((prompt) => written(model, prompt, 10, candidates, penalty)),
    );
    for (const [i, rows] of model.calls.entries()) {
      for (const { ids, parent } of rows) {
        if (i > 0) expect(model.calls[i - 1]?.[parent as number]?.ids).toEqual(ids.slice(0, -1));
      }
    }
  });

  it('α = 0 is greedy, stop ids included', async () => {
    const model = new TinyModel(9, 8);
    const options = { maximumTokens: 12, stopIds: [2] };
    const found = await contrastiveSearch(model, prompts, { ...options, penalty: 0 });
    const likeliest = await greedy(model, prompts, options);
    expect(found.map(({ ids, ending }) => ({ ids, ending }))).toEqual(
      likeliest.map(({ ids, ending }) => ({ ids, ending })),
    );
    expect(likeliest.some(({ ending }) => ending === 'stop-id')).toBe(true);
    for (const [i, { logProbability }] of found.entries()) {
      expect(logProbability).toBeCloseTo(likeliest[i]?.logProbability as number, 9);
    }
  });

  it('adds a bonus to the candidates, as MAGIC does', async () => {
    const model = new TinyModel(9, 4);
    const bonus = ({ ids }: { ids: readonly number[] }) => ids.map((id) => 0.3 * (id % 3));
    const [found] = await contrastiveSearch(model, [[1, 2]], {
      candidates: 4,
      penalty: 0.3,
      maximumTokens: 8,
      bonus,
    });
    expect(found?.ids).toEqual(written(model, [1, 2], 8, 4, 0.3, (id) => 0.3 * (id % 3)));
    expect(found?.ids).not.toEqual(written(model, [1, 2], 8, 4, 0.3));
  });

  it('takes its candidates after the rules', async () => {
    const model = new TinyModel(9, 4);
    const rules = [topK(1)];
    const found = await contrastiveSearch(model, prompts, { rules, maximumTokens: 6 });
    expect(found.map(({ ids }) => ids)).toEqual(
      (await greedy(model, prompts, { maximumTokens: 6 })).map(({ ids }) => ids),
    );
  });

  it('refuses models without hidden states, wrong settings, and texts beyond the context', async () => {
    const model = new TinyModel(9, 4, 10, true);
    const blind = { ...model, next: model.next.bind(model), nextWithStates: undefined };
    await expect(contrastiveSearch(blind, [[1]], { maximumTokens: 3 })).rejects.toThrow('no hidden states');
    await expect(contrastiveSearch(model, [[1]], { maximumTokens: 3, penalty: 1.5 })).rejects.toThrow(
      'penalty: expected a number ≥ 0 and ≤ 1',
    );
    await expect(contrastiveSearch(model, [[1]], { maximumTokens: 3, candidates: 0 })).rejects.toThrow(
      'candidates',
    );
    await expect(contrastiveSearch(model, [[1]], { maximumTokens: 10 })).rejects.toThrow('write at most 9');
    const nothing = { maximumTokens: 3, bonus: () => [Number.NaN, Number.NaN, Number.NaN, Number.NaN] };
    await expect(contrastiveSearch(model, [[1]], nothing)).rejects.toThrow('no number among them');
  });
});
