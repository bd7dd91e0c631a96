/**
 * @file Accuracy: the share of records whose predicted label is the true one.
 *
 *     accuracy = (1/N) Σ_i [ŷ_i = y_i]
 *
 * Worked: predictions cat dog cat against cat dog dog give 2/3 = 0.6667.
 */
import { assertPaired, type Label } from './labels';

/** Share of equal pairs, in [0, 1]. Throws `InputError` on unequal lengths or no records. */
export function accuracy(predictions: readonly Label[], references: readonly Label[]): number {
  assertPaired('accuracy', predictions, references);
  let hits = 0;
  for (let i = 0; i < references.length; i++) if (String(predictions[i]) === String(references[i])) hits++;
  return hits / references.length;
}
