/**
 * @file `hierarchicalInterval` for any metric of the records, not a mean alone (BLEU, macro F1, perplexity), of one
 * system or of the difference of two. Each resample draws clusters of records once and seeds once:
 *
 *     statistic* = (1/S) Σ_{s drawn} [ first_s(records*) − second_s(records*) ]
 *
 * Where both are means it is the same statistic as `hierarchicalInterval` of the differences, which is faster.
 */
import { InputError } from '../../errors';
import type { IndexMetric, PairedDifference } from '../statistics';
import { clusterResampler, drawer, groupClusters } from '../statistics/clusters';
import { percentileLimits } from '../statistics/interval';
import { deviationOf, twoSided } from '../statistics/paired';

export interface HierarchicalMetricOptions {
  /** The metric of each seed's run. */
  first: readonly IndexMetric[];
  /** Of the system that is compared with, seed by seed; none: the statistic is the metric itself. */
  second?: readonly IndexMetric[];
  records: number;
  clusters?: ArrayLike<string | number>;
  resamples?: number;
  level?: number;
  seed?: number;
}

/** Interval over seeds and clusters. Throws an `InputError` where the two have not the same number of seeds. */
export function hierarchicalMetric(options: HierarchicalMetricOptions): PairedDifference & { seeds: number } {
  const { first, second, records, resamples = 2000, level = 0.95, seed = 1 } = options;
  if (second && second.length !== first.length) {
    throw new InputError(`hierarchicalMetric: ${first.length} seeds against ${second.length}; pair them`);
  }
  const clusters = groupClusters(records, options.clusters);
  const draw = drawer(seed, 'hierarchical');
  const resample = clusterResampler(clusters, draw);
  const seeds = first.length;
  const measured = (s: number, indices: Int32Array) =>
    (first[s] as IndexMetric)(indices) - (second ? (second[s] as IndexMetric)(indices) : 0);
  const distribution = Float64Array.from({ length: resamples }, () => {
    const indices = resample();
    const known = new Map<number, number>(); // a seed may be drawn twice
    let sum = 0;
    for (let k = 0; k < seeds; k++) {
      const s = draw(seeds);
      const value = known.get(s) ?? measured(s, indices);
      known.set(s, value);
      sum += value;
    }
    return sum / seeds;
  });
  const every = Int32Array.from({ length: records }, (_, i) => i);
  const [low, high] = percentileLimits(distribution, level);
  return {
    value: first.reduce((sum, _, s) => sum + measured(s, every), 0) / seeds,
    low,
    high,
    level,
    method: 'percentile',
    pValue: twoSided(distribution),
    standardError: deviationOf(distribution),
    records,
    clusters: clusters.count,
    resamples,
    seeds,
  };
}
