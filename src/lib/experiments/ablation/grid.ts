/**
 * @file From an ablation config to its grid: every combination of the axes' values that no constraint leaves out, each
 * checked as a complete train config, once a seed. What is evaluated of each is listed beside it. A grid that
 * contradicts itself (an axis that is never used, two values that mean the same, nothing left) is refused by the
 * axis's name before anything runs.
 */
import type { Condition } from '../../data';
import { InputError } from '../../errors';
import { nearest } from '../../nn/nearest';
import type { TrainConfig } from '../../training/config';
import { parseTrainConfig } from '../../training/train';
import type { AblationConfig, AblationSeed } from './config';
import { EVALUATION_AXES, evaluationAxes, evaluationsOf, type PlannedEvaluation } from './evaluations';
import { checkConstraints, checkSeeds, checkUse, type Fail, quote, sameCell } from './grid-checks';
import { canonicalJson, type JsonObject, type JsonValue, withPath } from './paths';
import { rungsOf } from './rungs';
import { sampled } from './sample';

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
  /** Ways of decoding on the axis, beside the plain one. */
  guidances: string[];
}

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
  const evaluated = evaluationAxes(config, String(base.task), fail);
  const { conditions, primary, controls, gates, texts, guidances } = evaluated;
  checkConstraints(
    config,
    {
      condition: conditions,
      textCondition: texts,
      gate: gates.map((gate) => gate ?? 'learned'),
      guidance: ['none', ...guidances.values()],
    },
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
    const evaluations = evaluationsOf(model, settings, config, evaluated);
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
  return {
    paths: training.map(([path]) => path),
    combinations,
    primary,
    controls,
    guidances: [...guidances.keys()],
  };
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

function within<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${where}: ${error.message}`);
    throw error;
  }
}
