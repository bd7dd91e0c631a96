/**
 * @file Runs a grid, cell by cell, into one folder:
 *
 *     config.json  ledger.jsonl  cells/ID/…  claims/
 *
 * Whatever happens, what is in the ledger is done: a stopped or killed run goes on with `resume`, several processes may
 * go on at once, and a cell that fails is written down with its error while the others go on.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from '../../engine';
import { InputError } from '../../errors';
import type { Metrics } from '../../training/evaluation';
import type { TrainingEvent } from '../../training/events';
import { isDone, runCell, writeJson } from './cell';
import { claim } from './claims';
import type { AblationConfig } from './config';
import { recordsSeen } from './costs';
import type { Combination } from './grid';
import { codeVersion } from './identity';
import { Ledger, type LedgerLine } from './ledger';
import { type AblationPlan, type Cell, evaluationName, planAblation } from './plan';

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
  failed: number;
}

const POLL_MS = 500;

/**
 * Runs what is missing of the grid. Throws an `InputError` for wrong input, before anything is written, and
 * `AblationInterrupted` on the signal.
 */
export async function runAblation(
  config: AblationConfig,
  out: string,
  options: AblationOptions = {},
): Promise<RanAblation> {
  const { folder = process.cwd(), resume = false, onEvent } = options;
  const plan = await planAblation(config, { ...options, folder });
  await checkFolder(out, resume);
  const ledger = new Ledger(join(out, 'ledger.jsonl'));
  const version = options.codeVersion ?? codeVersion();
  const before = await ledger.byId();
  if (!options.allowMixed) refuseMixture(plan, before, version, out);
  await mkdir(join(out, 'cells'), { recursive: true });
  await writeJson(join(out, 'config.json'), config, 2);

  const { cells } = plan;
  // A failure of an earlier run is tried again; one of this run, here or in another process, is not.
  const isSettled = (cell: Cell, lines: Map<string, LedgerLine>) => {
    const line = lines.get(cell.id);
    if (line?.status === 'failed') return line.startedAt !== before.get(cell.id)?.startedAt;
    return isDone(plan, cell, line, out);
  };
  const settledIn = (lines: Map<string, LedgerLine>) => cells.filter((cell) => isSettled(cell, lines)).length;
  const { torn } = await ledger.read();
  const own = new Set(cells.map(({ id }) => id));
  const foreign = [...before.keys()].filter((id) => !own.has(id)).length;
  onEvent?.({ kind: 'plan', cells: cells.length, done: settledIn(before), torn, foreign });

  let open = cells.filter((cell) => !isSettled(cell, before));
  grid: while (open.length > 0) {
    let worked = false;
    for (const cell of open) {
      const spent = overBudget(config, await ledger.byId(), own);
      if (spent) {
        onEvent?.({ kind: 'spent', what: spent, open: open.length });
        break grid;
      }
      if (options.signal?.aborted)
        throw new AblationInterrupted(settledIn(await ledger.byId()), cells.length);
      const held = await claim(join(out, 'claims'), cell.id);
      if (!held) continue;
      worked = true;
      try {
        if (isSettled(cell, await ledger.byId())) continue; // another process finished it meanwhile
        onEvent?.({ kind: 'cell', cell, number: cells.indexOf(cell) + 1, cells: cells.length });
        const line = await lineOf(plan, cell, out, version, { ...options, folder });
        if (line === null) throw new AblationInterrupted(settledIn(await ledger.byId()), cells.length);
        ledger.append(line);
        report(line, cell, settledIn(await ledger.byId()), cells.length, onEvent);
      } finally {
        await held.release();
      }
    }
    const lines = await ledger.byId();
    open = cells.filter((cell) => !isSettled(cell, lines));
    if (open.length > 0 && !worked) {
      onEvent?.({ kind: 'waiting', cells: open.length });
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
  const lines = await ledger.byId();
  const failed = cells.filter(({ id }) => lines.get(id)?.status === 'failed').length;
  return { plan, ledger: lines, failed };
}

/** What the ledger is to say of a cell, once it has run or failed; `null` where the user stopped it. */
async function lineOf(
  plan: AblationPlan,
  cell: Cell,
  out: string,
  version: string,
  options: AblationOptions & { folder: string },
): Promise<LedgerLine | null> {
  const { id, config, seed, settings, inputs } = cell;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const facts = { id, config, seed, settings, startedAt, codeVersion: version, dataHashes: inputs };
  try {
    const { result, evaluations, compute } = await runCell(plan, cell, out, {
      folder: options.folder,
      codeVersion: version,
      allowMixed: options.allowMixed,
      signal: options.signal,
      onProgress: options.onProgress,
      onTraining: (event) => options.onEvent?.({ kind: 'training', cell, event }),
    });
    const { seconds, peakMemoryBytes, parameters, steps, device } = result;
    const metrics = evaluations[
      evaluationName(cell.evaluations[0] as Cell['evaluations'][number])
    ] as Metrics;
    const { metric } = plan;
    const { cluster } = plan.config;
    const scored = { metric, cluster, metrics, evaluations };
    const cost = { seconds, peakMemoryBytes, parameters, steps, compute, device };
    return { ...facts, status: 'finished', ...scored, ...cost, error: null };
  } catch (error) {
    if (options.signal?.aborted) return null;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new Error(`${out}: the disk is full; what is in the ledger is kept: make room, then --resume`, {
        cause: error,
      });
    }
    const seconds = (performance.now() - started) / 1000;
    const text = error instanceof Error ? error.message : String(error);
    return { ...facts, status: 'failed', metrics: null, seconds, device: describe().device, error: text };
  }
}

function report(
  line: LedgerLine,
  cell: Cell,
  done: number,
  cells: number,
  onEvent: AblationOptions['onEvent'],
): void {
  if (line.status === 'failed') onEvent?.({ kind: 'failed', cell, error: line.error, done, cells });
  else {
    const { metrics, seconds } = line;
    onEvent?.({ kind: 'finished', cell, metrics, seconds, done, cells });
  }
}

/** Makes the folder ready for workers that go on with it. Throws an `InputError` where it is in use. */
export async function beginAblation(config: AblationConfig, out: string, resume: boolean): Promise<void> {
  await checkFolder(out, resume);
  await mkdir(join(out, 'cells'), { recursive: true });
  await writeJson(join(out, 'config.json'), config, 2);
}

/** Throws an `InputError` where the folder is in use, or holds nothing to go on with. */
async function checkFolder(out: string, resume: boolean): Promise<void> {
  const present = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new InputError(`${out}: cannot be used for an ablation (${error.code}); name a folder`);
  });
  if (resume && present.length > 0 && !present.includes('config.json') && !present.includes('ledger.jsonl')) {
    throw new InputError(`${out}: holds no ablation to go on with; name its folder, or an empty one`);
  }
  if (!resume && present.length > 0) {
    throw new InputError(
      `${out}: is not empty; name another folder, or go on with what it holds by --resume`,
    );
  }
}

/** What of the budget is spent, in words; `null` where there is some left. */
function overBudget(
  { budget }: AblationConfig,
  lines: ReadonlyMap<string, LedgerLine>,
  own: ReadonlySet<string>,
): string | null {
  if (budget.hours === null && budget.flops === null) return null;
  let [seconds, flops] = [0, 0];
  for (const line of lines.values()) {
    if (!own.has(line.id)) continue;
    seconds += line.seconds;
    if (line.status === 'finished') flops += recordsSeen(line) * (line.compute?.trainingFlops ?? 0);
  }
  if (budget.hours !== null && seconds >= 3600 * budget.hours) {
    return `budget.hours: ${(seconds / 3600).toPrecision(3)} of ${budget.hours} hours of training`;
  }
  if (budget.flops !== null && flops >= budget.flops) {
    return `budget.flops: ${flops.toExponential(2)} of ${budget.flops.toExponential(2)} operations of training`;
  }
  return null;
}

/** Results of another version of the code may differ for that alone. */
function refuseMixture(
  plan: AblationPlan,
  lines: ReadonlyMap<string, LedgerLine>,
  version: string,
  out: string,
): void {
  const used = plan.cells
    .map((cell) => lines.get(cell.id))
    .filter((line): line is LedgerLine => line?.status === 'finished');
  const others = [...new Set(used.map((line) => line.codeVersion))].filter((other) => other !== version);
  if (others.length === 0) return;
  const count = used.filter((line) => line.codeVersion !== version).length;
  throw new InputError(
    `${join(out, 'ledger.jsonl')}: ${count} finished cells were run by code version ${others.join(' and ')}, this is ${version}; ` +
      'go back to that version, begin in another folder, or mix them knowingly with --allow-mixed',
  );
}
