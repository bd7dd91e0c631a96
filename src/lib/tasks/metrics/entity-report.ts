/**
 * @file Entity-level precision, recall and F1 (seqeval's `classification_report`): an entity counts as found
 * only if type, start and end are all right. Averages as in `classification-report.ts`.
 *
 * Worked: truth B-PER I-PER O B-LOC, prediction B-PER O O B-LOC: the person is cut short, so 1 of 2 predicted
 * and 1 of 2 true entities match: precision = recall = F1 = 0.5, although 3 of 4 tags are right.
 */
import { InputError } from '../../errors';
import { type ClassCounts, reportOf, type ScoreReport } from './classification-report';
import { type Entity, entitiesOf } from './entities';
import { assertPaired, byCodePoint } from './labels';

/** Entities of one sentence: predicted, true, and both. */
export interface EntityMatches {
  predicted: Entity[];
  actual: Entity[];
  /** Those of `actual` that are predicted with the same type, start and end. */
  matched: Entity[];
}

/** Throws an `InputError` where a tag is not BIO. */
export function entityMatches(prediction: readonly string[], reference: readonly string[]): EntityMatches {
  const [predicted, actual] = [entitiesOf(prediction), entitiesOf(reference)];
  const keyOf = ({ type, start, end }: Entity): string => `${start} ${end} ${type}`;
  const found = new Set(predicted.map(keyOf));
  return { predicted, actual, matched: actual.filter((entity) => found.has(keyOf(entity))) };
}

/**
 * Scores by entity type over all sentences; `micro` holds the usual headline numbers. Throws `InputError` where
 * a sentence's predictions and references differ in length or a tag is not BIO.
 */
export function entityReport(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly string[])[],
): ScoreReport {
  assertPaired('entityReport', predictions, references);
  const counts = new Map<string, ClassCounts>();
  const of = (type: string): ClassCounts => {
    const known = counts.get(type);
    if (known) return known;
    const fresh = { truePositives: 0, predicted: 0, actual: 0 };
    counts.set(type, fresh);
    return fresh;
  };
  references.forEach((reference, sentence) => {
    const prediction = predictions[sentence] as readonly string[];
    if (prediction.length !== reference.length) {
      throw new InputError(
        `entityReport: sentence ${sentence} has ${prediction.length} predicted tags for ${reference.length} tokens`,
      );
    }
    const { predicted, actual, matched } = entityMatches(prediction, reference);
    for (const { type } of predicted) of(type).predicted++;
    for (const { type } of actual) of(type).actual++;
    for (const { type } of matched) of(type).truePositives++;
  });
  return reportOf(new Map([...counts].sort(([a], [b]) => byCodePoint(a, b))));
}
