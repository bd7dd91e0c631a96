/**
 * @file Guidance as an axis of evaluation: rules as `generate --guidance` takes them (`cfg:1.5`), `none`, or `beam:2`. A
 * guided row is compared with plain decoding of the same model, and to be put down to the picture it must also beat what is
 * no guidance by it (Yin et al. 2025; `decoding/guidance/controls`):
 *
 *     the rule with shuffled pictures; beam search of up to as many passes (beams that have ended read nothing more)
 *
 * A plausibility cutoff alone is no control here: decoding is greedy, and the likeliest token survives every cutoff, so it
 * would be plain decoding again. A prior shift and another prompt, which `compareGuidance` asks too, are not asked here.
 */
import { TASKS } from '../../data';
import { checkGuides, decodingText, parseDecoding } from '../../decoding';
import { InputError } from '../../errors';
import { isWritingTask } from '../../tasks';
import type { Prepared } from '../../training/prepared';
import type { PlannedEvaluation } from './evaluations';
import type { Fail } from './grid-checks';
import type { JsonValue } from './paths';

/** Metrics that the model has whatever way it is decoded. */
const NOT_WRITTEN = ['loss', 'perplexity', 'choiceAccuracy'];
/** Rows that a rule reads for each token: the model's own, and what it contrasts with. */
const BRANCHES = 2;

/** The values of the axis as written, by what they mean; without `none`, which every model is evaluated by. */
export function guidanceAxis(
  values: readonly JsonValue[] | undefined,
  task: string,
  fail: Fail,
): Map<string, string> {
  const found = new Map<string, string>();
  if (!values) return found;
  if (!isWritingTask(task)) {
    fail(
      `axis "guidance": ${task} writes no answer that could be guided; take the axis away, or train ${TASKS.filter(isWritingTask).join(', ')}`,
    );
  }
  for (const value of values) {
    const meaning = meaningOf(value, fail);
    const before = found.get(meaning);
    if (before !== undefined) {
      fail(`axis "guidance": "${before}" and "${String(value)}" mean the same; leave one out`);
    }
    found.set(meaning, String(value));
  }
  found.delete('none');
  return found;
}

function meaningOf(value: JsonValue, fail: Fail): string {
  if (typeof value !== 'string') {
    return fail(
      `axis "guidance": ${JSON.stringify(value)} is no text; write "none", "cfg:1.5", "vcd:1", "icd:1", "m3id:0.02" or "beam:2"`,
    );
  }
  try {
    return decodingText(parseDecoding(value));
  } catch (error) {
    if (error instanceof InputError) return fail(`axis "guidance": ${error.message}`);
    throw error;
  }
}

/** What a guided evaluation must beat. */
export function guidanceControls(one: PlannedEvaluation): PlannedEvaluation[] {
  if (one.guidance === null) return [];
  const { rules, beams } = parseDecoding(one.guidance);
  const contrasts = beams === 1 && rules[0]?.rule !== 'cutoff';
  return [
    ...(one.condition === 'shuffled' ? [] : [{ ...one, condition: 'shuffled' as const }]),
    ...(contrasts ? [{ ...one, guidance: `beam:${BRANCHES}` }] : []),
  ];
}

/** Throws an `InputError` where the metric does not depend on what is written. */
export function checkGuidedMetric(metric: string): void {
  if (!NOT_WRITTEN.includes(metric)) return;
  throw new InputError(
    `axis "guidance": ${metric} is the model's own, however its answer is decoded; set metric to one of what is written, or take the axis away`,
  );
}

/** Throws an `InputError`, before a step is taken, where the model lacks what the rules of its evaluations need. */
export function checkGuided(
  { model, task, knowsNoPicture }: Pick<Prepared, 'model' | 'task' | 'knowsNoPicture'>,
  evaluations: readonly PlannedEvaluation[],
): void {
  for (const { guidance } of evaluations) {
    if (guidance === null) continue;
    if (!task.write) {
      throw new InputError(
        `axis "guidance": this ${task.name} model finds its answer and writes none; leave it out by constraints`,
      );
    }
    for (const rule of parseDecoding(guidance).rules) {
      checkGuides({ guided: model.network, knowsNoPicture }, rule);
    }
  }
}
