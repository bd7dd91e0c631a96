/**
 * @file Written answers with and without the picture: the share of answers that equal the target, on all records and on
 * subsets, each beside its text-only ceiling, and a verdict that asks the controls before it believes the gain.
 */
import { type Condition, groupOf, type QaRecord, readRecords, taskCeiling } from '../data';
import { predictRecords } from '../training';
import { bootstrapInterval, pairedBootstrap, type Verdict, verdict } from './statistics';
import type { ComparedModel, ComparedRow } from './text-only-against-guided';

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
  const score = async (model: ComparedModel, condition: Condition) => {
    const run = model === 'guided' ? runs.guided : runs.textOnly;
    const answers = await predictRecords(run, plan.records, { condition, seed });
    const right = answers.map(({ prediction }, row) => Number(prediction === records[row]?.answer));
    return { model, condition, right };
  };
  const systems = [await score('text-only', 'right'), await score('guided', 'right')];
  for (const condition of controls) systems.push(await score('guided', condition));
  const judged = [{ name: 'all', keep: () => true }, ...subsets].map((subset) => {
    const kept = [...records.keys()].filter((row) => subset.keep(records[row] as QaRecord));
    const chosen = kept.map((row) => records[row] as QaRecord);
    const clusters = chosen.map(groupOf);
    const valuesOf = ({ right }: { right: number[] }) =>
      Float64Array.from(kept, (row) => right[row] as number);
    const shared = {
      data: plan.name,
      subset: subset.name,
      metric: 'accuracy' as const,
      records: kept.length,
      ceiling: taskCeiling('qa', chosen)?.accuracy as number,
    };
    const rows = systems.map((system): ComparedRow => {
      const { value, low, high } = bootstrapInterval({ values: valuesOf(system), clusters, seed });
      return { ...shared, model: system.model, condition: system.condition, value, low, high };
    });
    const [textOnly, guided, ...others] = systems as [(typeof systems)[0], ...typeof systems];
    const against = (other: { right: number[] }) =>
      pairedBootstrap({
        first: valuesOf(guided as { right: number[] }),
        second: valuesOf(other),
        clusters,
        seed,
      });
    const judgement = verdict({
      system: 'the vision-guided model',
      baseline: 'the text-only model',
      difference: against(textOnly),
      controls: others.map((other) => ({
        name: `pictures ${other.condition}`,
        difference: against(other),
      })),
    });
    return { rows, verdict: { subset: subset.name, verdict: judgement } };
  });
  return { rows: judged.flatMap(({ rows }) => rows), verdicts: judged.map((one) => one.verdict) };
}
