/** @file Entity-level precision, recall and F1 (micro) of any selection of records, from counts of each sentence. */
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
  const ratioOf = (above: number, below: (one: { predicted: number; actual: number }) => number) =>
    function of(indices: Int32Array): number {
      let [matched, all] = [0, 0];
      for (const row of indices) {
        const one = counts[row] as (typeof counts)[number];
        matched += one.matched;
        all += below(one);
      }
      return all === 0 ? 0 : (above * matched) / all;
    };
  return [
    { name: 'precision', of: ratioOf(1, ({ predicted }) => predicted) },
    { name: 'recall', of: ratioOf(1, ({ actual }) => actual) },
    { name: 'f1', of: ratioOf(2, ({ predicted, actual }) => predicted + actual) },
  ];
}
