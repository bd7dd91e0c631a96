/** @file Metrics of written text agree with sacreBLEU, rouge-score and COCO's CIDEr (tests/parity/metrics_text.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bleu,
  bleuCounts,
  bleuOf,
  chrf,
  chrfCounts,
  chrfOf,
  cider,
  ciderScores,
  meanRouge,
  rouge,
} from '../../../src/lib/tasks/metrics';
import { tokenize13a } from '../../../src/lib/tasks/metrics/bleu';
import { captionWords } from '../../../src/lib/tasks/metrics/cider';
import { longestCommonSubsequence } from '../../../src/lib/tasks/metrics/rouge';

const fixture = JSON.parse(readFileSync(join(__dirname, '../../parity/fixtures/metrics-text.json'), 'utf8'));
const { predictions, references, captions, guesses } = fixture as Record<string, string[]> & {
  references: string[][];
};
const exact = { absolute: 1e-9, relative: 1e-9 };

describe('BLEU against sacreBLEU', () => {
  it('tokens 13a', () => {
    expect((predictions as string[]).map((p) => tokenize13a(p).join(' '))).toEqual(fixture.tokens13a);
  });

  it('corpus with several references, short corpus, no match at all, each sentence alone', () => {
    const list = predictions as string[];
    expect(bleu(list, references)).toBeCloseTo(fixture.bleu, 9);
    const single = references.map((r) => r[0] as string);
    expect(bleu(list.slice(0, 2), single.slice(0, 2))).toBeCloseTo(fixture.bleuShort, 9);
    expect(bleu(['x y'], ['a b'])).toBe(fixture.bleuNone);
    expect(list.map((p, i) => bleu([p], [single[i] as string]))).toBeClose(fixture.bleuSentences, exact);
  });

  it('worked number; counts of sentences add up to the corpus', () => {
    const worked = 100 * ((5 / 6) * (3 / 5) * (1 / 4) * (1 / 6)) ** 0.25;
    expect(bleu(['the cat sat on the mat'], ['the cat is on the mat'])).toBeCloseTo(worked, 12);
    const counts = (predictions as string[]).map((p, i) => bleuCounts(p, references[i] as string[]));
    expect(bleuOf(counts)).toBeCloseTo(fixture.bleu, 9);
    expect(() => bleu(['a'], [[]])).toThrow('no reference');
  });
});

describe('chrF against sacreBLEU', () => {
  it('corpus and each sentence alone', () => {
    const list = predictions as string[];
    expect(chrf(list, references)).toBeCloseTo(fixture.chrf, 9);
    expect(list.map((p, i) => chrfOf([chrfCounts(p, references[i] as string[])]))).toBeClose(
      fixture.chrfSentences,
      exact,
    );
  });

  it('worked number', () => {
    expect(chrf(['ab'], ['ac'])).toBeCloseTo(25, 12);
    expect(chrf([''], ['ac'])).toBe(0);
  });
});

describe('ROUGE against rouge-score', () => {
  it('each text, the best of several references', () => {
    const rows = (predictions as string[]).map((p, i) => rouge(p, references[i] as string[]));
    expect(rows.flatMap((r) => [r.rouge1, r.rouge2, r.rougeL])).toBeClose(fixture.rouge.flat(), exact);
    const mean =
      fixture.rouge.reduce((sum: number, row: number[]) => sum + (row[2] as number), 0) / rows.length;
    expect(meanRouge(predictions as string[], references).rougeL).toBeCloseTo(mean, 9);
  });

  it('worked numbers', () => {
    const scores = rouge('the cat sat on the mat', 'the cat is on the mat');
    expect([scores.rouge1, scores.rouge2, scores.rougeL]).toBeClose([5 / 6, 3 / 5, 5 / 6]);
    expect(longestCommonSubsequence([...'abcbdab'], [...'bdcaba'])).toBe(4); // Cormen et al.
    expect(rouge('', 'a').rougeL).toBe(0);
  });
});

describe("CIDEr against COCO's", () => {
  it("words of plain captions are those of COCO's tokenizer", () => {
    const first = (captions as unknown as string[][]).map((list) =>
      captionWords(list[0] as string).join(' '),
    );
    expect(first).toEqual(fixture.captionTokens);
  });

  it('each caption and the corpus', () => {
    const list = captions as unknown as string[][];
    expect(ciderScores(guesses as string[], list)).toBeClose(fixture.ciderEach, exact);
    expect(cider(guesses as string[], list)).toBeCloseTo(fixture.cider, 9);
  });

  it('worked number; one picture alone scores 0', () => {
    const right = ['a red ball', 'a blue cube'];
    expect(cider(right, right)).toBeCloseTo(7.5, 12);
    expect(cider(['a red ball'], ['a red ball'])).toBe(0);
  });
});
