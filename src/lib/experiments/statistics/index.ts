/** @file Intervals and tests over records, clusters and seeds; deterministic by seed. */
export { expectedBestOf, interquartileMean } from './aggregate';
export {
  type BootstrapInterval,
  bootstrapInterval,
  type IndexMetric,
  type Resampled,
  type ResamplingOptions,
} from './bootstrap';
export { cohensD, cohensDPaired, cohensH, requiredPairs } from './effect-size';
export {
  type HierarchicalOptions,
  hierarchicalInterval,
  metricDifference,
  RecordResamples,
  type ResampledMetric,
} from './hierarchical';
export { type Interval, limitDeviation } from './interval';
export { type McNemarResult, mcNemar } from './mcnemar';
export { benjaminiHochberg, holm } from './multiple-comparisons';
export { type PairedDifference, type PairedOptions, pairedBootstrap } from './paired';
export { type SignFlipResult, signFlipTest } from './sign-flip';
export { type Verdict, type VerdictKind, type VerdictOptions, verdict } from './verdict';
export { wilsonInterval } from './wilson';
