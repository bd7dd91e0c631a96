/**
 * @file How large is the difference, and how many records would show it?
 *
 *     Cohen's d = (mean₁ − mean₂) / pooled deviation;  paired d_z = mean difference / its deviation
 *     Cohen's h = 2 asin √p₁ − 2 asin √p₂                       (two shares; Cohen 1988)
 *     n = ((z_{1−α/2} + z_power) σ / δ)²                        (paired comparison, normal approximation)
 *
 * Worked: a difference δ of 0.05 with deviation σ = 0.5: n = ((1.96 + 0.8416) · 10)² = 785.
 */
import { InputError } from '../../errors';
import { normalQuantile } from './distributions';
import { deviationOf } from './paired';

/** Standardized difference of two independent samples. */
export function cohensD(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const a = Float64Array.from(first);
  const b = Float64Array.from(second);
  const pooled =
    ((a.length - 1) * deviationOf(a) ** 2 + (b.length - 1) * deviationOf(b) ** 2) / (a.length + b.length - 2);
  return (meanOf(a) - meanOf(b)) / Math.sqrt(pooled);
}

/** Standardized mean of paired differences (d_z). */
export function cohensDPaired(differences: ArrayLike<number>): number {
  const d = Float64Array.from(differences);
  return meanOf(d) / deviationOf(d);
}

/** Cohen's h of two shares in [0, 1]. */
export function cohensH(first: number, second: number): number {
  return 2 * Math.asin(Math.sqrt(first)) - 2 * Math.asin(Math.sqrt(second));
}

/** Records that a two-sided paired test needs to show `difference`; `Infinity` where the difference is 0. */
export function requiredPairs(options: {
  difference: number;
  /** Deviation of the per-record differences. Under clusters: standard error · √records, which holds them. */
  deviation: number;
  significance?: number;
  power?: number;
}): number {
  const { difference, deviation, significance = 0.05, power = 0.8 } = options;
  if (!(deviation >= 0)) throw new InputError(`requiredPairs: a deviation of ${deviation} is not a spread`);
  if (difference === 0) return Number.POSITIVE_INFINITY;
  const z = normalQuantile(1 - significance / 2) + normalQuantile(power);
  return Math.ceil(((z * deviation) / difference) ** 2);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
