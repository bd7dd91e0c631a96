/** @file Simple baselines, and models beside them. */
export {
  type Baseline,
  frequentTags,
  frequentTranslation,
  leadSentences,
  majorityByForm,
  majorityClass,
  overlapSpans,
  tfIdfClassifier,
} from './baselines';
export { answerScores, type BaselineComparison, compareWithBaseline } from './compare';
export { type MinimizeOptions, type Minimum, minimize } from './lbfgs';
export { leadSentence } from './lead-sentence';
export { LogisticRegression, type LogisticRegressionOptions } from './logistic-regression';
export { type KeyedAnswer, mostFrequentAnswer } from './most-frequent';
export { type AnsweredQuestion, answerLength, overlapSpan } from './overlap-span';
export { type SparseRow, TfIdf } from './tf-idf';
