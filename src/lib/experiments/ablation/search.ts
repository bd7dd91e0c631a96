/**
 * @file Searches over the grid's combinations instead of all of them:
 *
 *     random               `samples` of the combinations, drawn by `seed`
 *     successive-halving   all of those begin with `steps` steps; the best 1/factor by their validation records go on to
 *                          factor times as many, and so on until one is left or `rungs` are done
 *
 * (Jamieson and Talwalkar 2016; the asynchronous form of Li et al. 2020 promotes before a rung is full, which pays from
 * many workers on: here the processes of one folder wait for each other at the end of a rung.) Every rung trains from the
 * start, since a schedule depends on its number of steps: with factor 3 that costs half as much again. Rungs below the
 * last see the first seed alone, the last one all of them; test records are never looked at in order to choose.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellFolder } from './cell';
import type { AblationConfig } from './config';
import { expandGrid } from './grid';
import { InputHashes } from './identity';
import { canonicalJson, type JsonObject } from './paths';
import { type AblationPlan, planAblation } from './plan';
import { type AblationOptions, type RanAblation, runAblation } from './run';
import { isLastRung, rungConfig, rungsOf } from './rungs';
import { higherIsBetter } from './scores';

/** One round of a search, once it is done: what went on, best first. */
export interface Rung {
  steps: number;
  tried: number;
  kept: { settings: JsonObject; score: number }[];
}

/**
 * Runs the rungs, each as a grid in the same folder and ledger; gives the last, or the one in which the budget was spent,
 * after which nothing goes on. A random search is one grid.
 */
export async function searchAblation(
  config: AblationConfig,
  out: string,
  options: AblationOptions & { onRung?: (rung: Rung) => void } = {},
): Promise<RanAblation & { config: AblationConfig; rungs: Rung[] }> {
  const { search } = config;
  if (search?.kind !== 'successive-halving')
    return { ...(await runAblation(config, out, options)), config, rungs: [] };
  const { configName, folder = process.cwd() } = options;
  const { combinations } = expandGrid(config, configName);
  const related = new Set<string>();
  const hashes = new InputHashes(folder, options.onProgress);
  for (const { steps } of rungsOf(config, combinations.length)) {
    // Any of the combinations may go on.
    const any = rungConfig(config, { steps, isLast: true }, configName);
    for (const { id } of (await planAblation(any, { ...options, folder, hashes })).cells) related.add(id);
  }
  const rungs: Rung[] = [];
  let kept: ReadonlySet<string> | null = null; // of the first rung: the sample
  for (let rung = 0, { steps } = search; ; rung++, steps *= search.factor) {
    const isLast: boolean = isLastRung(rung, kept?.size ?? combinations.length, search);
    const here = rungConfig(config, { steps, isLast }, configName);
    const among: ReadonlySet<string> | null = kept;
    const ran = await runAblation(here, out, {
      ...options,
      related,
      resume: options.resume || rung > 0,
      ...(among ? { only: ({ settings }) => among.has(canonicalJson(settings)) } : {}),
    });
    if (isLast || ran.spent) return { ...ran, config: here, rungs };
    const scored = await validationScores(ran.plan, out);
    if (scored.length === 0) throw new Error(`${out}: no cell of the rung of ${steps} steps has finished`);
    const best = scored.slice(0, Math.max(1, Math.floor(scored.length / search.factor)));
    rungs.push({ steps, tried: ran.plan.cells.length, kept: best });
    options.onRung?.(rungs.at(-1) as Rung);
    kept = new Set(best.map(({ settings }) => canonicalJson(settings)));
  }
}

/** Best first: the best validation score that each cell reached in training. */
async function validationScores(
  plan: AblationPlan,
  out: string,
): Promise<{ settings: JsonObject; score: number }[]> {
  const scored: { settings: JsonObject; score: number }[] = [];
  for (const cell of plan.cells) {
    const file = join(cellFolder(out, cell.id), 'metrics.jsonl');
    if (!existsSync(file)) continue;
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    const found = lines.flatMap((line) => {
      const one = JSON.parse(line) as { kind: string; [name: string]: unknown };
      // What is written is too slow to be judged in training: there the loss decides.
      const value = one[plan.metric] ?? (one.loss === undefined ? undefined : -(one.loss as number));
      return one.kind === 'evaluation' && typeof value === 'number'
        ? [plan.metric in one && !higherIsBetter(plan.metric) ? -value : value]
        : [];
    });
    if (found.length > 0) scored.push({ settings: cell.settings, score: Math.max(...found) });
  }
  return scored.sort((a, b) => b.score - a.score);
}
