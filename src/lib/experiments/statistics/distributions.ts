/** @file The distributions that the statistics need, from jstat, behind one typed door. */
import { jStat } from 'jstat';

/** z with P(Z ≤ z) = p for a standard normal Z; ±Infinity at 0 and 1. Absolute error below 1e-8. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  return jStat.normal.inv(p, 0, 1);
}

/** P(Z ≤ z) for a standard normal Z. */
export function normalProbability(z: number): number {
  return jStat.normal.cdf(z, 0, 1);
}

/** The z of a two-sided interval: 1.96 for level 0.95. Throws `RangeError` unless 0 < level < 1. */
export function criticalValue(level: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`level must lie between 0 and 1, got ${level}`);
  return normalQuantile(0.5 + level / 2);
}
