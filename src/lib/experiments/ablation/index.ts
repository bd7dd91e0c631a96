/** @file Ablations: a config, its grid, the runs, the ledger, the statistics, the table. */

export { type AshaPlan, finishedAsha, planAsha, runAsha } from './asha';
export { type BeginOptions, type BegunAblation, beginAblation } from './begin';
export { hasBudget, overBudget } from './budget';
export { ResampledRuns, type RowInterval, rowDifference, rowInterval, type ScoredRun } from './comparisons';
export {
  type AblationConfig,
  type AblationConfigInput,
  type AblationSeed,
  parseAblationConfig,
  readAblationConfig,
} from './config';
export { costTable } from './costs';
export { ablationFigure } from './drawings';
export { estimateGrid, type GridEstimate } from './estimate';
export { evaluationName, type PlannedEvaluation } from './evaluations';
export { countedCells, failedCells } from './failures';
export { axisFigure, conditionMatrix, differencesFigure, gridFigures } from './figures';
export { type Combination, expandGrid, type Grid } from './grid';
export { cellId, codeVersion } from './identity';
export { type FailedLine, type FinishedLine, Ledger, type LedgerLine, type LedgerReading } from './ledger';
export { ablationMarkdown, ablationTable, writeSummary } from './outputs';
export { type AblationPlan, type Cell, planAblation } from './plan';
export { ablationReport, writeReport } from './report';
export { type Row, scoredRows } from './rows';
export {
  type AblationEvent,
  AblationInterrupted,
  type AblationOptions,
  type RanAblation,
  runAblation,
} from './run';
export { firstGrid, type PlannedRung, rungsOf } from './rungs';
export { type FinishedSearch, type Rung, searchAblation } from './search';
export { type AblationSummary, type SummaryDifference, type SummaryRow, summarizeAblation } from './summary';
export {
  type FollowOptions,
  followWorkers,
  localWorkers,
  patient,
  slurmWorkers,
  type Workers,
} from './workers';
