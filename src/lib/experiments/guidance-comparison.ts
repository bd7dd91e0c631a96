/**
 * @file Does guidance help, and does it help because of the picture? Every rule is run on the same model and records,
 * greedy, beside plain decoding and beside what must not do as well (Yin et al. 2025; `decoding/guidance/controls`):
 *
 *     shuffled pictures   the same rule, looking at another record's picture
 *     cutoff only         the rule's plausibility cutoff and no contrast, where it has one
 *     prior shift         the rule's mean effect on each token, measured on validation records
 *     prompt shift        other words before the prompt and no contrast
 *     equal budget        plain beam search with as many rows a token as the rule has branches
 *
 * A rule "helps" only where its paired interval clears plain decoding and every one of these.
 */
import { join } from 'node:path';
import { type AnyRecord, type Condition, groupOf, type RecordSet, readRecords } from '../data';
import {
  beamSearch,
  cutoffOnly,
  type GuidanceConfig,
  greedy,
  guidanceName,
  guide,
  type LanguageModel,
  meanShift,
  NetworkLogits,
  type NextTokenLogits,
  priorShift,
  roomFor,
  type ShownPictures,
  type Written,
  withPrefix,
} from '../decoding';
import { InputError } from '../errors';
import { type FittedTask, metrics, textFormat, type WritingDefinition, writingTaskNamed } from '../tasks';
import { examplesFor, loadTrainedModel, selectRecords, type TrainedModel } from '../training';
import { bootstrapInterval, pairedBootstrap, type Verdict, verdict } from './statistics';

/** One number a record, larger is better. */
export type GuidanceMetric = 'exactMatch' | 'f1' | 'chrf';

export interface GuidancePlan {
  /** Folder of a run of a task whose answer is written. */
  run: string;
  /** Test records. */
  records: string;
  /** Records for the prior shift; none of the test records. */
  validation: string;
  rules: readonly GuidanceConfig[];
  metric?: GuidanceMetric;
  /** What stands before the prompt in the control of another prompt. */
  otherPrompt?: string;
  /** Only so many of the test records, the first ones. */
  most?: number;
  /** Only so many of the validation records. */
  mostValidation?: number;
  seed?: number;
  batchSize?: number;
  /** Told what is being decoded, and how far it has come. */
  onProgress?: (activity: string, done: number, total: number) => void;
}

export interface GuidanceRow {
  /** `plain`, the rule, or the control. */
  decoding: string;
  kind: 'plain' | 'rule' | 'control';
  /** The rule that a control belongs to; `null` for plain decoding and for controls of all rules. */
  of: string | null;
  value: number;
  low: number;
  high: number;
  /** Rows read for each token written, its end included. */
  passesPerToken: number;
  /** Mean tokens of an answer. */
  tokens: number;
}

export interface GuidanceComparison {
  metric: GuidanceMetric;
  records: number;
  rows: GuidanceRow[];
  verdicts: { rule: string; helps: boolean; verdict: Verdict }[];
  /** What was written for each record, by decoding: for looking at. */
  texts: Record<string, string[]>;
}

/** How the records were decoded in one way. */
interface Decoded {
  row: Omit<GuidanceRow, 'value' | 'low' | 'high'>;
  scores: Float64Array;
  texts: string[];
}

/** Runs every rule and control. Throws an `InputError` where the run writes nothing, or a rule needs what it lacks. */
export async function compareGuidance(plan: GuidancePlan): Promise<GuidanceComparison> {
  const { metric = 'exactMatch', seed = 1 } = plan;
  const trained = await loadTrainedModel(join(plan.run, 'model'));
  const task = writingTaskNamed(trained.task.name);
  if (!task) {
    trained.model.dispose();
    throw new InputError(
      `${plan.run}: a ${trained.task.name} model writes nothing that could be guided; train a task whose answer is written`,
    );
  }
  const bench = await Bench.open(trained, task, plan);
  try {
    const plain = await bench.decode({ name: 'plain', kind: 'plain', of: null }, []);
    const shared = [
      await bench.decode({ name: 'prompt shift', kind: 'control', of: null }, [], {
        around: (model) => withPrefix(model, bench.plainIds(plan.otherPrompt ?? 'Look closely. ')),
      }),
      await bench.decode({ name: 'beam search, 2 beams', kind: 'control', of: null }, [], { beams: 2 }),
    ];
    const all: Decoded[] = [plain, ...shared];
    const verdicts: GuidanceComparison['verdicts'] = [];
    const difference = (a: Decoded, b: Decoded) =>
      pairedBootstrap({ first: a.scores, second: b.scores, clusters: bench.clusters, seed });
    for (const rule of plan.rules) {
      const name = guidanceName(rule);
      const guided = await bench.decode({ name, kind: 'rule', of: null }, [rule]);
      const controls = [
        await bench.decode({ name: `${name}, shuffled pictures`, kind: 'control', of: name }, [rule], {
          condition: 'shuffled',
        }),
        ...(await bench.cutoffControl(rule)),
        await bench.priorControl(rule),
      ];
      all.push(guided, ...controls);
      const judged = verdict({
        system: name,
        baseline: 'plain decoding',
        difference: difference(guided, plain),
        controls: [...shared, ...controls].map((control) => ({
          name: control.row.decoding,
          difference: difference(guided, control),
        })),
      });
      verdicts.push({ rule: name, helps: judged.kind === 'better', verdict: judged });
    }
    return {
      metric,
      records: bench.clusters.length,
      rows: all.map(({ row, scores }) => {
        const { value, low, high } = bootstrapInterval({ values: scores, clusters: bench.clusters, seed });
        return { ...row, value, low, high };
      }),
      verdicts,
      texts: Object.fromEntries(all.map(({ row, texts }) => [row.decoding, texts])),
    };
  } finally {
    bench.dispose();
  }
}

interface DecodeOptions {
  condition?: Condition;
  /** What stands around the guided model. */
  around?: (model: NextTokenLogits) => NextTokenLogits;
  beams?: number;
}

interface Name {
  name: string;
  kind: GuidanceRow['kind'];
  of: string | null;
}

/** The model, its records and everything that is shared by all ways of decoding. */
class Bench {
  private readonly base: NetworkLogits;
  private readonly examples = new Map<string, ReturnType<typeof examplesFor>>();

  private constructor(
    private readonly trained: TrainedModel,
    private readonly model: LanguageModel,
    private readonly task: WritingDefinition,
    private readonly plan: GuidancePlan,
    private readonly set: RecordSet,
    private readonly validation: RecordSet,
  ) {
    this.base = new NetworkLogits(model);
  }

  static async open(trained: TrainedModel, task: WritingDefinition, plan: GuidancePlan): Promise<Bench> {
    const { model, tokenizer, knowsNoPicture } = trained;
    const read = async (file: string, most = Number.POSITIVE_INFINITY) => {
      const set = (await readRecords(file, task.name)) as RecordSet;
      const rows = Array.from({ length: Math.min(most, set.records.length) }, (_, row) => row);
      return selectRecords(set, rows);
    };
    const language: LanguageModel = {
      network: model.network.text,
      guided: model.network,
      parameters: model.parameters,
      tokenizer,
      knowsNoPicture,
      format: textFormat(tokenizer),
    };
    const set = await read(plan.records, plan.most);
    const validation = await read(plan.validation, plan.mostValidation ?? 64);
    return new Bench(trained, language, task, plan, set, validation);
  }

  get clusters(): string[] {
    return this.set.records.map(groupOf);
  }

  dispose(): void {
    this.base.dispose();
    this.trained.model.dispose();
  }

  plainIds(text: string): number[] {
    return [...this.model.tokenizer.encode(text, null, { addSpecialTokens: false }).ids];
  }

  /** Writes for every record. */
  async decode(
    { name, kind, of }: Name,
    rules: readonly GuidanceConfig[],
    { condition = 'right', around = (model) => model, beams = 1 }: DecodeOptions = {},
  ): Promise<Decoded> {
    const { set, model, plan } = this;
    const { batchSize = 32, metric = 'exactMatch' } = plan;
    const texts: string[] = [];
    let [passes, tokens] = [0, 0];
    for (let from = 0; from < set.records.length; from += batchSize) {
      const rows = Int32Array.from(
        { length: Math.min(batchSize, set.records.length - from) },
        (_, i) => from + i,
      );
      const pictures = await this.pictures(set, rows, condition);
      const guided = guide(model, this.base, pictures, rules, { seed: plan.seed, keys: [...rows] });
      try {
        const found = await this.write(around(guided), set, rows, beams);
        for (const { ids, ending } of found) {
          texts.push(model.tokenizer.decode(ids).trim());
          tokens += ids.length + Number(ending === 'stop-id');
        }
        passes += guided.passes;
      } finally {
        guided.dispose();
      }
      plan.onProgress?.(name, texts.length, set.records.length);
    }
    const score = scorers[metric];
    const scores = Float64Array.from(set.records, (record, row) =>
      score(texts[row] as string, this.task.target(record)),
    );
    const row = {
      decoding: name,
      kind,
      of,
      passesPerToken: passes / Math.max(1, tokens),
      tokens: tokens / set.records.length,
    };
    return { row, scores, texts };
  }

  /** The rule's cutoff alone; nothing for a rule without one. */
  async cutoffControl(rule: GuidanceConfig): Promise<Decoded[]> {
    const cutoff = 'cutoff' in rule ? rule.cutoff : null;
    if (cutoff === null || rule.rule === 'cutoff') return [];
    const name = `${guidanceName(rule)}, cutoff only`;
    return [
      await this.decode({ name, kind: 'control', of: guidanceName(rule) }, [], {
        around: (model) => cutoffOnly(model, cutoff),
      }),
    ];
  }

  /** The rule's mean effect on validation records, for every picture alike. */
  async priorControl(rule: GuidanceConfig): Promise<Decoded> {
    const { validation, model, base, task } = this;
    const format = model.format as ReturnType<typeof textFormat>;
    const rows = Int32Array.from(validation.records, (_, row) => row);
    const pictures = await this.pictures(validation, rows, 'right');
    const texts = validation.records.map((record) => {
      const prompt = format.prompt(task.prompt(record));
      return {
        ids: [...prompt, ...format.target(task.target(record)).slice(0, -1)],
        promptLength: prompt.length,
      };
    });
    const guided = guide(model, base, pictures, [rule], { seed: this.plan.seed });
    const plain = guide(model, base, pictures, []);
    try {
      const shift = await meanShift(guided, plain, texts);
      const name = `${guidanceName(rule)}, prior shift`;
      return await this.decode({ name, kind: 'control', of: guidanceName(rule) }, [], {
        around: (plainModel) => priorShift(plainModel, shift),
      });
    } finally {
      guided.dispose();
      plain.dispose();
    }
  }

  private async pictures(set: RecordSet, rows: Int32Array, condition: Condition): Promise<ShownPictures> {
    const { trained, plan, examples } = this;
    if (!trained.model.network.vision) return Array.from(rows, () => null);
    const key = `${set === this.set}/${condition}`;
    const task = trained.task as FittedTask;
    const found = examples.get(key) ?? examplesFor({ ...trained, task }, set, { condition, seed: plan.seed });
    examples.set(key, found);
    return (await found).pictures(rows);
  }

  private async write(
    logits: NextTokenLogits,
    set: RecordSet,
    rows: Int32Array,
    beams: number,
  ): Promise<Written[]> {
    const { prompt, endId } = this.model.format as ReturnType<typeof textFormat>;
    const prompts = Array.from(rows, (row) => prompt(this.task.prompt(set.records[row] as AnyRecord)));
    const room = roomFor(logits, Math.max(...prompts.map(({ length }) => length)));
    const longest = Math.ceil(1.5 * Number(this.trained.task.state.longestTarget));
    const options = { maximumTokens: Math.max(0, Math.min(room, longest)), stopIds: [endId] };
    if (beams === 1) return greedy(logits, prompts, options);
    return (await beamSearch(logits, prompts, { ...options, beams })).map(([best]) => best as Written);
  }
}

const scorers: Record<GuidanceMetric, (written: string, target: string) => number> = {
  exactMatch: metrics.exactMatch,
  f1: metrics.tokenF1,
  chrf: (written, target) => metrics.chrf([written], [target]) / 100,
};
