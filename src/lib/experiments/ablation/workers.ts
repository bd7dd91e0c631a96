/**
 * @file Processes that work through a grid while this one looks on: on this machine, or as an array of Slurm. They share
 * nothing but the folder; what they have done is what the ledger says.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { cancelSlurm, type SlurmJob, slurmTasks, submitSlurm } from '../slurm';
import { isSettled } from './cell';
import { Ledger, type LedgerLine } from './ledger';
import type { AblationPlan } from './plan';
import { AblationInterrupted } from './run';

export interface Workers {
  /** For people: `Slurm job 17`. */
  name: string;
  /** How many work, and how many wait to. */
  count(): Promise<{ pending: number; running: number }>;
  /** Ends them; each saves a checkpoint of its cell first. */
  stop(): Promise<void>;
  /** Why one of them would not work at all, as far as that can be known here; `null` where none has complained. */
  refusal?(): string | null;
}

/** Exit code of a worker that found its input wrong. */
const REFUSED = 2;

/**
 * `count` processes on this machine; what they say goes to `folder`. Each leads a process group of its own, so that a
 * Ctrl-C reaches this process alone: to a worker it would be the first of two signals, and the second ends it unsaved.
 */
export function localWorkers(command: readonly string[], count: number, folder: string): Workers {
  mkdirSync(folder, { recursive: true });
  const [program, ...args] = command as [string, ...string[]];
  const unstarted = new Map<ChildProcess, Error>();
  const logs = Array.from({ length: count }, (_, i) => join(folder, `worker-${i}.out`));
  const children = logs.map((path): ChildProcess => {
    const log = openSync(path, 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
    child.on('error', (error) => unstarted.set(child, error));
    closeSync(log);
    return child;
  });
  const alive = () =>
    children.filter(
      (child) => child.exitCode === null && child.signalCode === null && !unstarted.has(child) && child.pid,
    );
  const signal = () => {
    for (const child of alive()) child.kill('SIGTERM');
  };
  process.once('exit', signal); // a second Ctrl-C ends this process at once, and is their second signal too
  return {
    name: `${count} processes`,
    async count() {
      const running = alive().length;
      if (running === 0) process.off('exit', signal);
      return { pending: 0, running };
    },
    async stop() {
      signal();
      await Promise.all(alive().map((child) => new Promise((ended) => child.once('exit', ended))));
      process.off('exit', signal);
    },
    refusal() {
      for (const [i, child] of children.entries()) {
        const error = unstarted.get(child);
        if (error) return `${program}: ${error.message}`;
        const said = child.exitCode === REFUSED ? readFileSync(logs[i] as string, 'utf8').trim() : null;
        if (said !== null) return `${logs[i]}: ${said.split('\n').slice(-3).join('\n')}`;
      }
      return null;
    },
  };
}

/** An array of Slurm. Throws an `InputError` where there is no Slurm. */
export async function slurmWorkers(job: SlurmJob): Promise<Workers> {
  const id = await submitSlurm(job);
  return {
    name: `Slurm job ${id}`,
    count: patient(() => slurmTasks(id), `Slurm job ${id}`),
    stop: () => cancelSlurm(id),
  };
}

/** So many failures after one another are an outage that passes. */
const TOLERATED = 30;

/** Asks `count`, and where that fails says what it said last, up to `TOLERATED` times in a row. */
export function patient(count: Workers['count'], name: string, tolerated = TOLERATED): Workers['count'] {
  let last = { pending: 1, running: 0 };
  let failures = 0;
  return async () => {
    try {
      last = await count();
      failures = 0;
    } catch (error) {
      if (++failures > tolerated) {
        const why = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
        throw new Error(
          `${name}: its state could not be asked for ${failures} times in a row (${why}); look after it, then go on with --resume`,
          { cause: error },
        );
      }
    }
    return last;
  };
}

export interface FollowOptions {
  /** What the ledger held before the workers began: its failures are tried again. What it holds now by default. */
  before?: ReadonlyMap<string, LedgerLine>;
  signal?: AbortSignal;
  pollMs?: number;
  onProgress?: (done: number, workers: { pending: number; running: number }) => void;
}

/**
 * Waits until the workers have ended; whatever goes wrong, they are stopped. Throws `AblationInterrupted` on the signal, and
 * an `InputError` where a worker found its input wrong.
 */
export async function followWorkers(
  workers: Workers,
  plan: AblationPlan,
  out: string,
  options: FollowOptions = {},
): Promise<void> {
  const { signal, pollMs = 1000, onProgress } = options;
  const ledger = new Ledger(join(out, 'ledger.jsonl'));
  const before = options.before ?? (await ledger.byId());
  const countDone = (lines: ReadonlyMap<string, LedgerLine>) =>
    plan.cells.filter((cell) => isSettled(plan, cell, lines, before, out)).length;
  let ended = false;
  try {
    for (;;) {
      const now = await workers.count(); // before the ledger: what has ended by then is in it
      ended = now.pending + now.running === 0;
      const done = countDone(await ledger.byId());
      onProgress?.(done, now);
      const refusal = workers.refusal?.();
      if (refusal) throw new InputError(refusal);
      if (signal?.aborted && done < plan.cells.length) {
        await workers.stop();
        ended = true;
        throw new AblationInterrupted(countDone(await ledger.byId()), plan.cells.length);
      }
      if (ended) return;
      await new Promise((next) => setTimeout(next, pollMs));
    }
  } finally {
    if (!ended) await workers.stop().catch(() => {}); // the error that is thrown says more
  }
}
