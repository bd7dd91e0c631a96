/**
 * @file One number for several runs.
 *
 *     interquartile mean: the mean without the lowest and highest ⌊N/4⌋ runs (Agarwal 2021)
 *     expected best of n: Σ_i v_(i) [ (i/N)^n − ((i−1)/N)^n ],  v_(1) ≤ … ≤ v_(N)  (Dodge 2019)
 *
 * The second is what a search with budget n would report on validation data: two methods must be compared at
 * the same n. Worked: runs 1 2 3 10: interquartile mean 2.5; expected best of 2: (1·1 + 3·2 + 5·3 + 7·10)/16 = 5.75.
 */
import { InputError } from '../../errors';

/** Mean of the middle half of the runs. */
export function interquartileMean(values: ArrayLike<number>): number {
  const sorted = sortedOf('interquartileMean', values);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.subarray(cut, sorted.length - cut);
  return middle.reduce((sum, x) => sum + x, 0) / middle.length;
}

/** Expected maximum of `n` runs drawn with replacement from those seen. */
export function expectedBestOf(values: ArrayLike<number>, n: number): number {
  const sorted = sortedOf('expectedBestOf', values);
  const share = (i: number) => (i / sorted.length) ** n;
  return sorted.reduce((sum, value, i) => sum + value * (share(i + 1) - share(i)), 0);
}

function sortedOf(name: string, values: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new InputError(`${name}: no runs`);
  return Float64Array.from(values).sort();
}
