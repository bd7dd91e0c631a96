/**
 * @file Searches over the grid's combinations instead of all of them:
 *
 *     random               `samples` of the combinations, drawn by `seed`
 *     successive-halving   all of those begin with `steps` steps; the best 1/factor by their validation records go on to
 *                          factor times as many, and so on until one is left or `rungs` are done
 *     asha                 the same, but nothing waits for a rung to be full (asha.ts)
 *
 * (Jamieson and Talwalkar 2016; Li et al. 2020.) The processes of one folder wait for each other at the end of a rung,
 * but for the asynchronous form, which pays from a few processes on. Every rung trains from the start, since a schedule
 * depends on its number of steps: with factor 3 that costs half as much again. Rungs below the last see the first seed
 * alone, the last one all of them; test records are never looked at in order to choose.
 */
import { runAsha } from './asha';
import type { AblationConfig } from './config';
import { expandGrid } from './grid';
import { InputHashes } from './identity';
import { canonicalJson, type JsonObject } from './paths';
import { type AblationPlan, type Cell, planAblation } from './plan';
import { type AblationOptions, type RanAblation, runAblation } from './run';
import { isLastRung, rungConfig, rungsOf } from './rungs';
import { bestValidation, validationScore } from './validation-score';

/** One round of a search, once it is done: what went on, best first. */
export interface Rung {
  steps: number;
  tried: number;
  /** `score`: the best on validation records, more being better. */
  kept: { settings: JsonObject; score: number }[];
  /** What the first of them reached, as its metric has it; `null` where nothing went on. */
  best: { metric: string; value: number } | null;
}

export interface FinishedSearch extends RanAblation {
  /** Of the grid that `plan` is of. */
  config: AblationConfig;
  rungs: Rung[];
}

/**
 * Runs the rungs, each as a grid in the same folder and ledger; gives the last, or the one in which the budget was spent,
 * after which nothing goes on. A random search is one grid.
 */
export async function searchAblation(
  config: AblationConfig,
  out: string,
  options: AblationOptions & { onRung?: (rung: Rung) => void } = {},
): Promise<FinishedSearch> {
  const { search } = config;
  if (search?.kind === 'asha') return runAsha(config, out, options);
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
  const searched: Cell[] = [];
  let failed = 0;
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
    failed += ran.failed;
    searched.push(...ran.plan.cells);
    if (isLast || ran.spent) {
      return { ...ran, plan: { ...ran.plan, searched }, failed, config: here, rungs };
    }
    const scored = await validationScores(ran.plan, out);
    if (scored.length === 0) throw new Error(`${out}: no cell of the rung of ${steps} steps has finished`);
    const best = scored.slice(0, Math.max(1, Math.floor(scored.length / search.factor)));
    rungs.push({
      steps,
      tried: ran.plan.cells.length,
      kept: best.map(({ settings, score }) => ({ settings, score })),
      best: await bestValidation(out, best[0]?.id as string, ran.plan.metric),
    });
    options.onRung?.(rungs.at(-1) as Rung);
    kept = new Set(best.map(({ settings }) => canonicalJson(settings)));
  }
}

/** Best first: the best validation score that each cell reached in training. */
async function validationScores(
  plan: AblationPlan,
  out: string,
): Promise<{ id: string; settings: JsonObject; score: number }[]> {
  const scored: { id: string; settings: JsonObject; score: number }[] = [];
  for (const { id, settings } of plan.cells) {
    const score = await validationScore(out, id, plan.metric);
    if (score !== null) scored.push({ id, settings, score });
  }
  return scored.sort((a, b) => b.score - a.score);
}
