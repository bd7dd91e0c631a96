/** @file Greedy and sampling: frequencies, batches, seeds, where a text ends, streaming, aborting, what is refused. */
import { describe, expect, it } from 'vitest';
import { draw, greedy, logSoftmax, sample, temperature, topK } from '../../src/lib/decoding';
import { Generator } from '../../src/lib/random';
import { logProbabilities, TinyModel } from './tiny-model';

const prompts = [[1, 2], [3], [4, 5, 6], [1, 2]];

describe('draw', () => {
  it('takes ids with the frequencies of the softmax: 20,000 draws, five standard errors', () => {
    const logits = Float32Array.of(0.3, -1, Number.NEGATIVE_INFINITY, 2, 0);
    const shares = logSoftmax(logits).map(Math.exp);
    const generator = new Generator(3, 'draws');
    const counts = new Float64Array(logits.length);
    const draws = 20_000;
    for (let i = 0; i < draws; i++)
      counts[draw(logits, generator)] = (counts[draw(logits, generator)] ?? 0) + 0;
    counts.fill(0);
    for (let i = 0; i < draws; i++) {
      const id = draw(logits, generator);
      counts[id] = (counts[id] as number) + 1;
    }
    for (const [id, share] of shares.entries()) {
      expect(Math.abs((counts[id] as number) / draws - share)).toBeLessThanOrEqual(
        5 * Math.sqrt((share * (1 - share)) / draws),
      );
    }
  });
});

describe('sample', () => {
  const options = { seed: 5, maximumTokens: 6, stopIds: [0] };

  it('a row of a batch writes what it writes alone; equal prompts write different texts', async () => {
    const model = new TinyModel(9, 4);
    const together = await sample(model, prompts, options);
    for (const [row, prompt] of prompts.entries()) {
      expect(await sample(model, [prompt], { ...options, keys: [[row]] })).toEqual([together[row]]);
    }
    expect(together[3]?.ids).not.toEqual(together[0]?.ids);
    const backwards = await sample(model, [...prompts].reverse(), { ...options, keys: [[3], [2], [1], [0]] });
    expect(backwards.reverse()).toEqual(together);
    expect(await sample(model, prompts, options)).toEqual(together);
    expect(await sample(model, prompts, { ...options, seed: 6 })).not.toEqual(together);
    expect(new Set(together.map(({ ending }) => ending))).toEqual(new Set(['stop-id', 'length']));
  });

  it('the log-probability is that of the tokens, the stop id included, after the rules', async () => {
    const model = new TinyModel(9, 4);
    const [plain] = await sample(model, [[3]], options);
    const path = [...(plain?.ids ?? []), ...(plain?.ending === 'stop-id' ? [0] : [])];
    const sum = path.reduce(
      (total, id, i) => total + (logProbabilities(model, [3, ...path.slice(0, i)])[id] as number),
      0,
    );
    expect(plain?.logProbability).toBeCloseTo(sum, 6);
    const [certain] = await sample(model, [[3]], { ...options, rules: [temperature(0.5), topK(1)] });
    expect(certain?.logProbability).toBe(0);
    expect(certain?.ids).toEqual((await greedy(model, [[3]], options))[0]?.ids);
  });

  it('refuses a seed list of another length', async () => {
    await expect(sample(new TinyModel(9), prompts, { ...options, keys: [[1]] })).rejects.toThrow(
      'keys: 1 for 4 prompts',
    );
  });
});

describe('where a text ends', () => {
  const model = new TinyModel(9, 4);
  const decode = (ids: readonly number[]) => ids.map((id) => 'abcdefghi'[id]).join('');

  it('at its length, a stop id, a stop string; not at a stop id before the minimum', async () => {
    const [free] = await greedy(model, [[3]], { maximumTokens: 12 });
    const text = decode(free?.ids ?? []);
    expect(free).toMatchObject({ ending: 'length' });
    expect(text.length).toBe(12);
    const stop = free?.ids[4] as number;
    const first = free?.ids.indexOf(stop) as number;
    const [stopped] = await greedy(model, [[3]], { maximumTokens: 12, stopIds: [stop] });
    expect(stopped).toMatchObject({ ids: free?.ids.slice(0, first), ending: 'stop-id' });
    const [later] = await greedy(model, [[3]], { maximumTokens: 12, stopIds: [stop], minimumTokens: 8 });
    expect(later?.ids.length).toBeGreaterThanOrEqual(8);
    expect(later?.ids.slice(0, 8)).not.toContain(stop);
    const pair = text.slice(3, 5);
    const [cut] = await greedy(model, [[3]], { maximumTokens: 12, stopStrings: ['zz', pair], decode });
    expect(cut).toMatchObject({ ids: free?.ids.slice(0, text.indexOf(pair) + 2), ending: 'stop-string' });
    expect(await greedy(model, [[3]], { maximumTokens: 0 })).toMatchObject([{ ids: [], ending: 'length' }]);
    expect(await greedy(model, [], { maximumTokens: 3 })).toEqual([]);
  });

  it('streams each token of each row, and rows that have ended leave the batch', async () => {
    const counted = new TinyModel(9, 4);
    const heard: number[][] = [[], [], [], []];
    const out = await greedy(counted, prompts, {
      maximumTokens: 12,
      stopIds: [0, 1],
      onToken: ({ row, id }) => heard[row]?.push(id),
    });
    expect(heard).toEqual(out.map(({ ids }) => ids));
    const lengths = out.map(({ ids, ending }) => ids.length + (ending === 'stop-id' ? 1 : 0));
    expect(new Set(lengths).size).toBeGreaterThan(1);
    expect(counted.calls.map((rows) => rows.length)).toEqual(
      Array.from(
        { length: Math.max(...lengths) },
        (_, step) => lengths.filter((length) => length > step).length,
      ),
    );
  });

  it('aborts between two tokens, with the reason', async () => {
    const controller = new AbortController();
    let tokens = 0;
    const writing = greedy(model, [[3]], {
      maximumTokens: 12,
      signal: controller.signal,
      onToken: () => {
        if (++tokens === 3) controller.abort(new Error('enough'));
      },
    });
    await expect(writing).rejects.toThrow('enough');
    expect(tokens).toBe(3);
    const signal = AbortSignal.abort(new Error('never begun'));
    await expect(greedy(model, [[3]], { maximumTokens: 2, signal })).rejects.toThrow('never begun');
  });

  it('refuses what cannot be written, before the first call', async () => {
    const silent = new TinyModel(9, 4, 10);
    const refused = (prompt: number[], options: object) =>
      greedy(silent, [prompt], { maximumTokens: 3, ...options });
    await expect(refused([], {})).rejects.toThrow('prompt 0: no token to begin with');
    await expect(refused([9], {})).rejects.toThrow('prompt 0: id 9; the vocabulary has 0 to 8');
    await expect(refused(Array(11).fill(1), {})).rejects.toThrow(
      '11 tokens, but the model reads 10: shorten it',
    );
    await expect(refused(Array(9).fill(1), {})).rejects.toThrow('write at most 2');
    await expect(refused([1], { maximumTokens: -1 })).rejects.toThrow(
      'maximumTokens: expected a whole number ≥ 0, got -1',
    );
    await expect(refused([1], { minimumTokens: 4 })).rejects.toThrow(
      'minimumTokens: 4 is more than maximumTokens, 3',
    );
    await expect(refused([1], { stopIds: [9] })).rejects.toThrow('stopIds: 9; the vocabulary has 0 to 8');
    await expect(refused([1], { stopStrings: ['a'] })).rejects.toThrow('stopStrings: need `decode`');
    await expect(refused([1], { stopStrings: [''], decode })).rejects.toThrow(
      'an empty text would stop at once',
    );
    await expect(refused([1], { rules: [topK(2), temperature(2)] })).rejects.toThrow(
      '"temperature 2" comes after "top-k 2"',
    );
    expect(silent.calls.length).toBe(0);
  });
});
