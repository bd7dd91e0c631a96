/**
 * @file Guidance by its strength: the same records written under each rule, by greedy decoding or by sampling, with what
 * it costs. It says how a rule behaves; whether it helps because of the picture is `compareGuidance`'s question.
 */
import type { Condition } from '../data';
import { type GuidanceConfig, guidanceName } from '../decoding';
import { metrics } from '../tasks';
import { GuidedWriter, type GuidedWriterPlan } from './guided-writer';
import { bootstrapInterval } from './statistics';

export interface SweepPlan extends GuidedWriterPlan {
  /** One way of decoding each: rules that are applied one around the other. */
  ways: readonly SweepWay[];
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
  const writer = await GuidedWriter.open(plan);
  try {
    const { set, task, clusters } = writer;
    const points: SweepPoint[] = [];
    for (const { rules, condition = 'right', sampled = false } of plan.ways) {
      const { texts, passesPerToken, seconds } = await writer.write({ rules, condition, sampled });
      const values = Float64Array.from(set.records, (record, row) =>
        metrics.exactMatch(texts[row] as string, task.target(record)),
      );
      const { value, low, high } = bootstrapInterval({ values, clusters, seed: plan.seed });
      points.push({
        name: rules.map(guidanceName).join(' + ') || 'plain',
        condition,
        sampled,
        value,
        low,
        high,
        passesPerToken,
        milliseconds: (1000 * seconds) / set.records.length,
        texts,
      });
    }
    return points;
  } finally {
    writer.dispose();
  }
}
