/** @file Metrics by name; each file gives the formula and a worked number that its test repeats. */
export { accuracy } from './accuracy';
export { auroc, aurocOneVersusRest } from './auroc';
export { type BleuCounts, bleu, bleuCounts, bleuOf } from './bleu';
export { expectedCalibrationError, type ReliabilityBin, reliability } from './calibration';
export { type ChrfCounts, chrf, chrfCounts, chrfOf } from './chrf';
export { cider, ciderScores } from './cider';
export {
  type ClassificationReport,
  type ClassScores,
  classificationReport,
  macroF1,
  microF1,
  type ScoreReport,
} from './classification-report';
export { type ConfusionMatrix, confusionMatrix } from './confusion-matrix';
export { type Entity, entitiesOf } from './entities';
export { type EntityMatches, entityMatches, entityReport } from './entity-report';
export type { Label } from './labels';
export { corpusPerplexity, perplexity } from './perplexity';
export { exactMatch, normalizeAnswer, tokenF1 } from './question-answering';
export { meanRouge, type RougeScores, rouge } from './rouge';
export { meanSquaredError } from './squared-error';
