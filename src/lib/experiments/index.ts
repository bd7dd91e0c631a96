/** @file Experiments: statistics and tables of results; ablation grids, controls and the run ledger join them. */

export * from './ablation';
export { answerIds, answerLogProbabilities, mutualInformation } from './answer-probabilities';
export { type AnsweringPlans, answeringPlans, trainedAnswerers } from './answering';
export {
  type AttentionMaps,
  attentionMaps,
  evenWeightAtOffset,
  type Head,
  headsOf,
  weightAtOffset,
} from './attention-maps';
export * as baselines from './baselines';
export { type ComparedAnswers, type ComparedAnswersPlan, compareAnswers } from './compared-answers';
export { graphFlops, type RecordCompute, recordCompute } from './compute';
export { askedTokens, maskedUnigramEntropy, unigramEntropy } from './context-free';
export { CurveRecorder } from './curve-recorder';
export { type DataFrame, type FrameValue, toDataFrame } from './data-frame';
export { additiveScores, type Emap, emap } from './emap';
export { cosine, nearestRows, type Projection, principalPlane } from './embedding-space';
export { type Answer, type CheckOptions, ExerciseChecks } from './exercise-checks';
export { fineTuneWith, type SwitchedRun, type SwitchesPlan } from './fine-tuning-switches';
export { finiteDifferences } from './finite-differences';
export { type Forgetting, measureForgetting, type PretrainingLoss, pretrainingLoss } from './forgetting';
export { groupRows, type RowGroup, type Summary, summarize } from './group-rows';
export {
  compareGuidance,
  type GuidanceComparison,
  type GuidanceMetric,
  type GuidancePlan,
  type GuidanceRow,
} from './guidance-comparison';
export { type SweepPlan, type SweepPoint, type SweepWay, sweepGuidance } from './guidance-sweep';
export { fillMasks, type Guess } from './masked-words';
export {
  attentionBeforeAnswer,
  type LookedAt,
  type PictureAttention,
  pictureAttention,
} from './picture-attention';
export { type PictureGain, pictureGain } from './picture-gain';
export { type PretrainingText, pretrainingText } from './pretraining-text';
export {
  type Estimate,
  type ResultCell,
  type ResultColumn,
  type ResultRow,
  ResultsTable,
  resultsTable,
} from './results-table';
export { preparedQuestions, type RecordFiles } from './scene-questions';
export { causalView, maskedView, type ObjectiveView, shownToken, shownTokens } from './shown-tokens';
export { requireSlurm, type SlurmJob, slurmScript } from './slurm';
export * as statistics from './statistics';
export { readsText, TEXT_CONDITIONS, type TextCondition, withTextCondition } from './text-conditions';
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
export {
  type PretrainingPlan,
  pretrainingCurve,
  type WatchedPretraining,
  watchPretraining,
} from './watched-pretraining';
export { textOnlyFloor, type WatchedWriting, type WritingPlan, watchWriting } from './watched-writing';
