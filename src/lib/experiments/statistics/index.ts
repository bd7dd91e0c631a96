/** @file Intervals and tests over records, clusters and seeds; deterministic by seed. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}
/** A metric of the records at `indices` (repeats allowed). */
export type IndexMetric = (indices: Int32Array) => number;
export interface ResamplingOptions {
  /** One cluster name a record (picture, example, sentence); whole clusters are drawn. Default: each record. */
  clusters?: ArrayLike<string | number>;
  resamples?: number;
  level?: number;
  seed?: number;
  method?: 'percentile' | 'bca';
}
/** Interval of a mean (`values`) or of any metric of the records (`metric` and `records`, their number). */
export declare function bootstrapInterval(
  options: ResamplingOptions &
    ({ values: ArrayLike<number | boolean> } | { metric: IndexMetric; records: number }),
): Interval;
export declare function wilsonInterval(successes: number, total: number, level?: number): Interval;
export declare function pairedBootstrap(
  options: ResamplingOptions & {
    first: ArrayLike<number | boolean> | IndexMetric;
    second: ArrayLike<number | boolean> | IndexMetric;
    records?: number;
  },
): Interval & { pValue: number };
export declare function signFlipTest(options: {
  differences: ArrayLike<number>;
  clusters?: ArrayLike<string | number>;
  permutations?: number;
  seed?: number;
}): { statistic: number; pValue: number; exact: boolean };
export declare function mcNemar(
  first: ArrayLike<number | boolean>,
  second: ArrayLike<number | boolean>,
): { onlyFirst: number; onlySecond: number; pValue: number };
