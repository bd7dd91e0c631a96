/**
 * @file Guidance by its strength: the same records written under each rule, by greedy decoding or by sampling, with what
 * it costs. It says how a rule behaves; whether it helps because of the picture is `compareGuidance`'s question.
 */
import { join } from 'node:path';
import { type Condition, groupOf, type RecordSet, readRecords } from '../data';
import {
  type GuidanceConfig,
  greedy,
  guidanceName,
  guide,
  NetworkLogits,
  sample,
  type Written,
} from '../decoding';
import { InputError } from '../errors';
import { type FittedTask, metrics, textFormat, writingTaskNamed } from '../tasks';
import { examplesFor, loadTrainedModel, selectRecords } from '../training';
import { bootstrapInterval } from './statistics';

export interface SweepPlan {
  /** Folder of a run of a task whose answer is written. */
  run: string;
  /** Test records. */
  records: string;
  /** One way of decoding each: rules that are applied one around the other. */
  ways: readonly SweepWay[];
  /** Only so many of the records, the first ones. */
  most?: number;
  seed?: number;
  batchSize?: number;
}

export interface SweepWay {
  rules: readonly GuidanceConfig[];
  condition?: Condition;
  /** Draw each token from the distribution instead of taking the likeliest. */
  sampled?: boolean;
}

export interface SweepPoint {
  /** The rules by name, or `plain`. */
  name: string;
  condition: Condition;
  sampled: boolean;
  /** Share of answers that equal the target, with its 95 % interval, clustered by group. */
  value: number;
  low: number;
  high: number;
  /** Rows read for each token written. */
  passesPerToken: number;
  /** Milliseconds an answer, on this machine. */
  milliseconds: number;
  texts: string[];
}

/** Writes for every record in every way. Throws an `InputError` where the run writes nothing, or a rule needs what it lacks. */
export async function sweepGuidance(plan: SweepPlan): Promise<SweepPoint[]> {
  const { seed = 1, batchSize = 32 } = plan;
  const trained = await loadTrainedModel(join(plan.run, 'model'));
  const { model, tokenizer, knowsNoPicture } = trained;
  const task = writingTaskNamed(trained.task.name);
  if (!task) {
    model.dispose();
    throw new InputError(`${plan.run}: a ${trained.task.name} model writes nothing that could be guided`);
  }
  const format = textFormat(tokenizer);
  const { network, parameters } = model;
  const language = { network: network.text, guided: network, parameters, tokenizer, knowsNoPicture, format };
  const base = new NetworkLogits(language);
  try {
    const whole = (await readRecords(plan.records, task.name)) as RecordSet;
    const count = Math.min(plan.most ?? Number.POSITIVE_INFINITY, whole.records.length);
    const set = selectRecords(whole, [...Array(count).keys()]);
    const clusters = set.records.map(groupOf);
    const maximumTokens = Number(trained.task.state.longestTarget);
    const points: SweepPoint[] = [];
    for (const { rules, condition = 'right', sampled = false } of plan.ways) {
      const examples = await examplesFor({ ...trained, task: trained.task as FittedTask }, set, {
        condition,
        seed,
      });
      const texts: string[] = [];
      let [passes, tokens] = [0, 0];
      const started = performance.now();
      for (let from = 0; from < count; from += batchSize) {
        const rows = Int32Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => from + i);
        const pictures = network.vision ? await examples.pictures(rows) : Array.from(rows, () => null);
        const guided = guide(language, base, pictures, rules, { seed, keys: [...rows] });
        const prompts = Array.from(rows, (row) => format.prompt(task.prompt(set.records[row] as never)));
        const options = { maximumTokens, stopIds: [format.endId] };
        try {
          const written: Written[] = sampled
            ? await sample(guided, prompts, { ...options, seed, keys: Array.from(rows, (row) => [row]) })
            : await greedy(guided, prompts, options);
          for (const { ids, ending } of written) {
            texts.push(tokenizer.decode(ids).trim());
            tokens += ids.length + Number(ending === 'stop-id');
          }
          passes += guided.passes;
        } finally {
          guided.dispose();
        }
      }
      const seconds = (performance.now() - started) / 1000;
      const values = Float64Array.from(set.records, (record, row) =>
        metrics.exactMatch(texts[row] as string, task.target(record)),
      );
      points.push({
        name: rules.map(guidanceName).join(' + ') || 'plain',
        condition,
        sampled,
        ...pick(bootstrapInterval({ values, clusters, seed })),
        passesPerToken: passes / Math.max(1, tokens),
        milliseconds: (1000 * seconds) / count,
        texts,
      });
    }
    return points;
  } finally {
    base.dispose();
    model.dispose();
  }
}

function pick({ value, low, high }: { value: number; low: number; high: number }) {
  return { value, low, high };
}
