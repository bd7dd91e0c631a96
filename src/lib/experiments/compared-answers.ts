/**
 * @file Written answers with and without the picture: the share of answers that equal the target, on all records and on
 * subsets, each beside its text-only ceiling, and a verdict that asks the controls before it believes the gain.
 */
import { type Condition, type QaRecord, readRecords, taskCeiling } from '../data';
import { predictRecords } from '../training';
import type { Verdict } from './statistics';
import { type Answers, type ComparedModel, type ComparedRow, judgeAnswers } from './text-only-against-guided';

export interface ComparedAnswersPlan {
  /** Name of the data, for tables and figures. */
  name: string;
  runs: { textOnly: string; guided: string };
  /** Test records of the task `qa`. */
  records: string;
  /** Controls of the guided model's picture, beside `right`. */
  controls?: readonly Condition[];
  /** Scored apart, beside all records. */
  subsets?: readonly { name: string; keep(record: QaRecord): boolean }[];
  seed?: number;
}

export interface ComparedAnswers {
  /** `metric: 'accuracy'` is the share of answers that equal the target to the character. */
  rows: ComparedRow[];
  /** On guided against text-only, one a subset. */
  verdicts: { subset: string; verdict: Verdict }[];
}

/** Writes with both models and scores them. Intervals are clustered by group. */
export async function compareAnswers(plan: ComparedAnswersPlan): Promise<ComparedAnswers> {
  const { runs, controls = ['shuffled', 'none'], subsets = [], seed = 1 } = plan;
  const { records } = await readRecords(plan.records, 'qa');
  const score = async (model: ComparedModel, condition: Condition): Promise<Answers> => {
    const run = model === 'guided' ? runs.guided : runs.textOnly;
    const answers = await predictRecords(run, plan.records, { condition, seed });
    const right = Float64Array.from(answers, ({ prediction }, row) =>
      Number(prediction === records[row]?.answer),
    );
    return { model, condition, right };
  };
  const systems = [await score('text-only', 'right'), await score('guided', 'right')];
  for (const condition of controls) systems.push(await score('guided', condition));
  const all = [{ name: 'all', keep: () => true }, ...subsets];
  const ceilingOf = (some: readonly QaRecord[]) => taskCeiling('qa', some)?.accuracy as number;
  const judged = all.map((subset) => judgeAnswers(plan.name, subset, systems, records, ceilingOf));
  return {
    rows: judged.flatMap(({ rows }) => rows),
    verdicts: judged.map(({ verdict }, i) => ({ subset: (all[i] as { name: string }).name, verdict })),
  };
}
