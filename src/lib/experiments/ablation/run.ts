/**
 * @file Runs a grid, cell by cell, into one folder:
 *
 *     config.json  ledger.jsonl  cells/ID/…  claims/
 *
 * Whatever happens, what is in the ledger is done: a stopped or killed run goes on with `resume`, several processes may
 * go on at once, and a cell that fails is written down with its error while the others go on.
 */
import type { Metrics } from '../../training/evaluation';
import type { TrainingEvent } from '../../training/events';
import { beginAblation } from './begin';
import { hasBudget, overBudget } from './budget';
import { isSettled } from './cell';
import type { AblationConfig } from './config';
import { failedCells } from './failures';
import type { Combination } from './grid';
import type { LedgerLine } from './ledger';
import { type AblationPlan, type Cell, planAblation } from './plan';
import { report, workOn } from './work';

export type AblationEvent =
  | { kind: 'plan'; cells: number; done: number; torn: number[]; foreign: number }
  | { kind: 'cell'; cell: Cell; number: number; cells: number }
  | { kind: 'training'; cell: Cell; event: TrainingEvent }
  | { kind: 'finished'; cell: Cell; metrics: Metrics; seconds: number; done: number; cells: number }
  | { kind: 'failed'; cell: Cell; error: string; done: number; cells: number }
  | { kind: 'waiting'; cells: number }
  /** The budget is spent; cells that were not begun stay open. */
  | { kind: 'spent'; what: string; open: number };

export interface AblationOptions {
  /** Where relative paths of the config start; the working folder by default. */
  folder?: string;
  configName?: string;
  /** Go on with what is in the folder. */
  resume?: boolean;
  /** Use results of another version of the code. */
  allowMixed?: boolean;
  signal?: AbortSignal;
  onEvent?: (event: AblationEvent) => void;
  onProgress?: (activity: string, done: number, total: number | null) => void;
  /** Of a search: which combinations go on. */
  only?: (combination: Combination) => boolean;
  /** Cells of the other rungs of a search: in the ledger they are no strangers, and count towards the budget. */
  related?: ReadonlySet<string>;
  /** What the ledger says of the code; found out by default. */
  codeVersion?: string;
}

/** The user stopped the grid; it can be resumed. */
export class AblationInterrupted extends Error {
  readonly exitCode = 130;

  constructor(done: number, cells: number) {
    super(`stopped; ${done} of ${cells} cells are in the ledger; go on with --resume`);
    this.name = 'AblationInterrupted';
  }
}

export interface RanAblation {
  plan: AblationPlan;
  ledger: Map<string, LedgerLine>;
  /** Cells, of all rungs of a search. */
  failed: number;
  /** Whether the budget was spent before all had run. */
  spent: boolean;
}

/** How long to wait for other processes before looking again. */
export const POLL_MS = 500;

/**
 * Runs what is missing of the grid. Throws an `InputError` for wrong input, before anything is written, and
 * `AblationInterrupted` on the signal.
 */
export async function runAblation(
  config: AblationConfig,
  out: string,
  options: AblationOptions = {},
): Promise<RanAblation> {
  const { folder = process.cwd(), related = new Set(), onEvent } = options;
  const plan = await planAblation(config, { ...options, folder });
  const begun = await beginAblation(plan, out, options);
  const { ledger, before } = begun;
  const place = { ...begun, out, options: { ...options, folder } };
  const { cells } = plan;
  const settled = (cell: Cell, lines: ReadonlyMap<string, LedgerLine>) =>
    isSettled(plan, cell, lines, before, out);
  const settledIn = (lines: ReadonlyMap<string, LedgerLine>) =>
    cells.filter((cell) => settled(cell, lines)).length;
  const { torn } = await ledger.read();
  const counted = new Set([...cells.map(({ id }) => id), ...related]);
  const foreign = [...before.keys()].filter((id) => !counted.has(id)).length;
  onEvent?.({ kind: 'plan', cells: cells.length, done: settledIn(before), torn, foreign });

  let spent: string | null = null;
  let open = cells.filter((cell) => !settled(cell, before));
  grid: while (open.length > 0) {
    let worked = false;
    for (const cell of open) {
      if (hasBudget(config)) {
        const lines = await ledger.byId();
        spent = overBudget(config, lines, counted);
        if (spent) {
          onEvent?.({ kind: 'spent', what: spent, open: cells.length - settledIn(lines) });
          break grid;
        }
      }
      if (options.signal?.aborted)
        throw new AblationInterrupted(settledIn(await ledger.byId()), cells.length);
      const number = cells.indexOf(cell) + 1;
      const work = await workOn(plan, cell, place, () =>
        onEvent?.({ kind: 'cell', cell, number, cells: cells.length }),
      );
      if (work === 'elsewhere') continue;
      worked = true;
      const done = settledIn(await ledger.byId());
      if (work === 'stopped') throw new AblationInterrupted(done, cells.length);
      if (work !== 'settled') report(work, cell, { done, cells: cells.length }, onEvent);
    }
    const lines = await ledger.byId();
    open = cells.filter((cell) => !settled(cell, lines));
    if (open.length > 0 && !worked) {
      onEvent?.({ kind: 'waiting', cells: open.length });
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
  const lines = await ledger.byId();
  return { plan, ledger: lines, failed: failedCells(plan, lines, out).length, spent: spent !== null };
}
