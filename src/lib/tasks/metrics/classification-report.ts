/**
 * @file Precision, recall and F1 for each class and their averages, as in scikit-learn's
 * `precision_recall_fscore_support`.
 *
 *     precision_c = TP_c / (TP_c + FP_c)    recall_c = TP_c / (TP_c + FN_c)
 *     F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c)
 *     macro: mean over classes;  weighted: mean weighted by support;  micro: the same formulas on summed counts
 *
 * An undefined ratio (0/0) is 0. The macro F1 is the mean of the classes' F1, not the F1 of mean precision and
 * mean recall. Worked: predictions cat dog cat against cat dog dog: cat P 1/2, R 1, F1 2/3; dog P 1, R 1/2,
 * F1 2/3; macro F1 = 0.6667.
 */
import { assertPaired, distinctLabels, type Label, ratio } from './labels';

/** Scores of one class or of an average; `support` is the number of true records. All in [0, 1]. */
export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

/** Scores a class in label order, and the three averages. */
export interface ScoreReport {
  perClass: Record<string, ClassScores>;
  micro: ClassScores;
  macro: ClassScores;
  weighted: ClassScores;
}

/** `ScoreReport` of a classification, with the accuracy over all records. */
export interface ClassificationReport extends ScoreReport {
  accuracy: number;
}

/** Counts behind the scores of one class. */
export interface ClassCounts {
  truePositives: number;
  predicted: number;
  actual: number;
}

/** The scores of one set of counts. */
export function scoresOf({ truePositives, predicted, actual }: ClassCounts): ClassScores {
  return {
    precision: ratio(truePositives, predicted),
    recall: ratio(truePositives, actual),
    f1: ratio(2 * truePositives, predicted + actual),
    support: actual,
  };
}

/** Per-class scores and averages from counts; with no class at all every average is 0. */
export function reportOf(counts: ReadonlyMap<string, ClassCounts>): ScoreReport {
  const total: ClassCounts = { truePositives: 0, predicted: 0, actual: 0 };
  const perClass: Record<string, ClassScores> = Object.create(null);
  for (const [label, count] of counts) {
    perClass[label] = scoresOf(count);
    total.truePositives += count.truePositives;
    total.predicted += count.predicted;
    total.actual += count.actual;
  }
  const all = [...counts.keys()].map((label) => perClass[label] as ClassScores);
  const mean = (weight: (s: ClassScores) => number): ClassScores => {
    const weights = all.reduce((sum, s) => sum + weight(s), 0);
    const average = (pick: (s: ClassScores) => number) =>
      ratio(
        all.reduce((sum, s) => sum + weight(s) * pick(s), 0),
        weights,
      );
    return {
      precision: average((s) => s.precision),
      recall: average((s) => s.recall),
      f1: average((s) => s.f1),
      support: total.actual,
    };
  };
  return { perClass, micro: scoresOf(total), macro: mean(() => 1), weighted: mean((s) => s.support) };
}

/**
 * Report over all labels that occur in either list, or over `labels` only (for example every relation but
 * "Other"). Throws `InputError` on unequal lengths or no records.
 */
export function classificationReport(
  predictions: readonly Label[],
  references: readonly Label[],
  options: { labels?: readonly Label[] } = {},
): ClassificationReport {
  assertPaired('classificationReport', predictions, references);
  const labels = options.labels ? options.labels.map(String) : distinctLabels(references, predictions);
  const counts = new Map<string, ClassCounts>(
    labels.map((label) => [label, { truePositives: 0, predicted: 0, actual: 0 }]),
  );
  let hits = 0;
  for (let i = 0; i < references.length; i++) {
    const truth = String(references[i]);
    const guess = String(predictions[i]);
    const ofTruth = counts.get(truth);
    const ofGuess = counts.get(guess);
    if (ofTruth) ofTruth.actual++;
    if (ofGuess) ofGuess.predicted++;
    if (truth === guess) {
      hits++;
      if (ofTruth) ofTruth.truePositives++;
    }
  }
  return { ...reportOf(counts), accuracy: hits / references.length };
}

/** Mean of the classes' F1. */
export function macroF1(
  predictions: readonly Label[],
  references: readonly Label[],
  options: { labels?: readonly Label[] } = {},
): number {
  return classificationReport(predictions, references, options).macro.f1;
}

/** F1 on summed counts; over all labels it equals the accuracy. */
export function microF1(
  predictions: readonly Label[],
  references: readonly Label[],
  options: { labels?: readonly Label[] } = {},
): number {
  return classificationReport(predictions, references, options).micro.f1;
}
