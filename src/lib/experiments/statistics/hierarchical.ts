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
  /** Draws of runs, by how many there are. */
  private readonly seedDraws = new Map<number, Uint32Array>();

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
    return this.means([values])[0] as ResampledMetric;
  }

  /** Of several runs on the same records, which takes half as long for each as one by one. */
  means(runs: readonly ArrayLike<number | boolean>[]): ResampledMetric[] {
    const { resamples, sizes } = this;
    const none = new Float64Array(this.clusters.count);
    const made: ResampledMetric[] = [];
    // One piece of memory for all: thousands of small ones are slow to be given and taken back.
    const room = new Float64Array(TOGETHER * Math.ceil(runs.length / TOGETHER) * resamples);
    for (let first = 0; first < runs.length; first += TOGETHER) {
      const sums = runs.slice(first, first + TOGETHER).map((values) => this.clusterSums(values));
      const [a = none, b = none, c = none, d = none] = sums;
      const totals = room.subarray(first * resamples, (first + TOGETHER) * resamples);
      weightedSums(this.counts, [a, b, c, d], totals);
      for (const [i, own] of sums.entries()) {
        const resampled = totals.subarray(i * resamples, (i + 1) * resamples);
        for (let r = 0; r < resamples; r++) {
          resampled[r] = (resampled[r] as number) / (sizes[r] as number);
        }
        made.push({ value: own.reduce((sum, x) => sum + x, 0) / this.clusters.records.length, resampled });
      }
    }
    return made;
  }

  /** [clusters] */
  private clusterSums(values: ArrayLike<number | boolean>): Float64Array {
    const { count, records, starts } = this.clusters;
    if (values.length !== records.length) {
      throw new InputError(`statistics: ${values.length} values for ${records.length} records`);
    }
    const sums = new Float64Array(count);
    for (let c = 0; c < count; c++) {
      let sum = 0;
      for (let i = starts[c] as number; i < (starts[c + 1] as number); i++) {
        sum += Number(values[records[i] as number]);
      }
      sums[c] = sum;
    }
    return sums;
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

  /** Which of so many runs are drawn [resamples, seeds]. */
  private drawnSeeds(seeds: number): Uint32Array {
    const known = this.seedDraws.get(seeds);
    if (known) return known;
    const draw = drawer(this.seed, 'seeds');
    const drawn = new Uint32Array(this.resamples * seeds);
    for (let i = 0; i < drawn.length; i++) drawn[i] = draw(seeds);
    this.seedDraws.set(seeds, drawn);
    return drawn;
  }

  /** Draws seeds too: interval and p value of the mean over `runs`, one a seed. */
  overSeeds(
    runs: readonly ResampledMetric[],
    /** Where the difference is the same on all records of all runs. */
    constant: number | null = null,
  ): PairedDifference & { seeds: number } {
    const { resamples, level } = this;
    const seeds = runs.length;
    const drawn = this.drawnSeeds(seeds);
    const distribution = new Float64Array(resamples);
    for (let r = 0, at = 0; r < resamples; r++) {
      let sum = 0;
      for (let k = 0; k < seeds; k++, at++) {
        sum += (runs[drawn[at] as number] as ResampledMetric).resampled[r] as number;
      }
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

/** So many runs share one pass over the draws. */
const TOGETHER = 4;
type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/** totals[k, r] = Σ_c counts[r, c] · sums_k[c] for each of four `sums` [clusters]; two resamples r at a time. */
function weightedSums(counts: Uint8Array, [a, b, c, d]: Four, totals: Float64Array): void {
  const clusters = a.length;
  const resamples = totals.length / TOGETHER;
  for (let r = 0; r < resamples; r += 2) {
    const start = r * clusters;
    // Of an odd number of resamples the last one is its own partner.
    const apart = r + 1 < resamples ? 1 : 0;
    let [a0, b0, c0, d0, a1, b1, c1, d1] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0, at = start, next = start + apart * clusters; i < clusters; i++, at++, next++) {
      const here = counts[at] as number;
      const there = counts[next] as number;
      const [x, y, z, w] = [a[i] as number, b[i] as number, c[i] as number, d[i] as number];
      a0 += here * x;
      b0 += here * y;
      c0 += here * z;
      d0 += here * w;
      a1 += there * x;
      b1 += there * y;
      c1 += there * z;
      d1 += there * w;
    }
    totals[r + apart] = a1;
    totals[r + apart + resamples] = b1;
    totals[r + apart + 2 * resamples] = c1;
    totals[r + apart + 3 * resamples] = d1;
    totals[r] = a0;
    totals[r + resamples] = b0;
    totals[r + 2 * resamples] = c0;
    totals[r + 3 * resamples] = d0;
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
