/**
 * @file Two sources of variance at once: seeds (which run) and records (which test items). Seeds and clusters
 * are drawn independently with replacement, and the statistic is the mean over drawn seeds of the mean over
 * drawn clusters' records:
 *
 *     mean* = (1/S) Σ_{s drawn} Σ_{c drawn} sum_{s,c} / Σ_{c drawn} size_c
 *
 * Give per-record differences of two systems to compare them. With few seeds (below about 5) the draw of seeds
 * understates their variance by (S − 1)/S: say how many there were.
 */
import { InputError } from '../../errors';
import type { ResamplingOptions } from './bootstrap';
import { drawer, groupClusters, membersOf } from './clusters';
import { percentileLimits } from './interval';
import { deviationOf, type PairedDifference, twoSided } from './paired';

/** Interval of the mean over seeds and records of `values[seed][record]`; p value for "the mean is 0". */
export function hierarchicalInterval(
  options: Omit<ResamplingOptions, 'method'> & { values: readonly ArrayLike<number | boolean>[] },
): PairedDifference & { seeds: number } {
  const { values, resamples = 2000, level = 0.95, seed = 1 } = options;
  const records = values[0]?.length ?? 0;
  const clusters = groupClusters(records, options.clusters);
  const sizes = Float64Array.from({ length: clusters.count }, (_, c) => membersOf(clusters, c).length);
  const sums = values.map((row, s) => {
    if (row.length !== records) {
      throw new InputError(`hierarchicalInterval: seed ${s} has ${row.length} values, seed 0 has ${records}`);
    }
    return Float64Array.from(sizes, (_, c) =>
      membersOf(clusters, c).reduce((sum, i) => sum + Number(row[i]), 0),
    );
  });
  const draw = drawer(seed, 'hierarchical');
  const drawn = new Int32Array(clusters.count);
  const distribution = Float64Array.from({ length: resamples }, () => {
    let size = 0;
    for (let i = 0; i < drawn.length; i++) {
      const c = draw(clusters.count);
      drawn[i] = c;
      size += sizes[c] as number;
    }
    let sum = 0;
    for (let k = 0; k < sums.length; k++) {
      const row = sums[draw(sums.length)] as Float64Array;
      for (const c of drawn) sum += row[c] as number;
    }
    return sum / (size * sums.length);
  });
  const total = sums.reduce((all, row) => all + row.reduce((sum, x) => sum + x, 0), 0);
  const [low, high] = percentileLimits(distribution, level);
  return {
    value: total / (records * values.length),
    low,
    high,
    level,
    method: 'percentile',
    pValue: twoSided(distribution),
    standardError: deviationOf(distribution),
    records,
    clusters: clusters.count,
    resamples,
    seeds: values.length,
  };
}
