/**
 * @file From a bootstrap distribution to an interval: percentile, or bias-corrected and accelerated (Efron
 * 1987).
 *
 *     percentile: the α/2 and 1−α/2 quantiles (linear interpolation between order statistics, as in NumPy)
 *     BCa: quantiles at Φ(z0 + (z0 + z_p) / (1 − a (z0 + z_p))) for p = α/2, 1−α/2
 *          z0 = Φ⁻¹(share of the distribution below the value, ties half)
 *          a  = Σ d³ / (6 (Σ d²)^1.5),  d = mean of the jackknife values − jackknife value
 *
 * BCa is better where the metric is skewed (F1, perplexity, shares near 0 or 1).
 */
import { criticalValue, normalProbability, normalQuantile } from './distributions';

/** A value and its interval at `level`. */
export interface Interval {
  value: number;
  low: number;
  high: number;
  /** Nominal coverage, 0.95 by default. */
  level: number;
  method: 'percentile' | 'bca' | 'wilson';
}

/** Quantile of sorted numbers, p in [0, 1]. */
export function quantileOf(sorted: Float64Array, p: number): number {
  const position = Math.min(Math.max(p, 0), 1) * (sorted.length - 1);
  const below = Math.floor(position);
  const left = sorted[below] as number;
  const right = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return left + (right - left) * (position - below);
}

/** Percentile limits [low, high] of a bootstrap distribution. */
export function percentileLimits(distribution: Float64Array, level: number): [number, number] {
  const sorted = Float64Array.from(distribution).sort();
  return [quantileOf(sorted, (1 - level) / 2), quantileOf(sorted, (1 + level) / 2)];
}

/**
 * Standard deviation of an end of a percentile interval from one set of draws to another, as a share of the interval's
 * width, for a distribution near the normal: √(p (1−p) / resamples) / φ(z) / 2z, with p the tail and z its quantile.
 */
export function limitDeviation(resamples: number, level = 0.95): number {
  const tail = (1 - level) / 2;
  const z = criticalValue(level);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return Math.sqrt((tail * (1 - tail)) / resamples) / density / (2 * z);
}

/**
 * BCa limits [low, high]. Falls back on the percentile limits where the jackknife values do not vary or the
 * value lies outside the whole distribution, since BCa is undefined there.
 */
export function bcaLimits(
  distribution: Float64Array,
  value: number,
  jackknife: Float64Array,
  level: number,
): [number, number] {
  let below = 0;
  for (const x of distribution) below += x < value ? 1 : x === value ? 0.5 : 0;
  const bias = normalQuantile(below / distribution.length);
  const center = jackknife.reduce((sum, x) => sum + x, 0) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const x of jackknife) {
    const d = center - x;
    squares += d * d;
    cubes += d * d * d;
  }
  if (!Number.isFinite(bias) || squares === 0) return percentileLimits(distribution, level);
  const acceleration = cubes / (6 * squares ** 1.5);
  const sorted = Float64Array.from(distribution).sort();
  const z = criticalValue(level);
  const limit = (zp: number) => {
    const shifted = bias + zp;
    return quantileOf(sorted, normalProbability(bias + shifted / (1 - acceleration * shifted)));
  };
  return [limit(-z), limit(z)];
}
