/**
 * @file BLEU of a corpus (Papineni 2002) as sacreBLEU computes it: tokenization 13a, n up to 4, exponential
 * smoothing, closest reference length. On the scale of 0 to 100.
 *
 *     BLEU = 100 · BP · exp( (1/4) Σ_n log p_n ),   p_n = Σ clipped matches / Σ n-grams, over the whole corpus
 *     BP = 1 where c ≥ r, else exp(1 − r/c)         c, r: words written, closest reference words
 *     the k-th p_n without a match becomes 1 / (2^k · n-grams)
 *
 * It is no mean of sentences: to resample a corpus, add up `bleuCounts` and give the sum to `bleuOf`.
 * Worked: "the cat sat on the mat" against "the cat is on the mat": matches 5/6, 3/5, 1/4, 0/3; the last becomes
 * 1/6; BLEU = 100 · (5/6 · 3/5 · 1/4 · 1/6)^¼ = 37.99.
 */
import { InputError } from '../../errors';
import { assertPaired } from './labels';
import { clippedMatches, countNgrams, largestCounts, totalOf } from './ngrams';

const ORDER = 4;

/** What BLEU needs to know of a sentence or of a corpus; counts of sentences add up. */
export interface BleuCounts {
  matches: number[];
  totals: number[];
  length: number;
  referenceLength: number;
}

/** Counts of one sentence against one or more references. */
export function bleuCounts(prediction: string, references: string | readonly string[]): BleuCounts {
  const words = tokenize13a(prediction);
  const answers = referencesOf('bleu', references).map(tokenize13a);
  const lengths = answers.map((answer) => answer.length);
  const counts: BleuCounts = {
    matches: [],
    totals: [],
    length: words.length,
    referenceLength: closest(words.length, lengths),
  };
  for (let n = 1; n <= ORDER; n++) {
    const written = countNgrams(words, n);
    counts.matches.push(
      clippedMatches(written, largestCounts(answers.map((answer) => countNgrams(answer, n)))),
    );
    counts.totals.push(totalOf(written));
  }
  return counts;
}

/** BLEU, 0 to 100, of summed counts. */
export function bleuOf(sentences: readonly BleuCounts[]): number {
  const sum = (pick: (counts: BleuCounts) => number) =>
    sentences.reduce((total, one) => total + pick(one), 0);
  const [length, referenceLength] = [sum((c) => c.length), sum((c) => c.referenceLength)];
  let smoothing = 1;
  let logs = 0;
  let matched = false;
  for (let n = 0; n < ORDER; n++) {
    const [matches, total] = [sum((c) => c.matches[n] as number), sum((c) => c.totals[n] as number)];
    if (total === 0) return 0;
    if (matches > 0) matched = true;
    else smoothing *= 2;
    logs += Math.log(matches > 0 ? matches / total : 1 / (smoothing * total));
  }
  if (!matched) return 0;
  const brevity = length < referenceLength ? Math.exp(1 - referenceLength / length) : 1;
  return 100 * brevity * Math.exp(logs / ORDER);
}

/** BLEU, 0 to 100, of a corpus with one or more references a sentence. */
export function bleu(
  predictions: readonly string[],
  references: readonly (string | readonly string[])[],
): number {
  assertPaired('bleu', predictions, references);
  return bleuOf(predictions.map((prediction, i) => bleuCounts(prediction, references[i] as string)));
}

/** The words of mteval-v13a: symbols apart, periods and commas apart unless inside a number. */
export function tokenize13a(text: string): string[] {
  let line = text.trimEnd().replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  line = line
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  const spaced = ` ${line} `
    .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
  return spaced.split(/\s+/).filter((word) => word !== '');
}

/** References as a list; throws where there is none. */
export function referencesOf(metric: string, references: string | readonly string[]): readonly string[] {
  const list = typeof references === 'string' ? [references] : references;
  if (list.length === 0) throw new InputError(`${metric}: a sentence has no reference; give at least one`);
  return list;
}

function closest(length: number, lengths: readonly number[]): number {
  return lengths.reduce((best, one) => {
    const [gap, bestGap] = [Math.abs(one - length), Math.abs(best - length)];
    return gap < bestGap || (gap === bestGap && one < best) ? one : best;
  });
}
