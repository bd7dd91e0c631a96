/**
 * @file McNemar's (1947) test, exact: of the records that just one of two systems gets right, is the split
 * further from even than chance makes it?
 *
 *     p = min(1, 2 P(X ≤ min(b, c))),  X ~ Binomial(b + c, 1/2)
 *
 * It assumes independent records; with clusters use `signFlipTest`. Worked: b = 9, c = 2: p = 0.0654.
 */
import { InputError } from '../../errors';

export interface McNemarResult {
  /** Records that only the first system gets right. */
  onlyFirst: number;
  onlySecond: number;
  pValue: number;
}

/** Exact test on right/wrong of the same records. Throws `InputError` on unequal lengths. */
export function mcNemar(
  first: ArrayLike<number | boolean>,
  second: ArrayLike<number | boolean>,
): McNemarResult {
  if (first.length !== second.length) {
    throw new InputError(
      `mcNemar: ${first.length} against ${second.length} records; both need the same records`,
    );
  }
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < first.length; i++) {
    if (first[i] && !second[i]) onlyFirst++;
    if (second[i] && !first[i]) onlySecond++;
  }
  const trials = onlyFirst + onlySecond;
  return {
    onlyFirst,
    onlySecond,
    pValue: Math.min(1, 2 * lowerTail(Math.min(onlyFirst, onlySecond), trials)),
  };
}

/** P(X ≤ k) for X ~ Binomial(n, 1/2), summed in logarithms so that it neither overflows nor vanishes early. */
function lowerTail(k: number, n: number): number {
  let logTerm = -n * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log(n - i + 1) - Math.log(i);
    sum += Math.exp(logTerm);
  }
  return sum;
}
