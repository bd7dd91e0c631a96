/**
 * @file A trained model that writes for all records of a file, in one way of decoding or another: what comparisons and
 * sweeps of guidance share. The model, its records and what it has compiled are loaded once.
 */
import { join } from 'node:path';
import { type AnyRecord, type Condition, groupOf, type RecordSet, readRecords } from '../data';
import {
  beamSearch,
  type GuidanceConfig,
  greedy,
  guide,
  type LanguageModel,
  NetworkLogits,
  type NextTokenLogits,
  roomFor,
  type ShownPictures,
  sample,
  type Written,
} from '../decoding';
import { InputError } from '../errors';
import {
  type FittedTask,
  mostTokens,
  type TextFormat,
  type WritingDefinition,
  writingTaskNamed,
} from '../tasks';
import {
  examplesFor,
  languageModelOf,
  loadTrainedModel,
  selectRecords,
  type TrainedModel,
} from '../training';

export interface GuidedWriterPlan {
  /** Folder of a run of a task whose answer is written. */
  run: string;
  /** Test records. */
  records: string;
  /** Only so many of them, the first ones. */
  most?: number;
  seed?: number;
  batchSize?: number;
}

/** One way of decoding. */
export interface WayOfWriting {
  /** Applied one around the other; none is plain decoding. */
  rules?: readonly GuidanceConfig[];
  condition?: Condition;
  /** What stands around the guided model. */
  around?: (model: NextTokenLogits) => NextTokenLogits;
  /** More than one: beam search. */
  beams?: number;
  /** Draw each token from the distribution. */
  sampled?: boolean;
  onProgress?: (done: number, total: number) => void;
}

export interface WrittenForAll {
  /** One a record. */
  texts: string[];
  /** Rows read for each token written, its end included. */
  passesPerToken: number;
  /** Mean tokens of an answer. */
  tokens: number;
  seconds: number;
}

export class GuidedWriter {
  readonly model: LanguageModel & { format: TextFormat };
  readonly base: NetworkLogits;
  private readonly examples = new Map<string, ReturnType<typeof examplesFor>>();

  private constructor(
    private readonly trained: TrainedModel,
    readonly task: WritingDefinition,
    readonly set: RecordSet,
    private readonly plan: GuidedWriterPlan,
  ) {
    this.model = languageModelOf(trained) as GuidedWriter['model'];
    this.base = new NetworkLogits(this.model);
  }

  /** Throws an `InputError` where the run writes nothing. */
  static async open(plan: GuidedWriterPlan): Promise<GuidedWriter> {
    const trained = await loadTrainedModel(join(plan.run, 'model'));
    try {
      const task = writingTaskNamed(trained.task.name);
      if (!task || !trained.task.write) {
        throw new InputError(
          `${plan.run}: a ${trained.task.name} model writes nothing that could be guided; train a task whose answer is written`,
        );
      }
      return new GuidedWriter(trained, task, await readFirst(plan.records, task, plan.most), plan);
    } catch (error) {
      trained.model.dispose();
      throw error;
    }
  }

  /** The group of each record. */
  get clusters(): string[] {
    return this.set.records.map(groupOf);
  }

  dispose(): void {
    this.base.dispose();
    this.trained.model.dispose();
  }

  /** The first records of another file. */
  read(file: string, most: number): Promise<RecordSet> {
    return readFirst(file, this.task, most);
  }

  /** Writes for every record. Throws an `InputError` where a rule needs what the model lacks. */
  async write(way: WayOfWriting = {}): Promise<WrittenForAll> {
    const { set, model } = this;
    const { batchSize = 32, seed } = this.plan;
    const { rules = [], condition = 'right', around = (one) => one } = way;
    const count = set.records.length;
    const texts: string[] = [];
    let [passes, tokens] = [0, 0];
    const started = performance.now();
    for (let from = 0; from < count; from += batchSize) {
      const rows = Int32Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => from + i);
      const pictures = await this.pictures(set, rows, condition);
      const guided = guide(model, this.base, pictures, rules, { seed, keys: [...rows] });
      try {
        for (const { ids, ending } of await this.writeRows(around(guided), rows, way)) {
          texts.push(model.tokenizer.decode(ids).trim());
          tokens += ids.length + Number(ending === 'stop-id');
        }
        passes += guided.passes;
      } finally {
        guided.dispose();
      }
      way.onProgress?.(texts.length, count);
    }
    const seconds = (performance.now() - started) / 1000;
    return { texts, passesPerToken: passes / Math.max(1, tokens), tokens: tokens / count, seconds };
  }

  /** What these records are shown under a condition. */
  async pictures(set: RecordSet, rows: Int32Array, condition: Condition): Promise<ShownPictures> {
    const { trained, examples } = this;
    if (!trained.model.network.vision) return Array.from(rows, () => null);
    const key = `${set === this.set}/${condition}`;
    const task = trained.task as FittedTask;
    const found =
      examples.get(key) ?? examplesFor({ ...trained, task }, set, { condition, seed: this.plan.seed });
    examples.set(key, found);
    return (await found).pictures(rows);
  }

  private async writeRows(
    logits: NextTokenLogits,
    rows: Int32Array,
    { beams = 1, sampled = false }: WayOfWriting,
  ): Promise<Written[]> {
    const { prompt, endId } = this.model.format;
    const prompts = Array.from(rows, (row) => prompt(this.task.prompt(this.set.records[row] as AnyRecord)));
    const room = roomFor(logits, Math.max(...prompts.map(({ length }) => length)));
    const maximumTokens = Math.max(0, Math.min(room, mostTokens(this.trained.task.state)));
    const options = { maximumTokens, stopIds: [endId] };
    if (sampled) {
      const { seed = 1 } = this.plan;
      return sample(logits, prompts, { ...options, seed, keys: Array.from(rows, (row) => [row]) });
    }
    if (beams === 1) return greedy(logits, prompts, options);
    return (await beamSearch(logits, prompts, { ...options, beams })).map(([best]) => best as Written);
  }
}

async function readFirst(
  file: string,
  task: WritingDefinition,
  most = Number.POSITIVE_INFINITY,
): Promise<RecordSet> {
  const set = (await readRecords(file, task.name)) as RecordSet;
  const count = Math.min(most, set.records.length);
  return selectRecords(
    set,
    Array.from({ length: count }, (_, row) => row),
  );
}
