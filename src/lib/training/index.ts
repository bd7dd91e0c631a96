/** @file Training: config, trainer, optimizers, schedules, checkpoints, trained models. */

export { type RobustnessOptions, type RobustnessPoint, robustnessCurve } from './adversarial/robustness';
export { answerSamples, type Sample } from './answer-samples';
export {
  locateFolder,
  readFolder,
  recoverFolder,
  verifyFolder,
  writeFolderAtomically,
} from './atomic-folder';
export {
  type BackTranslated,
  type BackTranslationOptions,
  backTranslate,
  backTranslatedRecords,
} from './back-translation';
export {
  type Checkpoint,
  type CheckpointValue,
  hasCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from './checkpoint';
export { type TrainConfig, type TrainConfigInput, trainConfigSchema } from './config';
export { type ContinueCall, type ContinuedRun, continueRun } from './continue';
export {
  type ComparisonOptions,
  compareModels,
  type MetricComparison,
  type ModelComparison,
} from './continue-comparison';
export { EarlyStopping } from './early-stopping';
export {
  type AnswerOptions,
  type EvaluateOptions,
  type Evaluation,
  evaluateModel,
  examplesFor,
  predictRecords,
} from './evaluate';
export { type MetricInterval, type Metrics, metricIntervals } from './evaluation';
export { DivergedError, Interrupted, type TrainingEvent } from './events';
export {
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportReport,
  type ExportRunOptions,
  exportRun,
} from './export-run';
export { exportLanguageModel } from './export-text';
export { type FinishedRun, readFinishedRun } from './finished-run';
export { type LoadedScorer, loadImageTextScorer } from './image-text-scorer';
export { type LoadedLanguageModel, languageModelOf, loadLanguageModel } from './language-model';
export { type OnnxAgreement, onnxAgreements } from './onnx/agreement';
export {
  exportOnnx,
  ONNX_PRECISIONS,
  type OnnxFile,
  type OnnxPrecision,
  onnxFileName,
} from './onnx/export-onnx';
export { clipByGlobalNorm, createOptimizer, decays, type Optimizer } from './optimizer';
export { type CheckedSet, prepare, selectRecords } from './prepare';
export type { Prepared, PrepareOptions } from './prepared';
export { RunFolder, type RunResult } from './run-folder';
export { learningRateAt, type ScheduleKind } from './schedule';
export { parseTrainConfig, type TrainCall, train } from './train';
export { loadTrainedModel, saveTrainedModel, type TrainedModel } from './trained-model';
export { type RunHistory, type RunVersion, readHistory } from './versions-of-run';
