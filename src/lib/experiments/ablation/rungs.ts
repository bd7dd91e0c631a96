/**
 * @file The rungs of successive halving as far as they are known beforehand: how long each trains, and how many cells it
 * has if none fails.
 *
 *     steps_r = steps · factor^r        combinations_r = ⌊combinations_{r−1} / factor⌋, at least 1
 *
 * Rungs below the last see the first seed alone, the last one all of them. Asynchronously more may go on: some that were
 * among the best for a while.
 */
import { InputError } from '../../errors';
import { parseTrainConfig } from '../../training/train';
import type { AblationConfig } from './config';
import { type JsonObject, withPath } from './paths';

export interface PlannedRung {
  steps: number;
  combinations: number;
  cells: number;
}

/** Axes that would decide how long a cell trains. */
const REFUSED = ['training', 'training.maxSteps', 'training.epochs'];

/** Of a search that begins with so many combinations; none for a grid that halves nothing. */
export function rungsOf({ search, seeds }: AblationConfig, combinations: number): PlannedRung[] {
  if (!search || search.kind === 'random') return [];
  const rungs: PlannedRung[] = [];
  for (let left = combinations, { steps } = search; ; steps *= search.factor) {
    const isLast = isLastRung(rungs.length, left, search);
    rungs.push({ steps, combinations: left, cells: isLast ? left * seeds.length : left });
    if (isLast) return rungs;
    left = Math.max(1, Math.floor(left / search.factor));
  }
}

/** Whether the rung of that number, counted from 0, is the last. */
export function isLastRung(rung: number, combinations: number, { rungs }: { rungs: number }): boolean {
  return rung + 1 >= rungs || combinations === 1;
}

/** The grid of one rung: so many steps, whatever `epochs` says. Throws an `InputError` where an axis says otherwise. */
export function rungConfig(
  config: AblationConfig,
  { steps, isLast }: { steps: number; isLast: boolean },
  where = 'the ablation config',
): AblationConfig {
  const axis = REFUSED.find((path) => path in config.axes);
  if (axis) {
    throw new InputError(
      `${where}: axis ${JSON.stringify(axis)}: successive halving decides how long each cell trains; take the axis away`,
    );
  }
  const { epochs } = parseTrainConfig(config.base, 'base').training;
  const long = withPath(config.base as JsonObject, 'training.maxSteps', steps);
  return {
    ...config,
    // An epoch has a step at least, so that as many epochs as steps never end a training early.
    base: withPath(long, 'training.epochs', Math.max(epochs, steps)) as AblationConfig['base'],
    seeds: isLast ? config.seeds : config.seeds.slice(0, 1),
  };
}

/** What runs first: the first rung of a search by halving, else the grid itself. */
export function firstGrid(config: AblationConfig, combinations: number, where?: string): AblationConfig {
  const [first, ...rest] = rungsOf(config, combinations);
  return first ? rungConfig(config, { steps: first.steps, isLast: rest.length === 0 }, where) : config;
}
