/**
 * @file From an ablation config to its grid: every combination of the axes' values that no constraint leaves out, each
 * checked as a complete train config, once a seed. What is evaluated of each is listed beside it. A grid that
 * contradicts itself (an axis that is never used, two values that mean the same, nothing left) is refused by the
 * axis's name before anything runs.
 */
import { CONDITIONS, type Condition } from '../../data';
import { InputError } from '../../errors';
import { nearest } from '../../nn/nearest';
import type { TrainConfig } from '../../training/config';
import { parseTrainConfig } from '../../training/train';
import { readsText, TEXT_CONDITIONS, type TextCondition } from '../text-conditions';
import type { AblationConfig, AblationSeed } from './config';
import {
  checkConstraints,
  checkSeeds,
  checkUse,
  type Fail,
  isSkipped,
  quote,
  sameCell,
  unknownValue,
} from './grid-checks';
import { canonicalJson, type JsonObject, type JsonValue, withPath } from './paths';
import { rungsOf } from './rungs';
import { sampled } from './sample';

/** What a trained model is shown: a row of the table, beside the settings of its training. */
export interface PlannedEvaluation {
  condition: Condition;
  /** What the model reads of each record's text. */
  text: TextCondition;
  /** 0 or 1 in place of what the gate says; `null`: what it says. */
  gate: 0 | 1 | null;
}

/** One combination of the axes of training. */
export interface Combination {
  /** The value of each axis of training, by dotted path. */
  settings: JsonObject;
  evaluations: PlannedEvaluation[];
  /** One complete train config a seed. */
  runs: { seed: AblationSeed; config: TrainConfig }[];
}

export interface Grid {
  /** Axes of training, in the order given. */
  paths: string[];
  combinations: Combination[];
  /** The condition that rows are compared under: `right` where it is evaluated at all. */
  primary: Condition;
  controls: Condition[];
}

const EVALUATION_AXES = ['condition', 'textCondition', 'gate'];
/** What cannot be an axis, and why. */
const REFUSED: Record<string, string> = {
  task: 'tasks have different metrics; write one ablation config a task',
  seed: 'seeds stand in "seeds", beside "axes"',
  'data.test':
    'rows must be scored on the same records to be compared; write one ablation config a test file',
  'data.validation':
    'rows must be chosen on the same records to be compared; write one ablation config a validation file',
};
const LARGEST = 100_000;

/** Expands the grid. Throws an `InputError` that names the axis at fault. */
export function expandGrid(
  config: AblationConfig,
  where = 'the ablation config',
  /** Of a search: which combinations go on; the config's own sample by default. */
  only?: (combination: Combination) => boolean,
): Grid {
  const fail: Fail = (message) => {
    throw new InputError(`${where}: ${message}`);
  };
  const base = within(where, () => parseTrainConfig(config.base, 'base')) as unknown as JsonObject;
  const axes = Object.entries(config.axes);
  for (const [path, values] of axes) {
    if (path in REFUSED || path.startsWith('seeds')) {
      fail(`axis ${quote(path)}: ${REFUSED[path] ?? REFUSED.seed}`);
    }
    if (values.length === 0) fail(`axis ${quote(path)} is empty; give it values, or leave it out`);
    const written = values.map(canonicalJson);
    const twice = written.find((value, i) => written.indexOf(value) !== i);
    if (twice) fail(`axis ${quote(path)} has the value ${twice} twice`);
    if (!path.includes('.') && !EVALUATION_AXES.includes(path)) {
      const known = [...EVALUATION_AXES, ...Object.keys(base)];
      const near = nearest(path, known) as string;
      if (!known.includes(path)) fail(`axis ${quote(path)} is not known; did you mean ${near}?`);
    }
  }
  checkSeeds(config.seeds, fail);
  const { conditions, primary, controls, gates, texts } = evaluationAxes(config, String(base.task), fail);
  checkConstraints(
    config,
    { condition: conditions, textCondition: texts, gate: gates.map((gate) => gate ?? 'learned') },
    fail,
  );

  const training = axes.filter(([path]) => !EVALUATION_AXES.includes(path));
  const product = training.reduce((all, [, values]) => all * values.length, 1);
  if (product * config.seeds.length > LARGEST) {
    fail(
      `the axes ${training.map(([path, values]) => `${path} (${values.length})`).join(' × ')} and ${config.seeds.length} seeds make ${(product * config.seeds.length).toLocaleString('en-US')} cells; ${LARGEST.toLocaleString('en-US')} at most`,
    );
  }
  const { cells: budget } = config.budget;
  const all: Combination[] = [];
  const settingsOf = new Map<string, JsonObject>();
  for (const settings of combinationsOf(training)) {
    const model = applied(base, settings, where);
    const evaluations = evaluationsOf(model, { conditions, primary, gates, texts }).filter(
      ({ condition, gate, text }) =>
        !isSkipped(config, { ...settings, condition, textCondition: text, gate: gate ?? 'learned' }),
    );
    if (evaluations.length === 0) continue;
    const complete = canonicalJson(model);
    const same = settingsOf.get(complete);
    if (same) fail(sameCell(same, settings));
    settingsOf.set(complete, settings);
    const runs = config.seeds.map((seed) => ({
      seed,
      config: (typeof seed === 'number' ? { ...model, seed } : { ...model, seeds: seed }) as TrainConfig,
    }));
    all.push({ settings, evaluations, runs });
  }
  if (all.length === 0) fail('constraints leave nothing of the grid; take one away');
  checkUse(training, gates, all, config, fail);
  const { search } = config;
  const combinations = only ? all.filter(only) : search ? sampled(all, search) : all;
  const rungs = only ? [] : rungsOf(config, combinations.length); // a later rung was counted with the first
  const cells = rungs.reduce((sum, rung) => sum + rung.cells, 0) || combinations.length * config.seeds.length;
  if (budget !== null && cells > budget) {
    const of = rungs.length > 0 ? `in ${rungs.length} rungs` : `${config.seeds.length} seeds`;
    fail(
      `budget.cells: the grid has ${cells} cells (${combinations.length} combinations, ${of}), ${budget} are allowed; take values or seeds away, or raise the budget`,
    );
  }
  return { paths: training.map(([path]) => path), combinations, primary, controls };
}

/** Every combination of values, the last axis turning fastest. */
function* combinationsOf(axes: readonly [string, JsonValue[]][]): Generator<JsonObject> {
  const [first, ...rest] = axes;
  if (!first) {
    yield {};
    return;
  }
  for (const value of first[1])
    for (const others of combinationsOf(rest)) yield { [first[0]]: value, ...others };
}

/** The base with the settings in their places, checked. Whole parts come before parts of them. */
function applied(base: JsonObject, settings: JsonObject, where: string): TrainConfig {
  const entries = Object.entries(settings).sort(([a], [b]) => a.split('.').length - b.split('.').length);
  const put = (chosen: typeof entries) => {
    const name = chosen.map(([path, value]) => `axis ${quote(path)} = ${JSON.stringify(value)}`).join(', ');
    return within(where, () => {
      const config = chosen.reduce((config, [path, value]) => withPath(config, path, value), base);
      const parsed = parseTrainConfig(config, name);
      // What lets no picture in has no gate.
      return parsed.model.fusion.kind === 'none'
        ? { ...parsed, model: { ...parsed.model, gate: null } }
        : parsed;
    });
  };
  try {
    return put(entries);
  } catch (error) {
    // Where one axis is wrong by itself, it alone is named.
    for (const entry of entries) put([entry]);
    const when = JSON.stringify({ when: settings, skip: true });
    throw new InputError(
      `${(error as Error).message}\n  to leave this combination out, add to constraints: ${when}`,
    );
  }
}

/** What of the axes of evaluation tells something of this model. */
function evaluationsOf(
  { model }: TrainConfig,
  { conditions, primary, gates, texts }: Omit<ReturnType<typeof evaluationAxes>, 'controls'>,
): PlannedEvaluation[] {
  if (model.fusion.kind === 'none') return texts.map((text) => ({ condition: primary, text, gate: null }));
  const own = model.gate ? gates : [null];
  // A gate at 0 lets no picture in, whichever it is; without a picture there is nothing to let in.
  const tells = ({ condition, gate }: Omit<PlannedEvaluation, 'text'>) =>
    condition === primary || (gate !== 0 && (condition !== 'none' || gate === own[0]));
  const shown = conditions.flatMap((condition) => own.map((gate) => ({ condition, gate }))).filter(tells);
  return texts.flatMap((text) => shown.map((one) => ({ ...one, text })));
}

function evaluationAxes(config: AblationConfig, task: string, fail: Fail) {
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
  return { conditions, primary, controls: controls.filter((control) => control !== primary), gates, texts };
}

function within<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${where}: ${error.message}`);
    throw error;
  }
}
