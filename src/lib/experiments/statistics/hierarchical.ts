/**
 * @file Two sources of variance at once: seeds (which run) and records (which test items). Seeds and clusters
 * are drawn independently with replacement, and the statistic is the mean over drawn seeds of the metric of the
 * drawn clusters' records, of one system or of the difference of two:
 *
 *     statistic* = (1/S) Σ_{s drawn} metric_s(records*),     of a mean: Σ_{c drawn} sum_{s,c} / Σ_{c drawn} size_c
 *
 * Clusters are drawn once for a set of records (`RecordResamples`) and serve every run that was scored on them, so that
 * each run is measured once however many others it is compared with. With few seeds (below about 5) the draw of
 * seeds understates their variance by (S − 1)/S: say how many there were.
 */
import { InputError } from '../../errors';
import type { IndexMetric, ResamplingOptions } from './bootstrap';
import { type Clusters, drawer, groupClusters, membersOf } from './clusters';
import { constantDifference, constantLimits } from './constant-difference';
import { percentileLimits } from './interval';
import { deviationOf, type PairedDifference, twoSided } from './paired';

export type HierarchicalOptions = Omit<ResamplingOptions, 'method'>;

/** A metric of one run: on all records, and on each resample [resamples]. */
export interface ResampledMetric {
  value: number;
  resampled: Float64Array;
}

/** Resamples of the clusters of some records, drawn once. */
export class RecordResamples {
  readonly clusters: Clusters;
  readonly resamples: number;
  readonly level: number;
  private readonly seed: number;
  /** How often each cluster was drawn [resamples, clusters]; more than 255 times one of C is beyond any chance. */
  private readonly counts: Uint8Array;
  /** Records in each resample [resamples]. */
  private readonly sizes: Float64Array;

  constructor(records: number, options: HierarchicalOptions = {}) {
    const { resamples = 2000, level = 0.95, seed = 1 } = options;
    this.clusters = groupClusters(records, options.clusters);
    this.resamples = resamples;
    this.level = level;
    this.seed = seed;
    const { count } = this.clusters;
    const draw = drawer(seed, 'hierarchical');
    this.counts = new Uint8Array(resamples * count);
    this.sizes = new Float64Array(resamples);
    for (let r = 0; r < resamples; r++) {
      for (let i = 0; i < count; i++) {
        const c = draw(count);
        const place = r * count + c;
        this.counts[place] = (this.counts[place] as number) + 1;
        this.sizes[r] = (this.sizes[r] as number) + membersOf(this.clusters, c).length;
      }
    }
  }

  /** Mean of one number a record. */
  mean(values: ArrayLike<number | boolean>): ResampledMetric {
    const { count, records } = this.clusters;
    if (values.length !== records.length) {
      throw new InputError(`statistics: ${values.length} values for ${records.length} records`);
    }
    const sums = Float64Array.from({ length: count }, (_, c) =>
      membersOf(this.clusters, c).reduce((sum, i) => sum + Number(values[i]), 0),
    );
    const { counts } = this;
    const resampled = new Float64Array(this.resamples);
    for (let r = 0, at = 0; r < resampled.length; r++) {
      let [a, b, d, e] = [0, 0, 0, 0]; // four sums, so that one addition need not wait for the last
      let c = 0;
      for (; c + 3 < count; c += 4, at += 4) {
        a += (counts[at] as number) * (sums[c] as number);
        b += (counts[at + 1] as number) * (sums[c + 1] as number);
        d += (counts[at + 2] as number) * (sums[c + 2] as number);
        e += (counts[at + 3] as number) * (sums[c + 3] as number);
      }
      for (; c < count; c++) a += (counts[at++] as number) * (sums[c] as number);
      resampled[r] = (a + b + d + e) / (this.sizes[r] as number);
    }
    return { value: sums.reduce((sum, x) => sum + x, 0) / records.length, resampled };
  }

  /** Any metric of the records. */
  metric(metric: IndexMetric): ResampledMetric {
    const { count, records } = this.clusters;
    const resampled = Float64Array.from(this.sizes, (size, r) => {
      const indices = new Int32Array(size);
      let filled = 0;
      for (let c = 0; c < count; c++) {
        const members = membersOf(this.clusters, c);
        for (let k = this.counts[r * count + c] as number; k > 0; k--) {
          indices.set(members, filled);
          filled += members.length;
        }
      }
      return metric(indices);
    });
    return { value: metric(Int32Array.from(records, (_, i) => i)), resampled };
  }

  /** Draws seeds too: interval and p value of the mean over `runs`, one a seed. */
  overSeeds(
    runs: readonly ResampledMetric[],
    /** Where the difference is the same on all records of all runs. */
    constant: number | null = null,
  ): PairedDifference & { seeds: number } {
    const { resamples, level } = this;
    const seeds = runs.length;
    const draw = drawer(this.seed, 'seeds');
    const distribution = new Float64Array(resamples);
    for (let r = 0; r < resamples; r++) {
      let sum = 0;
      for (let k = 0; k < seeds; k++) sum += (runs[draw(seeds)] as ResampledMetric).resampled[r] as number;
      distribution[r] = sum / seeds;
    }
    const [low, high] = percentileLimits(distribution, level);
    return {
      value: runs.reduce((sum, { value }) => sum + value, 0) / seeds,
      low,
      high,
      level,
      method: 'percentile',
      pValue: twoSided(distribution),
      standardError: deviationOf(distribution),
      records: this.clusters.records.length,
      clusters: this.clusters.count,
      resamples,
      seeds,
      ...(constant === null ? {} : constantLimits(constant, this.clusters.count, level)),
    };
  }
}

/** Metric by metric, first − second. */
export function metricDifference(first: ResampledMetric, second: ResampledMetric): ResampledMetric {
  return {
    value: first.value - second.value,
    resampled: first.resampled.map((value, r) => value - (second.resampled[r] as number)),
  };
}

/** Interval of the mean over seeds and records of `values[seed][record]`; p value for "the mean is 0". */
export function hierarchicalInterval(
  options: HierarchicalOptions & { values: readonly ArrayLike<number | boolean>[] },
): PairedDifference & { seeds: number } {
  const { values } = options;
  const records = values[0]?.length ?? 0;
  for (const [s, row] of values.entries()) {
    if (row.length !== records) {
      throw new InputError(`hierarchicalInterval: seed ${s} has ${row.length} values, seed 0 has ${records}`);
    }
  }
  const drawn = new RecordResamples(records, options);
  return drawn.overSeeds(
    values.map((row) => drawn.mean(row)),
    constantDifference(values),
  );
}
