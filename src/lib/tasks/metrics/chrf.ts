/**
 * @file chrF2 of a corpus (Popović 2015) as sacreBLEU computes it: n-grams of 1 to 6 characters without white
 * space, recall weighing β² = 4 times as much as precision. On the scale of 0 to 100. Kind to languages with many
 * word forms.
 *
 *     P, R = means over n of matches / n-grams written, matches / n-grams of the reference (corpus sums)
 *     chrF = 100 · (1 + β²) P R / (β² P + R)
 *
 * Worked: "ab" against "ac": n = 1: P = R = 1/2; n = 2: 0; longer n-grams do not exist; P = R = 1/4, chrF = 25.
 */
import { referencesOf } from './bleu';
import { assertPaired } from './labels';
import { clippedMatches, countNgrams, totalOf } from './ngrams';

const ORDER = 6;
const BETA_SQUARED = 4;

/** For each n: [n-grams written, n-grams of the reference, matches]; counts of sentences add up. */
export type ChrfCounts = [number, number, number][];

/** Counts of one sentence against the reference that suits it best. */
export function chrfCounts(prediction: string, references: string | readonly string[]): ChrfCounts {
  const written = ngramsOf(prediction);
  const candidates = referencesOf('chrf', references).map((reference) => {
    const answer = ngramsOf(reference);
    return written.map((counts, n): [number, number, number] => {
      const expected = answer[n] as Map<string, number>;
      // n-grams longer than the reference are no error: they are not counted
      return [expected.size > 0 ? totalOf(counts) : 0, totalOf(expected), clippedMatches(counts, expected)];
    });
  });
  return candidates.reduce((best, one) => (chrfOf([one]) > chrfOf([best]) ? one : best));
}

/** chrF2, 0 to 100, of summed counts. */
export function chrfOf(sentences: readonly ChrfCounts[]): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let n = 0; n < ORDER; n++) {
    const [written, expected, matches] = [0, 1, 2].map((k) =>
      sentences.reduce((sum, counts) => sum + ((counts[n] as number[])[k] as number), 0),
    ) as [number, number, number];
    if (written === 0 || expected === 0) continue;
    precision += matches / written;
    recall += matches / expected;
    orders++;
  }
  if (precision + recall === 0) return 0;
  const [p, r] = [precision / orders, recall / orders];
  return (100 * (1 + BETA_SQUARED) * p * r) / (BETA_SQUARED * p + r);
}

/** chrF2, 0 to 100, of a corpus with one or more references a sentence. */
export function chrf(
  predictions: readonly string[],
  references: readonly (string | readonly string[])[],
): number {
  assertPaired('chrf', predictions, references);
  return chrfOf(predictions.map((prediction, i) => chrfCounts(prediction, references[i] as string)));
}

function ngramsOf(text: string): Map<string, number>[] {
  const characters = [...text.replace(/\s+/g, '')];
  return Array.from({ length: ORDER }, (_, i) => countNgrams(characters, i + 1));
}
