/**
 * @file Paired bootstrap (Koehn 2004): the interval of the difference of two systems on the same records. Both
 * are measured on the same resample, so that what is hard for both cancels.
 *
 *     difference* = metric(first, records*) − metric(second, records*)
 *     p = 2 (1 + min(#{difference* ≤ 0}, #{difference* ≥ 0})) / (resamples + 1), at most 1
 *
 * Worked: right/wrong 1 1 1 0 against 1 0 0 0: the difference is 0.5. Where the difference is the same on every record,
 * limits and p value are those of `constant-difference.ts`.
 */
import { InputError } from '../../errors';
import { type IndexMetric, meanSampler, metricSampler, type ResamplingOptions } from './bootstrap';
import { drawer, groupClusters } from './clusters';
import { constantDifference, constantLimits } from './constant-difference';
import { bcaLimits, type Interval, percentileLimits } from './interval';

export interface PairedOptions extends ResamplingOptions {
  /** Values of the first system, one a record (right/wrong, loss, F1), or its metric. */
  first: ArrayLike<number | boolean> | IndexMetric;
  /** The same of the second; the difference is first − second. */
  second: ArrayLike<number | boolean> | IndexMetric;
  /** Number of records: needed where both are metrics. */
  records?: number;
}

export interface PairedDifference extends Interval {
  /** Two-sided, for "no difference"; by resampling never below 2 / (resamples + 1). */
  pValue: number;
  /** Standard deviation of the bootstrap distribution. */
  standardError: number;
  records: number;
  clusters: number;
  resamples: number;
}

/** Difference first − second with its interval and p value. Throws `InputError` on lists of unequal length. */
export function pairedBootstrap(options: PairedOptions): PairedDifference {
  const { first, second, resamples = 2000, level = 0.95, seed = 1, method = 'percentile' } = options;
  const total = lengthOf(first) ?? lengthOf(second) ?? options.records;
  if (total === undefined) throw new InputError('pairedBootstrap: two metrics need the number of records');
  for (const side of [first, second]) {
    const length: number = lengthOf(side) ?? total;
    if (length !== total) {
      throw new InputError(
        `pairedBootstrap: ${length} values for ${total} records; both need the same records`,
      );
    }
  }
  const clusters = groupClusters(total, options.clusters);
  const differences =
    typeof first !== 'function' && typeof second !== 'function' ? differencesOf(first, second) : null;
  const constant = differences && constantDifference([differences]);
  const sampler =
    differences !== null
      ? meanSampler(differences, clusters)
      : metricSampler((indices) => measured(first, indices) - measured(second, indices), clusters);
  const draw = drawer(seed, 'bootstrap');
  const distribution = Float64Array.from({ length: resamples }, () => sampler.resample(draw));
  const { value } = sampler;
  const [low, high] =
    method === 'bca'
      ? bcaLimits(distribution, value, sampler.jackknife(), level)
      : percentileLimits(distribution, level);
  return {
    value,
    low,
    high,
    level,
    method,
    pValue: twoSided(distribution),
    standardError: deviationOf(distribution),
    records: total,
    clusters: clusters.count,
    resamples,
    ...(constant === null ? {} : constantLimits(constant, clusters.count, level)),
  };
}

/** Two-sided bootstrap p value of "the statistic is 0", with the add-one correction. */
export function twoSided(distribution: Float64Array): number {
  let atMost = 0;
  let atLeast = 0;
  for (const x of distribution) {
    if (x <= 0) atMost++;
    if (x >= 0) atLeast++;
  }
  return Math.min(1, (2 * (1 + Math.min(atMost, atLeast))) / (distribution.length + 1));
}

/** Standard deviation (n − 1). */
export function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
}

function lengthOf(side: ArrayLike<number | boolean> | IndexMetric): number | undefined {
  return typeof side === 'function' ? undefined : side.length;
}

function differencesOf(
  first: ArrayLike<number | boolean>,
  second: ArrayLike<number | boolean>,
): Float64Array {
  return Float64Array.from({ length: first.length }, (_, i) => Number(first[i]) - Number(second[i]));
}

function measured(side: ArrayLike<number | boolean> | IndexMetric, indices: Int32Array): number {
  if (typeof side === 'function') return side(indices);
  let sum = 0;
  for (const i of indices) sum += Number(side[i]);
  return sum / indices.length;
}
