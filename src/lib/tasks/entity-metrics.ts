/**
 * @file Entity-level precision, recall and F1 (micro) of any selection of records: ratios of counts that add up over
 * sentences,
 *
 *     precision = Σ matched / Σ predicted,   recall = Σ matched / Σ actual,   F1 = Σ 2·matched / Σ (predicted + actual)
 */
import { entityMatches } from './metrics';
import type { TaskMetric } from './task';

/** Of predicted and true tags, sentence by sentence. Where nothing is predicted or nothing true, the ratio is 0. */
export function entityMetrics(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly string[])[],
): TaskMetric[] {
  const counts = references.map((reference, row) => {
    const { predicted, actual, matched } = entityMatches(predictions[row] as readonly string[], reference);
    return { predicted: predicted.length, actual: actual.length, matched: matched.length };
  });
  const matched = counts.map((one) => one.matched);
  return [
    ratioMetric(
      'precision',
      matched,
      counts.map(({ predicted }) => predicted),
    ),
    ratioMetric(
      'recall',
      matched,
      counts.map(({ actual }) => actual),
    ),
    ratioMetric(
      'f1',
      matched.map((one) => 2 * one),
      counts.map(({ predicted, actual }) => predicted + actual),
    ),
  ];
}

function ratioMetric(name: string, sums: readonly number[], counts: readonly number[]): TaskMetric {
  const total = (of: readonly number[], indices: Int32Array): number =>
    indices.reduce((sum, row) => sum + (of[row] as number), 0);
  return {
    name,
    ratio: { sums, counts },
    of: (indices) => total(sums, indices) / (total(counts, indices) || 1),
  };
}
