/**
 * @file `toBeClose`: compares arrays of numbers and, where they differ, prints the largest difference and
 * where it stands. Tolerance: |actual − expected| ≤ absolute + relative · |expected|.
 */
import { expect } from 'vitest';

type Numbers = ArrayLike<number>;

interface Tolerance {
  absolute?: number;
  relative?: number;
}

function toBeClose(actual: Numbers, expected: Numbers, tolerance: Tolerance = {}) {
  const { absolute = 1e-6, relative = 1e-5 } = tolerance;
  if (actual.length !== expected.length) {
    return { pass: false, message: () => `expected ${expected.length} numbers, got ${actual.length}` };
  }
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i] as number;
    const e = expected[i] as number;
    if (Object.is(a, e) || a === e) continue;
    const excess = Math.abs(a - e) - (absolute + relative * Math.abs(e));
    if (Number.isNaN(excess) || excess > worstExcess) {
      worst = i;
      worstExcess = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess;
    }
  }
  return {
    pass: worst < 0,
    message: () =>
      worst < 0
        ? `expected the numbers to differ by more than ${absolute} + ${relative}·|expected|`
        : `largest difference at index ${worst} of ${actual.length}: expected ${expected[worst]}, got ${actual[worst]} ` +
          `(tolerance ${absolute} + ${relative}·|expected|)`,
  };
}

expect.extend({ toBeClose });

declare module 'vitest' {
  interface Assertion<T> {
    /** Every number of `actual` within `absolute + relative·|expected|` of its partner. */
    toBeClose(expected: Numbers, tolerance?: Tolerance): T;
  }
}
