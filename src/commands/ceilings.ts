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
  const { records } = await data.readRecords(path, task);
  const bound = data.textOnlyBound(task, records);
  if (!bound) return null;
  const { kind, metric, value, ambiguous } = bound;
  const { fields, words } = answersOf(task, records);
  const blind = data.blindChoice(records);
  const blindChoice =
    blind === null ? null : `a blind choice among the answers that fit is right in ${percent(blind)}`;
  const [name, shown] = SHOWN[metric];
  const where =
    ambiguous.records === 0
      ? 'no text is ambiguous'
      : `${shown(ambiguous.value)} on the ${ambiguous.records} whose text is ambiguous`;
  const all = `${words}; text-only ${kind}${name} ${shown(value)}, ${where}`;
  return {
    fields: {
      ...fields,
      metric,
      [kind]: value,
      ambiguousRecords: ambiguous.records,
      [kind === 'ceiling' ? 'ambiguousCeiling' : 'ambiguousFloor']:
        ambiguous.records > 0 ? ambiguous.value : null,
      blindChoice: blind,
    },
    words: blindChoice === null ? all : `${all}; ${blindChoice}`,
    blindChoice,
  };
}

/** What is answered, counted. */
function answersOf(task: data.Task, records: readonly object[]): Pick<Ceilings, 'fields' | 'words'> {
  if (task === 'regression') {
    const { variance } = data.valueFloor(records as readonly data.RegressionRecord[]);
    return { fields: { variance }, words: `values of variance ${variance.toFixed(3)}` };
  }
  const [answers, list] = answerList(task, records);
  const labels = new Set(list).size;
  return { fields: { answers, labels }, words: `${labels} ${answers}` };
}

function answerList(task: data.Task, records: readonly object[]): [answers: string, list: string[]] {
  if (task === 'ner') {
    const types = (records as readonly data.NerRecord[]).flatMap(({ tags }) =>
      tags.filter((tag) => tag !== 'O').map((tag) => tag.slice(2)),
    );
    return ['entity types', types];
  }
  const answer = data.targetField[task];
  const list = records.map((record) => String((record as Record<string, unknown>)[answer]));
  const isLabel = ['classification', 'relation'].includes(task);
  return [isLabel ? 'labels' : `different ${answer.replace(/y$/, 'ie')}s`, list];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** How a bound is told, by its metric. */
const SHOWN: Record<data.TextOnlyBound['metric'], [name: string, shown: (value: number) => string]> = {
  accuracy: ['', percent],
  exactMatch: ['', percent],
  choiceAccuracy: [' of choosing', percent],
  f1: [' F1', percent],
  mse: [': mean squared error', (value) => value.toFixed(3)],
};
