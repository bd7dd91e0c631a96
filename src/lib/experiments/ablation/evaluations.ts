/**
 * @file What a trained model is asked, a row of the table each: which picture it is shown (`condition`), what of the text it
 * reads (`textCondition`), what a relevance gate says (`gate`), how its answer is decoded (`guidance`). None of it retrains.
 */
import { createHash } from 'node:crypto';
import { CONDITIONS, type Condition } from '../../data';
import type { TrainConfig } from '../../training/config';
import { readsText, TEXT_CONDITIONS, type TextCondition } from '../text-conditions';
import type { AblationConfig } from './config';
import { type Fail, isSkipped, quote, unknownValue } from './grid-checks';
import { guidanceAxis, guidanceControls } from './guidance';
import type { JsonObject } from './paths';

/** A row of the table, beside the settings of its training. */
export interface PlannedEvaluation {
  condition: Condition;
  /** What the model reads of each record's text. */
  text: TextCondition;
  /** 0 or 1 in place of what the gate says; `null`: what it says. */
  gate: 0 | 1 | null;
  /** How the answer is decoded (decoding/way.ts); `null`: greedily and plainly. */
  guidance: string | null;
}

/** The axes of evaluation, read and found sound. */
export interface EvaluationAxes {
  conditions: Condition[];
  /** The condition that rows are compared under: `right` where it is evaluated at all. */
  primary: Condition;
  controls: Condition[];
  gates: (0 | 1 | null)[];
  texts: TextCondition[];
  /** As written on the axis, by what they mean; without `none`. */
  guidances: ReadonlyMap<string, string>;
}

export const EVALUATION_AXES = ['condition', 'textCondition', 'gate', 'guidance'];

export function evaluationAxes(config: AblationConfig, task: string, fail: Fail): EvaluationAxes {
  const written = config.axes.condition ?? ['right'];
  const axis = written.map((value) => {
    const found = CONDITIONS.find((condition) => condition === value);
    return found ?? fail(unknownValue('condition', value, CONDITIONS));
  });
  const controls: Condition[] = config.controls ?? axis.filter((condition) => condition !== 'right');
  const conditions = [...new Set([...axis, ...controls])];
  const gates = (config.axes.gate ?? ['learned']).map((value): 0 | 1 | null => {
    if (value === 0 || value === 1) return value;
    return value === 'learned' || value === null
      ? null
      : fail(`axis "gate": ${JSON.stringify(value)} is none of 0, 1, "learned"`);
  });
  const texts = (config.axes.textCondition ?? ['full']).map((value) => {
    const found = TEXT_CONDITIONS.find((text) => text === value);
    return found ?? fail(unknownValue('textCondition', value, TEXT_CONDITIONS));
  });
  const spoiled = texts.find((text) => text !== 'full');
  if (spoiled && !readsText(task)) {
    fail(
      `axis "textCondition": ${quote(spoiled)}: ${task} reads no text beside its answer that could be masked; take the axis away`,
    );
  }
  const primary = conditions.includes('right') ? 'right' : (conditions[0] as Condition);
  const guidances = guidanceAxis(config.axes.guidance, task, fail);
  return {
    conditions,
    primary,
    controls: controls.filter((control) => control !== primary),
    gates,
    texts,
    guidances,
  };
}

/** What the axes of evaluation, but for what constraints leave out, tell something of this model. */
export function evaluationsOf(
  { model }: TrainConfig,
  settings: JsonObject,
  config: AblationConfig,
  axes: EvaluationAxes,
): PlannedEvaluation[] {
  const kept = plannedFor(model, axes).filter(
    ({ condition, gate, text, guidance }) =>
      !isSkipped(config, {
        ...settings,
        condition,
        textCondition: text,
        gate: gate ?? 'learned',
        guidance: guidance === null ? 'none' : (axes.guidances.get(guidance) as string),
      }),
  );
  // A guided row is held against plain decoding, also where a constraint leaves that out.
  const needed = kept.flatMap((one) =>
    one.condition === axes.primary ? [{ ...one, guidance: null }, one, ...guidanceControls(one)] : [one],
  );
  return [...new Map(needed.map((one) => [evaluationName(one), one])).values()];
}

function plannedFor(
  model: TrainConfig['model'],
  { conditions, primary, gates, texts, guidances }: EvaluationAxes,
): PlannedEvaluation[] {
  if (model.fusion.kind === 'none') {
    return texts.map((text) => ({ condition: primary, text, gate: null, guidance: null }));
  }
  const own = model.gate ? gates : [null];
  // A gate at 0 lets no picture in, whichever it is; without a picture there is nothing to let in.
  const tells = ({ condition, gate, guidance }: Omit<PlannedEvaluation, 'text'>) =>
    guidance === null
      ? condition === primary || (gate !== 0 && (condition !== 'none' || gate === own[0]))
      : gate !== 0 && condition !== 'none';
  const shown = [null, ...guidances.keys()]
    .flatMap((guidance) =>
      conditions.flatMap((condition) => own.map((gate) => ({ condition, gate, guidance }))),
    )
    .filter(tells);
  return texts.flatMap((text) => shown.map((one) => ({ ...one, text })));
}

/** `right`, `shuffled`, `right-gate-0`, `right-guidance-cfg-1.5`: names an evaluation in the ledger and its file of scores. */
export function evaluationName({ condition, gate, text, guidance }: PlannedEvaluation): string {
  return [
    condition,
    ...(gate === null ? [] : [`gate-${gate}`]),
    ...(text === 'full' ? [] : [text]),
    ...(guidance === null ? [] : [`guidance-${fileName(guidance)}`]),
  ].join('-');
}

/** What is told of an evaluation beside its condition: `gate at 0`, `colours masked`, `guidance cfg:1.5`. */
export function shownBeside({ gate, text, guidance }: PlannedEvaluation): string[] {
  return [
    ...(gate === null ? [] : [`gate at ${gate}`]),
    ...(text === 'full' ? [] : [text.replace('-', ' ')]),
    ...(guidance === null ? [] : [`guidance ${guidance}`]),
  ];
}

/** What was shown, in words: `shuffled, gate at 0`. */
export function shownAs(evaluation: PlannedEvaluation): string {
  return [evaluation.condition, ...shownBeside(evaluation)].join(', ');
}

/** Two ways of decoding never have one name, whatever words stand in them. */
function fileName(guidance: string): string {
  const plain = guidance.replace(':', '-');
  if (/^[\w.=,-]+$/.test(plain)) return plain;
  const hash = createHash('sha256').update(guidance).digest('hex').slice(0, 8);
  return `${plain.replace(/[^\w.=,-]+/g, '_')}-${hash}`;
}
