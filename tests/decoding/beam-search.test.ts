/** @file Beam search: with beams enough it finds what enumeration finds; one beam is greedy; groups; what is refused. */
import { describe, expect, it } from 'vitest';
import { beamSearch, grammarRule, greedy, minimumLength, noRepeatNgram } from '../../src/lib/decoding';
import { trainByteLevelBpe } from '../../src/lib/text';
import '../support/matchers';
import { everyText, logProbabilities, TinyModel } from './tiny-model';

const STOP = 0;
const prompt = [2, 1];

describe('beamSearch', () => {
  it.each([1, 0, 2, -1])(
    'with beams enough ranks all 363 texts as enumeration does (length penalty %d)',
    async (power) => {
      // 4 tokens, one of which stops, and at most 5 to write: 1 + 3 + … + 3⁴ that stop, 3⁵ that do not.
      const model = new TinyModel(4, 5);
      const all = everyText(model, prompt, 5, STOP)
        .map((text) => ({ ...text, score: text.sum / text.length ** power }))
        .sort((a, b) => b.score - a.score);
      expect(all.length).toBe(1 + 3 + 9 + 27 + 81 + 243 - 1 + 1);
      const [found] = await beamSearch(model, [prompt], {
        beams: 400,
        maximumTokens: 5,
        stopIds: [STOP],
        lengthPenalty: power,
        earlyStopping: 'never',
        returned: 20,
      });
      expect(found?.map(({ ids }) => ids)).toEqual(all.slice(0, 20).map(({ ids }) => ids));
      expect((found ?? []).map(({ score }) => score)).toBeClose(all.slice(0, 20).map(({ score }) => score));
      expect((found ?? []).map(({ logProbability }) => logProbability)).toBeClose(
        all.slice(0, 20).map(({ sum }) => sum),
      );
    },
  );

  it('a rule shapes the search: the best text among those with at least 3 tokens and no pair twice', async () => {
    const model = new TinyModel(4, 6);
    const rules = [noRepeatNgram(2), minimumLength(3, [STOP])];
    const isFree = (ids: number[]) => {
      const pairs = [...prompt, ...ids].slice(1).map((id, i) => `${[...prompt, ...ids][i]} ${id}`);
      return new Set(pairs).size === pairs.length;
    };
    const best = everyText(model, prompt, 5, STOP)
      .filter(({ ids }) => ids.length >= 3 && isFree(ids))
      .sort((a, b) => b.sum / b.length - a.sum / a.length)[0];
    const [found] = await beamSearch(model, [prompt], {
      beams: 200,
      maximumTokens: 5,
      stopIds: [STOP],
      rules,
      earlyStopping: 'never',
    });
    expect(found?.[0]?.ids).toEqual(best?.ids);
    expect(found?.[0]?.logProbability).toBeCloseTo(best?.sum as number, 5);
  });

  it('one beam is greedy, and a batch writes what its rows write alone', async () => {
    const model = new TinyModel(7, 3);
    const prompts = [[1], [2, 3, 4], [5, 5]];
    const options = { maximumTokens: 8, stopIds: [STOP] };
    const single = await beamSearch(model, prompts, { ...options, beams: 1 });
    const likeliest = await greedy(model, prompts, options);
    expect(single.map(([one]) => one?.ids)).toEqual(likeliest.map(({ ids }) => ids));
    expect(single.map(([one]) => one?.ending)).toEqual(likeliest.map(({ ending }) => ending));
    expect(single.map(([one]) => one?.logProbability as number)).toBeClose(
      likeliest.map(({ logProbability }) => logProbability),
    );
    const wide = { ...options, beams: 4, groups: 2, diversityPenalty: 0.7, returned: 3 };
    const together = await beamSearch(model, prompts, wide);
    for (const [i, one] of prompts.entries())
      expect(await beamSearch(model, [one], wide)).toEqual([together[i]]);
  });

  it('says which row of the call before each beam goes on from', async () => {
    const model = new TinyModel(7, 3);
    await beamSearch(model, [[1], [2, 3]], { beams: 3, maximumTokens: 6, stopIds: [STOP] });
    for (const [i, rows] of model.calls.entries()) {
      for (const { ids, parent, source } of rows) {
        const before = parent === null ? undefined : model.calls[i - 1]?.[parent];
        if (i === 0) expect(parent).toBeNull();
        else expect(before).toMatchObject({ ids: ids.slice(0, -1), source });
      }
    }
  });

  it('groups differ in their first token where the penalty is large, and lose it from their scores', async () => {
    const model = new TinyModel(7, 9);
    const [found] = await beamSearch(model, [[1]], {
      beams: 3,
      groups: 3,
      diversityPenalty: 1000,
      maximumTokens: 1,
      returned: 3,
    });
    const order = logProbabilities(model, [1])
      .map((value, id) => ({ value, id }))
      .sort((a, b) => b.value - a.value);
    expect(found?.map(({ ids }) => ids[0])).toEqual(order.slice(0, 3).map(({ id }) => id));
    const same = await beamSearch(model, [[1]], {
      beams: 3,
      groups: 3,
      diversityPenalty: 0,
      maximumTokens: 1,
      returned: 3,
    });
    expect(new Set(same[0]?.map(({ ids }) => ids[0])).size).toBe(1);
    const [lost] = await beamSearch(model, [[1]], {
      beams: 2,
      groups: 2,
      diversityPenalty: 0.01,
      maximumTokens: 1,
      returned: 2,
    });
    expect((lost?.[0]?.score as number) - (lost?.[1]?.score as number)).toBeCloseTo(0.01, 6);
  });

  it('every beam matches a grammar, and a grammar that is whole ends it without a stop id', async () => {
    const tokenizer = trainByteLevelBpe(['yes no maybe '.repeat(30)], { vocabularySize: 270 });
    const model = new TinyModel(tokenizer.vocabularySize, 2);
    const rules = [grammarRule('(yes|no|maybe){2}', tokenizer)];
    const [found] = await beamSearch(model, [[1]], { beams: 6, maximumTokens: 10, rules, returned: 6 });
    expect(found?.length).toBe(6);
    for (const { ids, ending } of found ?? []) {
      expect(tokenizer.decode(ids)).toMatch(/^(yes|no|maybe){2}$/);
      expect(ending).toBe('complete');
    }
  });

  it('refuses wrong settings, and rules that leave no beam a token', async () => {
    const model = new TinyModel(4);
    const search = (options: object) => beamSearch(model, [[1]], { beams: 4, maximumTokens: 3, ...options });
    await expect(search({ beams: 0 })).rejects.toThrow('beams: expected a whole number ≥ 1, got 0');
    await expect(search({ groups: 3 })).rejects.toThrow('groups: expected a divisor of the 4 beams, got 3');
    await expect(search({ returned: 5 })).rejects.toThrow(
      'returned: expected at most the number of beams, 4, got 5',
    );
    await expect(search({ diversityPenalty: 1 })).rejects.toThrow('diversityPenalty');
    await expect(search({ lengthPenalty: Number.NaN })).rejects.toThrow('lengthPenalty');
    await expect(search({ earlyStopping: 'always' })).rejects.toThrow(
      "expected true, false or 'never', got always",
    );
    await expect(search({ rules: [noRepeatNgram(1)], maximumTokens: 9 })).rejects.toThrow(
      /no token is left for place 3.*"no 1-gram twice"/,
    );
  });
});
