/**
 * @file Confusion matrix: C[i][j] counts the records of true label i that were predicted as j (scikit-learn's
 * orientation).
 *
 * Worked: predictions cat dog cat against cat dog dog give, for labels cat, dog: [[1, 0], [1, 1]].
 */
import { InputError } from '../../errors';
import { assertPaired, distinctLabels, type Label } from './labels';

/** Labels in order; `counts[i][j]`: true label `labels[i]`, predicted `labels[j]`. */
export interface ConfusionMatrix {
  labels: string[];
  counts: number[][];
}

/**
 * Counts of true against predicted labels. `labels` fixes order and extent; by default all labels that occur,
 * sorted. Pairs with a label outside `labels` are left out, as in scikit-learn.
 */
export function confusionMatrix(
  predictions: readonly Label[],
  references: readonly Label[],
  options: { labels?: readonly Label[] } = {},
): ConfusionMatrix {
  assertPaired('confusionMatrix', predictions, references);
  const labels = options.labels ? options.labels.map(String) : distinctLabels(references, predictions);
  const position = new Map(labels.map((label, i) => [label, i]));
  if (position.size !== labels.length) throw new InputError('confusionMatrix: a label is listed twice');
  const counts = labels.map(() => new Array<number>(labels.length).fill(0));
  for (let i = 0; i < references.length; i++) {
    const row = counts[position.get(String(references[i])) ?? -1];
    const column = position.get(String(predictions[i]));
    if (row && column !== undefined) row[column] = (row[column] as number) + 1;
  }
  return { labels, counts };
}
