/**
 * @file What no function of the text alone can do better than on these very records, by task, in the task's own metric:
 * a ceiling of what is right, or a floor under the error. Left out: language models, which answer no record.
 */
import { choiceCeiling, type TextOnlyCeiling, taskCeiling } from './ceiling';
import { entityCeiling } from './entity-ceiling';
import type { NerRecord, RegressionRecord, Task } from './records';
import { valueFloor } from './value-floor';

export interface TextOnlyBound {
  /** The metric that it bounds, by the name that an evaluation gives it. */
  metric: 'accuracy' | 'exactMatch' | 'choiceAccuracy' | 'f1' | 'mse';
  /** Largest value of a metric that should be large, or least of an error. */
  kind: 'ceiling' | 'floor';
  /** Shares in [0, 1]; errors in the square of the values' unit. NaN without records. */
  value: number;
  /** The same over the records of texts for which no one answer is always right: where only a picture can help. NaN where there are none. */
  ambiguous: { records: number; value: number };
}

/**
 * The bound of a task's records; `null` for a task that has none, and where it is of another metric than the one named. Of
 * written answers it is `exactMatch` (a record's `references` among what is right), whether or not the task reports that
 * metric, or, where that is named, `choiceAccuracy`.
 */
export function textOnlyBound(task: Task, records: readonly object[], metric?: string): TextOnlyBound | null {
  const found =
    metric === 'choiceAccuracy' ? ceilingOf(metric, choiceCeiling(task, records)) : boundOf(task, records);
  return found && (metric === undefined || found.metric === metric) ? found : null;
}

function boundOf(task: Task, records: readonly object[]): TextOnlyBound | null {
  if (task === 'ner') {
    const { f1, ambiguousRecords, ambiguousF1 } = entityCeiling(records as readonly NerRecord[]);
    const ambiguous = { records: ambiguousRecords, value: ambiguousF1 };
    return { metric: 'f1', kind: 'ceiling', value: f1, ambiguous };
  }
  if (task === 'regression') {
    const { mse, ambiguousRecords, ambiguousMse } = valueFloor(records as readonly RegressionRecord[]);
    const ambiguous = { records: ambiguousRecords, value: ambiguousMse };
    return { metric: 'mse', kind: 'floor', value: mse, ambiguous };
  }
  const metric = task === 'classification' || task === 'relation' ? 'accuracy' : 'exactMatch';
  return ceilingOf(metric, taskCeiling(task, records));
}

function ceilingOf(metric: TextOnlyBound['metric'], found: TextOnlyCeiling | null): TextOnlyBound | null {
  if (!found) return null;
  const { accuracy, ambiguous } = found;
  return {
    metric,
    kind: 'ceiling',
    value: accuracy,
    ambiguous: { records: ambiguous.records, value: ambiguous.accuracy },
  };
}
