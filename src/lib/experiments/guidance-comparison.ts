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
import type { RecordSet } from '../data';
import {
  cutoffOnly,
  type GuidanceConfig,
  guidanceName,
  guide,
  meanShift,
  type NextTokenLogits,
  priorShift,
  withPrefix,
} from '../decoding';
import { metrics } from '../tasks';
import { GuidedWriter, type GuidedWriterPlan, type WayOfWriting } from './guided-writer';
import {
  bootstrapInterval,
  type PairedDifference,
  pairedBootstrap,
  type Verdict,
  verdict,
} from './statistics';

/** One number a record, larger is better. */
export type GuidanceMetric = 'exactMatch' | 'f1' | 'chrf';

export interface GuidancePlan extends GuidedWriterPlan {
  /** Records for the prior shift; none of the test records. */
  validation: string;
  rules: readonly GuidanceConfig[];
  metric?: GuidanceMetric;
  /** What stands before the prompt in the control of another prompt. */
  otherPrompt?: string;
  /** Only so many of the validation records. */
  mostValidation?: number;
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
  verdicts: {
    rule: string;
    helps: boolean;
    verdict: Verdict;
    /** The rule less each control, on the same records. */
    controls: { name: string; difference: PairedDifference }[];
  }[];
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
  const writer = await GuidedWriter.open(plan);
  const { clusters } = writer;
  const decode = (name: Name, way: WayOfWriting) => decoded(writer, plan, name, way);
  try {
    const plain = await decode({ name: 'plain', kind: 'plain' }, {});
    const control = (name: string, of: string | null, way: WayOfWriting) =>
      decode({ name, kind: 'control', of }, way);
    const { ids: otherPrompt } = writer.model.tokenizer.encode(plan.otherPrompt ?? 'Look closely. ', null, {
      addSpecialTokens: false,
    });
    const shared = [
      await control('prompt shift', null, { around: (model) => withPrefix(model, otherPrompt) }),
      await control('beam search, 2 beams', null, { beams: 2 }),
    ];
    const validation = await writer.read(plan.validation, plan.mostValidation ?? 64);
    const all: Decoded[] = [plain, ...shared];
    const verdicts: GuidanceComparison['verdicts'] = [];
    const difference = (a: Decoded, b: Decoded) =>
      pairedBootstrap({ first: a.scores, second: b.scores, clusters, seed });
    for (const rule of plan.rules) {
      const name = guidanceName(rule);
      const rules = [rule];
      const guided = await decode({ name, kind: 'rule' }, { rules });
      const controls = [await control(`${name}, shuffled pictures`, name, { rules, condition: 'shuffled' })];
      const cutoff = cutoffOf(rule);
      if (cutoff !== null) {
        const around = (model: NextTokenLogits) => cutoffOnly(model, cutoff);
        controls.push(await control(`${name}, cutoff only`, name, { around }));
      }
      const shift = await shiftOf(writer, validation, rule, seed);
      const around = (model: NextTokenLogits) => priorShift(model, shift);
      controls.push(await control(`${name}, prior shift`, name, { around }));
      all.push(guided, ...controls);
      const compared = [...shared, ...controls].map((one) => ({
        name: one.row.decoding,
        difference: difference(guided, one),
      }));
      const judged = verdict({
        system: name,
        baseline: 'plain decoding',
        difference: difference(guided, plain),
        controls: compared,
      });
      verdicts.push({
        rule: name,
        helps: judged.kind === 'better',
        verdict: judged,
        controls: compared,
      });
    }
    return {
      metric,
      records: clusters.length,
      rows: all.map(({ row, scores }) => {
        const { value, low, high } = bootstrapInterval({ values: scores, clusters, seed });
        return { ...row, value, low, high };
      }),
      verdicts,
      texts: Object.fromEntries(all.map(({ row, texts }) => [row.decoding, texts])),
    };
  } finally {
    writer.dispose();
  }
}

interface Name {
  name: string;
  kind: GuidanceRow['kind'];
  of?: string | null;
}

/** Writes in one way, and scores what was written. */
async function decoded(
  writer: GuidedWriter,
  { metric = 'exactMatch', onProgress }: GuidancePlan,
  { name, kind, of = null }: Name,
  way: WayOfWriting,
): Promise<Decoded> {
  const { texts, passesPerToken, tokens } = await writer.write({
    ...way,
    onProgress: (done, total) => onProgress?.(name, done, total),
  });
  const score = scorers[metric];
  const scores = Float64Array.from(writer.set.records, (record, row) =>
    score(texts[row] as string, writer.task.target(record)),
  );
  return { row: { decoding: name, kind, of, passesPerToken, tokens }, scores, texts };
}

/** The rule's plausibility cutoff; `null` where it has none, or is nothing else. */
function cutoffOf(rule: GuidanceConfig): number | null {
  return 'cutoff' in rule && rule.rule !== 'cutoff' ? rule.cutoff : null;
}

/** The rule's mean effect on validation records [V], for every picture alike. */
async function shiftOf(
  writer: GuidedWriter,
  set: RecordSet,
  rule: GuidanceConfig,
  seed: number,
): Promise<Float64Array> {
  const { model, base, task } = writer;
  const rows = Int32Array.from(set.records, (_, row) => row);
  const pictures = await writer.pictures(set, rows, 'right');
  const texts = set.records.map((record) => {
    const prompt = model.format.prompt(task.prompt(record));
    const target = model.format.target(task.target(record));
    return { ids: [...prompt, ...target.slice(0, -1)], promptLength: prompt.length };
  });
  const guided = guide(model, base, pictures, [rule], { seed });
  const plain = guide(model, base, pictures, []);
  try {
    return await meanShift(guided, plain, texts);
  } finally {
    guided.dispose();
    plain.dispose();
  }
}

const scorers: Record<GuidanceMetric, (written: string, target: string) => number> = {
  exactMatch: metrics.exactMatch,
  f1: metrics.tokenF1,
  chrf: (written, target) => metrics.chrf([written], [target]) / 100,
};
