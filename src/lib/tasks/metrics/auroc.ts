/**
 * @file Area under the ROC curve: the chance that a random positive scores above a random negative, ties
 * counting half (Mann–Whitney).
 *
 *     AUROC = (Σ_{i positive} rank_i − P(P+1)/2) / (P·N)      P positives, N negatives, mid-ranks for ties
 *
 * Worked: scores 0.1 0.4 0.35 0.8 with positives at 0.35 and 0.8: of 4 pairs 3 are in order, 0.75.
 */
import { InputError } from '../../errors';
import { assertPaired, distinctLabels, type Label } from './labels';

/** AUROC of scores for a binary truth, in [0, 1]; `NaN` where one of the two classes is absent. */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number {
  assertPaired('auroc', scores, positive);
  const order = Array.from({ length: scores.length }, (_, i) => i);
  for (const i of order) {
    if (Number.isNaN(scores[i])) throw new InputError(`auroc: score ${i} is not a number`);
  }
  order.sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    const score = scores[order[start] as number];
    let end = start;
    let inTie = 0;
    while (end < order.length && scores[order[end] as number] === score) {
      if (positive[order[end] as number]) inTie++;
      end++;
    }
    rankSum += inTie * ((start + 1 + end) / 2); // mid-rank of ranks start+1 … end
    positives += inTie;
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Mean over classes of the one-against-rest AUROC. `probabilities[i][label]` is record i's probability; classes
 * absent from `references` are left out, as is a class that every record has.
 */
export function aurocOneVersusRest(
  probabilities: readonly Readonly<Record<string, number>>[],
  references: readonly Label[],
): number {
  assertPaired('aurocOneVersusRest', probabilities, references);
  let sum = 0;
  let classes = 0;
  for (const label of distinctLabels(references)) {
    const area = auroc(
      probabilities.map((p) => p[label] ?? 0),
      references.map((reference) => String(reference) === label),
    );
    if (Number.isNaN(area)) continue;
    sum += area;
    classes++;
  }
  return classes === 0 ? Number.NaN : sum / classes;
}
