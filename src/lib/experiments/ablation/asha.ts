/**
 * @file Successive halving without waiting (ASHA; Li et al. 2020): whoever is free lets the best of a rung go on as soon as
 * there are `factor` finished for each that goes on (promotion.ts), else begins another combination of the sample.
 *
 * Nothing is kept but ledger, claims and folders of cells: a combination was begun in a rung where a cell of its has a line
 * or a folder, so that any process can go on after any other was killed, and goes on with what was begun first. A cell's
 * result depends on its config alone, so one process gives the same search each time, killed or not. Of several, what goes
 * on depends on which cell ends first: they give what one gives wherever no combination goes on that the full rung would
 * have left behind. The best 1/factor of every rung as it stands at the end have gone on in any case; like them every rung
 * trains from the start, and the last one with all seeds.
 */
import { Standing } from './asha-standing';
import { beginAblation } from './begin';
import { hasBudget, overBudget } from './budget';
import type { AblationConfig } from './config';
import { failedCells } from './failures';
import { InputHashes } from './identity';
import type { LedgerLine } from './ledger';
import { canonicalJson } from './paths';
import { type AblationPlan, planAblation } from './plan';
import { type RungStanding, ranked } from './promotion';
import { AblationInterrupted, type AblationOptions, POLL_MS } from './run';
import { type PlannedRung, rungConfig, rungsOf } from './rungs';
import { beginningOrder } from './sample';
import type { FinishedSearch, Rung } from './search';
import { bestValidation } from './validation-score';
import { report, type Work, workOn } from './work';

export type AshaOptions = Pick<
  AblationOptions,
  'folder' | 'configName' | 'resume' | 'allowMixed' | 'signal' | 'onEvent' | 'onProgress' | 'codeVersion'
> & { onRung?: (rung: Rung) => void };

/** All that such a search may train. */
export interface AshaPlan {
  rungs: (PlannedRung & { plan: AblationPlan })[];
  /** Numbers of the combinations, in the order in which they begin. */
  order: number[];
  factor: number;
  /** The config itself, with the cells of all rungs. */
  whole: AblationPlan;
  /** Cells, if no more go on from a rung than its 1/factor. */
  expected: number;
}

/** Throws an `InputError` for wrong input; writes nothing. */
export async function planAsha(config: AblationConfig, options: AshaOptions = {}): Promise<AshaPlan> {
  const { search } = config;
  if (search?.kind !== 'asha') throw new Error('planAsha: the config asks for no such search');
  const { folder = process.cwd(), configName, onProgress } = options;
  const hashes = new InputHashes(folder, onProgress);
  const planOf = (grid: AblationConfig) => planAblation(grid, { folder, configName, onProgress, hashes });
  const sample = await planOf(config);
  const planned = rungsOf(config, sample.grid.combinations.length);
  const rungs: AshaPlan['rungs'] = [];
  for (const [i, rung] of planned.entries()) {
    const isLast = i === planned.length - 1;
    const plan = await planOf(rungConfig(config, { steps: rung.steps, isLast }, configName));
    const cells = plan.cells.map((cell) => ({ ...cell, name: `${cell.name}, ${rung.steps} steps` }));
    rungs.push({ ...rung, plan: { ...plan, cells } });
  }
  return {
    rungs,
    order: beginningOrder(sample.grid.combinations.length, search),
    factor: search.factor,
    whole: { ...sample, cells: rungs.flatMap(({ plan }) => plan.cells) },
    expected: planned.reduce((sum, { cells }) => sum + cells, 0),
  };
}

/** Runs what is missing of the search. Throws as `runAblation` does. */
export async function runAsha(
  config: AblationConfig,
  out: string,
  options: AshaOptions = {},
): Promise<FinishedSearch> {
  const { folder = process.cwd(), onEvent, signal } = options;
  const asha = await planAsha(config, options);
  const { whole } = asha;
  const begun = await beginAblation(whole, out, options);
  const { ledger, before } = begun;
  const place = { ...begun, out, options: { ...options, folder } };
  const standing = new Standing(asha, out, before);
  const ids = new Set(whole.cells.map(({ id }) => id));
  const { torn } = await ledger.read();
  const foreign = [...before.keys()].filter((id) => !ids.has(id)).length;
  const progress = (lines: ReadonlyMap<string, LedgerLine>) => ({
    done: standing.settledIn(lines),
    cells: Math.max(asha.expected, standing.settledIn(lines)),
  });
  onEvent?.({ kind: 'plan', ...progress(before), torn, foreign });

  const allowed = config.budget.cells ?? Number.POSITIVE_INFINITY;
  let spent: string | null = null;
  for (;;) {
    const lines = await ledger.byId();
    const { done, cells } = progress(lines);
    if (signal?.aborted) throw new AblationInterrupted(done, cells);
    const open = standing.open(lines);
    const next = await standing.next(lines, allowed);
    const fresh = next === 'not allowed' ? null : next;
    if (open.length === 0 && next === null) break;
    spent = hasBudget(config) ? overBudget(config, lines, ids) : null;
    if (!spent && next === 'not allowed' && open.length === 0) spent = cellsSpent(standing, lines, allowed);
    if (spent) {
      onEvent?.({ kind: 'spent', what: spent, open: cells - done });
      break;
    }
    let work: Work = 'elsewhere';
    for (const cell of fresh ? [...open, fresh] : open) {
      const number = standing.numberOf(cell, lines);
      work = await workOn(standing.planOf(cell), cell, place, () =>
        onEvent?.({ kind: 'cell', cell, number, cells: Math.max(cells, number) }),
      );
      if (work === 'stopped') throw new AblationInterrupted(done, cells);
      if (work === 'elsewhere') standing.others.add(cell.id);
      else {
        if (work !== 'settled') report(work, cell, progress(await ledger.byId()), onEvent);
        break;
      }
    }
    if (work !== 'elsewhere' || fresh) continue; // what is known has changed
    onEvent?.({ kind: 'waiting', cells: open.length });
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  const lines = await ledger.byId();
  const { plan, config: here, rungs } = await finishedAsha(config, asha, lines, out, options);
  for (const rung of rungs) options.onRung?.(rung);
  const failed = failedCells(plan, lines, out).length;
  return { plan, config: here, rungs, ledger: lines, failed, spent: spent !== null };
}

function cellsSpent(standing: Standing, lines: ReadonlyMap<string, LedgerLine>, allowed: number): string {
  return `budget.cells: ${standing.takenOn(lines)} of ${allowed} cells`;
}

/**
 * What the search has come to: the grid of the highest rung that was begun, what went on from those below, how many
 * cells are open, as far as is known (of what was begun, and what would be next), and whether `budget.cells` ended it,
 * in words.
 */
export async function finishedAsha(
  config: AblationConfig,
  asha: AshaPlan,
  lines: ReadonlyMap<string, LedgerLine>,
  out: string,
  { folder = process.cwd(), configName }: AshaOptions = {},
): Promise<Pick<FinishedSearch, 'plan' | 'config' | 'rungs'> & { open: number; spent: string | null }> {
  const standing = new Standing(asha, out, new Map());
  const standings = await standing.of(lines);
  const allowed = config.budget.cells ?? Number.POSITIVE_INFINITY;
  const next = await standing.next(lines, allowed);
  const top = Math.max(
    0,
    standings.findLastIndex(({ begun }) => begun.size > 0),
  );
  const settingsOf = (combination: number) =>
    (asha.whole.grid.combinations[combination] as AblationPlan['grid']['combinations'][number]).settings;
  const rungs: Rung[] = [];
  for (const [i, { begun, scores }] of standings.slice(0, top).entries()) {
    const above = (standings[i + 1] as RungStanding).begun;
    const kept = ranked(scores, asha.order).filter((combination) => above.has(combination));
    const best = kept[0] === undefined ? undefined : standing.cellsOf(i, kept[0])[0];
    rungs.push({
      steps: (asha.rungs[i] as PlannedRung).steps,
      tried: begun.size,
      kept: kept.map((one) => ({ settings: settingsOf(one), score: scores.get(one) as number })),
      best: best ? await bestValidation(out, best.id, asha.whole.metric) : null,
    });
  }
  const { steps } = asha.rungs[top] as PlannedRung;
  const { begun } = standings[top] as RungStanding;
  // Before anything has begun it is the whole sample.
  const reached = new Set(
    [...(begun.size > 0 ? begun : asha.order)].map((one) => canonicalJson(settingsOf(one))),
  );
  const here = rungConfig(config, { steps, isLast: top === asha.rungs.length - 1 }, configName);
  const only = ({ settings }: { settings: object }) => reached.has(canonicalJson(settings));
  const plan = await planAblation(here, { folder, configName, only });
  const open = standing.open(lines).length + (next === null || next === 'not allowed' ? 0 : 1);
  const spent = next === 'not allowed' && open === 0 ? cellsSpent(standing, lines, allowed) : null;
  return { plan: { ...plan, searched: asha.whole.cells }, config: here, rungs, open, spent };
}
