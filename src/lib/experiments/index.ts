/** @file Experiments: statistics and tables of results; ablation grids, controls and the run ledger join them. */
export { CurveRecorder } from './curve-recorder';
export { type DataFrame, type FrameValue, toDataFrame } from './data-frame';
export { groupRows, type RowGroup, type Summary, summarize } from './group-rows';
export {
  type Estimate,
  type ResultCell,
  type ResultColumn,
  type ResultRow,
  ResultsTable,
  resultsTable,
} from './results-table';
export * as statistics from './statistics';
export {
  type ComparedModel,
  type ComparedRow,
  type Comparison,
  type ComparisonPlan,
  compareTextOnlyAndGuided,
  type Subset,
} from './text-only-against-guided';
export {
  comparedBars,
  comparedGroup,
  type WatchedComparison,
  watchComparison,
} from './watched-comparison';
