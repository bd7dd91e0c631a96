/**
 * @file The comparison that the kit is about: the same records, the same seed, the same training, once without and
 * once with the picture; the guided model also under the picture controls; each value beside the ceiling that no
 * model without the picture can pass, and a verdict that asks the controls before it believes the gain.
 */
import { join, resolve } from 'node:path';
import {
  type AnyRecord,
  type ClassificationRecord,
  type Condition,
  groupOf,
  readRecords,
  textOnlyCeiling,
} from '../data';
import {
  predictRecords,
  type RunResult,
  type TrainConfigInput,
  type TrainingEvent,
  train,
} from '../training';
import { bootstrapInterval, pairedBootstrap, type Verdict, verdict } from './statistics';

/** Some of the test records, scored apart. */
export interface Subset {
  name: string;
  keep(record: ClassificationRecord): boolean;
}

export interface ComparisonPlan {
  /** Name of the data, for tables and figures. */
  name: string;
  /** Folder with `train.jsonl`, `validation.jsonl` and `test.jsonl`. */
  data: string;
  /** Folder for the two runs: `OUT/text-only` and `OUT/guided`. */
  out: string;
  training?: TrainConfigInput['training'];
  model?: Omit<NonNullable<TrainConfigInput['model']>, 'fusion'>;
  /** How the guided model fuses; `concat` by default. */
  fusion?: NonNullable<TrainConfigInput['model']>['fusion'];
  seed?: number;
  /** Controls of the picture, beside `right`. */
  controls?: readonly Condition[];
  /** Scored apart, beside all records. */
  subsets?: readonly Subset[];
  onEvent?: (model: ComparedModel, event: TrainingEvent) => void;
}

export type ComparedModel = 'text-only' | 'guided';

/** One value of the table. */
export interface ComparedRow {
  data: string;
  /** `all`, or the name of a subset. */
  subset: string;
  model: ComparedModel;
  condition: Condition;
  metric: 'accuracy';
  records: number;
  value: number;
  low: number;
  high: number;
  /** The text-only ceiling on these records. */
  ceiling: number;
}

export interface Comparison {
  rows: ComparedRow[];
  /** One verdict a subset, on guided against text-only, with the controls. */
  verdicts: { subset: string; verdict: Verdict }[];
  results: Record<ComparedModel, RunResult>;
  runs: Record<ComparedModel, string>;
}

/** Whether each record was answered rightly by a system. */
export interface Answers {
  model: ComparedModel;
  condition: Condition;
  right: Float64Array;
}

/** Trains both models and scores them on the test records. Intervals are clustered by group. */
export async function compareTextOnlyAndGuided(plan: ComparisonPlan): Promise<Comparison> {
  const { data, out, seed = 1, controls = ['shuffled', 'none'] } = plan;
  const runs = { 'text-only': join(out, 'text-only'), guided: join(out, 'guided') };
  const results = {} as Record<ComparedModel, RunResult>;
  for (const model of ['text-only', 'guided'] as const) {
    results[model] = await train(trainConfig(plan, model), runs[model], {
      onEvent: (event) => plan.onEvent?.(model, event),
    });
  }
  const file = join(data, 'test.jsonl');
  const { records } = await readRecords(file, 'classification');
  const score = async (model: ComparedModel, condition: Condition): Promise<Answers> => {
    const predictions = await predictRecords(runs[model], file, { condition, seed });
    const right = Float64Array.from(predictions, ({ prediction }, row) =>
      Number(prediction === records[row]?.label),
    );
    return { model, condition, right };
  };
  const systems = [await score('text-only', 'right'), await score('guided', 'right')];
  for (const condition of controls) systems.push(await score('guided', condition));

  const subsets: Subset[] = [{ name: 'all', keep: () => true }, ...(plan.subsets ?? [])];
  const judged = subsets.map((subset) =>
    judgeAnswers(plan.name, subset, systems, records, (some) => textOnlyCeiling(some).accuracy),
  );
  return {
    rows: judged.flatMap(({ rows }) => rows),
    verdicts: judged.map((one, i) => ({ subset: (subsets[i] as Subset).name, verdict: one.verdict })),
    results,
    runs,
  };
}

function trainConfig(
  { data, training = {}, model = {}, fusion = 'concat', seed = 1 }: ComparisonPlan,
  compared: ComparedModel,
): TrainConfigInput {
  const file = (part: string) => resolve(data, `${part}.jsonl`);
  return {
    task: 'classification',
    data: { train: file('train'), validation: file('validation'), test: file('test') },
    model: { ...model, fusion: compared === 'guided' ? fusion : 'none' },
    training,
    seed,
  };
}

/** Whether each record was answered rightly, by system: text-only, guided, then the controls. */
export function judgeAnswers<R extends AnyRecord>(
  data: string,
  subset: { name: string; keep(record: R): boolean },
  systems: readonly Answers[],
  records: readonly R[],
  ceilingOf: (records: readonly R[]) => number,
): { rows: ComparedRow[]; verdict: Verdict } {
  const kept = [...records.keys()].filter((row) => subset.keep(records[row] as R));
  const chosen = kept.map((row) => records[row] as R);
  const clusters = kept.map((row) => groupOf(records[row] as R, row));
  const of = ({ right }: Answers) => Float64Array.from(kept, (row) => right[row] as number);
  const ceiling = ceilingOf(chosen);
  const rows = systems.map((system): ComparedRow => {
    const { value, low, high } = bootstrapInterval({ values: of(system), clusters });
    const { model, condition } = system;
    return {
      data,
      subset: subset.name,
      model,
      condition,
      metric: 'accuracy',
      records: kept.length,
      value,
      low,
      high,
      ceiling,
    };
  });
  const [textOnly, guided, ...controls] = systems as [Answers, Answers, ...Answers[]];
  const against = (other: Answers) => pairedBootstrap({ first: of(guided), second: of(other), clusters });
  return {
    rows,
    verdict: verdict({
      system: 'the vision-guided model',
      baseline: 'the text-only model',
      difference: against(textOnly),
      controls: controls.map((control) => ({
        name: `pictures ${control.condition}`,
        difference: against(control),
      })),
    }),
  };
}
