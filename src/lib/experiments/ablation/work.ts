/** @file The work of one process on one cell: to claim it, run it, and write down what came of it. */
import { join } from 'node:path';
import { describe } from '../../engine';
import type { Metrics } from '../../training/evaluation';
import type { BegunAblation } from './begin';
import { isSettled, runCell } from './cell';
import { claim } from './claims';
import { evaluationName } from './evaluations';
import type { LedgerLine } from './ledger';
import type { AblationPlan, Cell } from './plan';
import type { AblationOptions } from './run';

export interface Workplace extends BegunAblation {
  out: string;
  options: AblationOptions & { folder: string };
}

/** A cell that another process works on or has settled, one that the user stopped, or the line of the ledger. */
export type Work = 'elsewhere' | 'settled' | 'stopped' | LedgerLine;

/** Runs the cell, unless it is another's or settled; `onBegin` is called before it does. */
export async function workOn(
  plan: AblationPlan,
  cell: Cell,
  place: Workplace,
  onBegin: () => void,
): Promise<Work> {
  const { ledger, before, out } = place;
  const held = await claim(join(out, 'claims'), cell.id);
  if (!held) return 'elsewhere';
  try {
    // Another process may have finished it meanwhile.
    if (isSettled(plan, cell, await ledger.byId(), before, out)) return 'settled';
    onBegin();
    const line = await lineOf(plan, cell, place);
    if (line === null) return 'stopped';
    ledger.append(line);
    return line;
  } finally {
    await held.release();
  }
}

/** Tells of a cell that has finished or failed. */
export function report(
  line: LedgerLine,
  cell: Cell,
  { done, cells }: { done: number; cells: number },
  onEvent: AblationOptions['onEvent'],
): void {
  if (line.status === 'failed') onEvent?.({ kind: 'failed', cell, error: line.error, done, cells });
  else onEvent?.({ kind: 'finished', cell, metrics: line.metrics, seconds: line.seconds, done, cells });
}

/** What the ledger is to say of a cell, once it has run or failed; `null` where the user stopped it. */
async function lineOf(
  plan: AblationPlan,
  cell: Cell,
  { out, codeVersion, options }: Workplace,
): Promise<LedgerLine | null> {
  const { id, config, seed, settings, inputs } = cell;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const facts = { id, config, seed, settings, startedAt, codeVersion, dataHashes: inputs };
  try {
    const { result, evaluations, compute } = await runCell(plan, cell, out, {
      folder: options.folder,
      codeVersion,
      allowMixed: options.allowMixed,
      signal: options.signal,
      onProgress: options.onProgress,
      onTraining: (event) => options.onEvent?.({ kind: 'training', cell, event }),
    });
    const { seconds, peakMemoryBytes, parameters, steps, trainingRecords, device } = result;
    const metrics = evaluations[
      evaluationName(cell.evaluations[0] as Cell['evaluations'][number])
    ] as Metrics;
    const { metric } = plan;
    const { cluster } = plan.config;
    const scored = { metric, cluster, metrics, evaluations };
    const cost = { seconds, peakMemoryBytes, parameters, steps, trainingRecords, compute, device };
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
