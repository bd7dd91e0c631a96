/** @file Metrics by name; each file gives the formula and a worked number. */
export type Label = string | number | boolean;
export declare function accuracy(predictions: readonly Label[], references: readonly Label[]): number;
export declare function macroF1(predictions: readonly Label[], references: readonly Label[]): number;
export declare function microF1(predictions: readonly Label[], references: readonly Label[]): number;
export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  support: number;
}
export interface ClassificationReport {
  perClass: Record<string, ClassScores>;
  micro: ClassScores;
  macro: ClassScores;
  weighted: ClassScores;
  accuracy: number;
}
export declare function classificationReport(
  predictions: readonly Label[],
  references: readonly Label[],
  options?: { labels?: readonly Label[] },
): ClassificationReport;
/** Rows are the true label, columns the predicted one. */
export declare function confusionMatrix(
  predictions: readonly Label[],
  references: readonly Label[],
  options?: { labels?: readonly Label[] },
): { labels: string[]; counts: number[][] };
export declare function auroc(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number;
export declare function expectedCalibrationError(
  confidences: ArrayLike<number>,
  correct: ArrayLike<boolean | number>,
  options?: { bins?: number },
): number;
/** Entities of BIO tags with seqeval's semantics. */
export declare function entityReport(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly string[])[],
): Omit<ClassificationReport, 'accuracy'>;
export declare function exactMatch(prediction: string, references: string | readonly string[]): number;
export declare function tokenF1(prediction: string, references: string | readonly string[]): number;
export declare function meanSquaredError(
  predictions: ArrayLike<number>,
  references: ArrayLike<number>,
): number;
/** exp(mean negative log-likelihood a token, in nats). */
export declare function perplexity(meanLoss: number): number;
