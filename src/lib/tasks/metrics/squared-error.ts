/**
 * @file Mean squared error of a regression: MSE = (1/N) Σ (ŷ − y)². Worked: 1, 2 against 1, 4 gives 2.
 */
import { assertPaired } from './labels';

/** Mean squared error, in squared units of the value. Throws `InputError` on unequal lengths or no records. */
export function meanSquaredError(predictions: ArrayLike<number>, references: ArrayLike<number>): number {
  assertPaired('meanSquaredError', predictions, references);
  let sum = 0;
  for (let i = 0; i < references.length; i++) {
    const difference = (predictions[i] as number) - (references[i] as number);
    sum += difference * difference;
  }
  return sum / references.length;
}
