/** @file From the probabilities of labels to predictions, and to accuracy and macro F1 of any selection of records. */
import { type AnyRecord, encodeLabels, type RecordSet } from '../data';
import type { OutputRows, Prediction, TaskMetric } from './task';

export type LabelledRecord = AnyRecord & { label: string };

/** The most probable class of each row of probabilities [count, classes]; the first of equals. */
function mostProbable({ data }: { data: ArrayLike<number> }, count: number, classes: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if ((data[row * classes + c] as number) > (data[row * classes + best] as number)) best = c;
    }
    return best;
  });
}

/** The most probable label of each row of `probabilities` [records, C]. */
export function labelPredictions(
  outputs: OutputRows,
  count: number,
  labels: readonly string[],
): Prediction[] {
  const rows = outputs.probabilities as OutputRows[string];
  return Array.from(mostProbable(rows, count, labels.length), (best, row) => ({
    prediction: labels[best] as string,
    probabilities: Object.fromEntries(
      labels.map((label, c) => [label, rows.data[row * labels.length + c] as number]),
    ),
  }));
}

/** Accuracy and macro F1 of the most probable labels. */
export function labelMetrics(
  outputs: OutputRows,
  set: RecordSet<LabelledRecord>,
  labels: readonly string[],
): TaskMetric[] {
  const count = set.records.length;
  const expected = encodeLabels(set, labels);
  const found = mostProbable(outputs.probabilities as OutputRows[string], count, labels.length);
  const right = Float64Array.from(found, (label, row) => Number(label === expected[row]));
  const mean = (indices: Int32Array) =>
    indices.reduce((sum, row) => sum + (right[row] as number), 0) / indices.length;
  return [
    { name: 'accuracy', values: right, of: mean },
    { name: 'macroF1', of: (indices) => macroF1Of(indices, found, expected, labels.length) },
  ];
}

/**
 * `metrics.macroF1` of the records at `indices`, by counting class numbers: a resampling asks for it thousands of
 * times. Classes that occur in neither predictions nor references are left out, as scikit-learn does.
 */
function macroF1Of(indices: Int32Array, found: Int32Array, expected: Int32Array, classes: number): number {
  const [hits, predicted, present] = [
    new Int32Array(classes),
    new Int32Array(classes),
    new Int32Array(classes),
  ];
  const count = (counts: Int32Array, label: number) => {
    counts[label] = (counts[label] as number) + 1;
  };
  for (const row of indices) {
    const [a, b] = [found[row] as number, expected[row] as number];
    count(predicted, a);
    count(present, b);
    if (a === b) count(hits, a);
  }
  let [sum, seen] = [0, 0];
  for (let c = 0; c < classes; c++) {
    const both = (predicted[c] as number) + (present[c] as number);
    if (both === 0) continue;
    seen += 1;
    sum += (2 * (hits[c] as number)) / both;
  }
  return sum / seen;
}
