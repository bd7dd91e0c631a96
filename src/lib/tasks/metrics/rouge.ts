/**
 * @file ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) as Google's rouge-score computes them, without stemming: lower
 * case, words of a–z and 0–9 only (so it says nothing of other alphabets). In [0, 1].
 *
 *     ROUGE-n: F1 of n-gram matches;   ROUGE-L: F1 of the longest common subsequence of words
 *     F1 = 2PR / (P + R),  P = matches / n-grams written,  R = matches / n-grams of the reference
 *
 * With several references the best F1 counts. Worked: "the cat sat on the mat" against "the cat is on the mat":
 * ROUGE-1 5/6, ROUGE-2 3/5, ROUGE-L 5/6 (the cat … on the mat).
 */
import { referencesOf } from './bleu';
import { assertPaired, ratio } from './labels';
import { clippedMatches, countNgrams, totalOf } from './ngrams';

export interface RougeScores {
  rouge1: number;
  rouge2: number;
  rougeL: number;
}

/** Scores of one text, each in [0, 1]. */
export function rouge(prediction: string, references: string | readonly string[]): RougeScores {
  const words = wordsOf(prediction);
  const all = referencesOf('rouge', references).map((reference): RougeScores => {
    const answer = wordsOf(reference);
    const common = longestCommonSubsequence(words, answer);
    return {
      rouge1: overlap(words, answer, 1),
      rouge2: overlap(words, answer, 2),
      rougeL: ratio(2 * common, words.length + answer.length),
    };
  });
  const best = (name: keyof RougeScores) => Math.max(...all.map((scores) => scores[name]));
  return { rouge1: best('rouge1'), rouge2: best('rouge2'), rougeL: best('rougeL') };
}

/** Mean scores of a corpus. */
export function meanRouge(
  predictions: readonly string[],
  references: readonly (string | readonly string[])[],
): RougeScores {
  assertPaired('rouge', predictions, references);
  const all = predictions.map((prediction, i) => rouge(prediction, references[i] as string));
  const mean = (name: keyof RougeScores) => all.reduce((sum, scores) => sum + scores[name], 0) / all.length;
  return { rouge1: mean('rouge1'), rouge2: mean('rouge2'), rougeL: mean('rougeL') };
}

/** Length of the longest common subsequence, in O(a · b) time and O(b) memory. */
export function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Uint32Array(b.length + 1);
  let row = new Uint32Array(b.length + 1);
  for (const word of a) {
    for (let j = 0; j < b.length; j++) {
      row[j + 1] =
        word === b[j] ? (above[j] as number) + 1 : Math.max(above[j + 1] as number, row[j] as number);
    }
    [above, row] = [row, above];
  }
  return above[b.length] as number;
}

function overlap(words: readonly string[], answer: readonly string[], n: number): number {
  const [written, expected] = [countNgrams(words, n), countNgrams(answer, n)];
  return ratio(2 * clippedMatches(written, expected), totalOf(written) + totalOf(expected));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
