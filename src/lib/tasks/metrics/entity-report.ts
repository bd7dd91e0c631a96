/**
 * @file Entity-level precision, recall and F1 (seqeval's `classification_report`): an entity counts as found
 * only if type, start and end are all right. Averages as in `classification-report.ts`.
 *
 * Worked: truth B-PER I-PER O B-LOC, prediction B-PER O O B-LOC: the person is cut short, so 1 of 2 predicted
 * and 1 of 2 true entities match: precision = recall = F1 = 0.5, although 3 of 4 tags are right.
 */
import { InputError } from '../../errors';
import { type ClassCounts, reportOf, type ScoreReport } from './classification-report';
import { entitiesOf } from './entities';
import { assertPaired, byCodePoint } from './labels';

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
    const found = new Set<string>();
    for (const { type, start, end } of entitiesOf(prediction)) {
      of(type).predicted++;
      found.add(`${start} ${end} ${type}`);
    }
    for (const { type, start, end } of entitiesOf(reference)) {
      of(type).actual++;
      if (found.has(`${start} ${end} ${type}`)) of(type).truePositives++;
    }
  });
  return reportOf(new Map([...counts].sort(([a], [b]) => byCodePoint(a, b))));
}
