/** @file The text-only ceilings of a record file, counted from its records: as fields for JSON, and in words. */
import { data } from '../lib';

export interface Ceilings {
  /** For JSON. */
  fields: Record<string, string | number | null>;
  words: string;
  /** What choosing blindly among each record's `choices` gets right, in words; `null` where there are none. */
  blindChoice: string | null;
}

/** What no text-only model can do better than, in the task's own metric; `null` for tasks without such a bound. */
export async function textOnlyCeilings(path: string, task: data.Task): Promise<Ceilings | null> {
  if (task === 'ner') return ofEntities((await data.readRecords(path, 'ner')).records);
  if (task === 'regression') return ofValues((await data.readRecords(path, 'regression')).records);
  const { records } = await data.readRecords(path, task);
  const found = data.taskCeiling(task, records);
  if (!found) return null;
  const { accuracy, ambiguous } = found;
  const answer = data.targetField[task];
  const answers = ['classification', 'relation'].includes(task)
    ? 'labels'
    : `different ${answer.replace(/y$/, 'ie')}s`;
  const labels = new Set(records.map((record) => String((record as Record<string, unknown>)[answer]))).size;
  const blind = data.blindChoice(records);
  const blindChoice =
    blind === null ? null : `a blind choice among the answers that fit is right in ${percent(blind)}`;
  const words = `${labels} ${answers}; text-only ceiling ${percent(accuracy)}, ${where(ambiguous.records, percent(ambiguous.accuracy))}`;
  return {
    fields: {
      answers,
      labels,
      ceiling: accuracy,
      ...ambiguousFields(ambiguous.records, 'ambiguousCeiling', ambiguous.accuracy),
      blindChoice: blind,
    },
    words: blindChoice === null ? words : `${words}; ${blindChoice}`,
    blindChoice,
  };
}

function ofEntities(records: readonly data.NerRecord[]): Ceilings {
  const { f1, ambiguousRecords, ambiguousF1 } = data.entityCeiling(records);
  const types = new Set(
    records.flatMap(({ tags }) => tags.filter((tag) => tag !== 'O').map((tag) => tag.slice(2))),
  ).size;
  return {
    fields: {
      answers: 'entity types',
      labels: types,
      metric: 'f1',
      ceiling: f1,
      ...ambiguousFields(ambiguousRecords, 'ambiguousCeiling', ambiguousF1),
    },
    words: `${types} entity types; text-only ceiling F1 ${percent(f1)}, ${where(ambiguousRecords, percent(ambiguousF1))}`,
    blindChoice: null,
  };
}

function ofValues(records: readonly data.RegressionRecord[]): Ceilings {
  const { mse, variance, ambiguousRecords, ambiguousMse } = data.valueFloor(records);
  return {
    fields: {
      metric: 'mse',
      floor: mse,
      variance,
      ...ambiguousFields(ambiguousRecords, 'ambiguousFloor', ambiguousMse),
    },
    words: `values of variance ${variance.toFixed(3)}; text-only floor: mean squared error ${mse.toFixed(3)}, ${where(ambiguousRecords, ambiguousMse.toFixed(3))}`,
    blindChoice: null,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function where(records: number, value: string): string {
  return records === 0 ? 'no text is ambiguous' : `${value} on the ${records} whose text is ambiguous`;
}

function ambiguousFields(records: number, name: string, value: number): Record<string, number | null> {
  return { ambiguousRecords: records, [name]: records > 0 ? value : null };
}
