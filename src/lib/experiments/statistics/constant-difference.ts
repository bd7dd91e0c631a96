/**
 * @file A difference that is the same on every record: no resample sees it vary, and a bootstrap would claim certainty
 * from three records as from three thousand. What n equal clusters allow to say is that at most a share u of all
 * clusters is otherwise (Wilson's upper limit of 0 out of n), each by as much as shares can differ, 1:
 *
 *     u = z² / (n + z²),     low = (1 − u) d − u,     high = (1 − u) d + u,     p = 2 · 2^−n  (1 where d = 0)
 *
 * For right and wrong answers (d = −1, 0, 1) these are Tango's (1998) score limits of a paired difference, and p is that
 * of the exact sign-flip test. Worked: 10 of 10 records right against none: u = 0.2775, the interval 0.445 to 1. Left
 * out: differences larger than 1 (of losses), whose range nobody knows; their interval stays a point.
 */
import { criticalValue } from './distributions';

export interface ConstantLimits {
  low: number;
  high: number;
  pValue: number;
  /** Of the normal distribution with an interval that wide. */
  standardError: number;
}

/** The value that all have, where they have one in [−1, 1]; else `null`. */
export function constantDifference(rows: Iterable<ArrayLike<number | boolean>>): number | null {
  let found: number | null = null;
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      const value = Number(row[i]);
      found ??= value;
      if (value !== found) return null;
    }
  }
  return found !== null && Math.abs(found) <= 1 ? found : null;
}

/** Limits of a difference that is `value` in each of `clusters` clusters. */
export function constantLimits(value: number, clusters: number, level: number): ConstantLimits {
  const z = criticalValue(level);
  const unseen = (z * z) / (clusters + z * z);
  const center = (1 - unseen) * value;
  return {
    low: center - unseen,
    high: Math.min(1, center + unseen),
    pValue: value === 0 ? 1 : Math.min(1, 2 ** (1 - clusters)),
    standardError: unseen / z,
  };
}
