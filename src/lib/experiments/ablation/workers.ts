/**
 * @file Processes that work through a grid while this one looks on: on this machine, or as an array of Slurm. They share
 * nothing but the folder; what they have done is what the ledger says.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { cancelSlurm, type SlurmJob, slurmTasks, submitSlurm } from '../slurm';
import { Ledger } from './ledger';
import type { AblationPlan } from './plan';
import { AblationInterrupted } from './run';

export interface Workers {
  /** For people: `Slurm job 17`. */
  name: string;
  /** How many work, and how many wait to. */
  count(): Promise<{ pending: number; running: number }>;
  stop(): Promise<void>;
}

/** `count` processes on this machine; what they say goes to `folder`. */
export function localWorkers(command: readonly string[], count: number, folder: string): Workers {
  mkdirSync(folder, { recursive: true });
  const [program, ...args] = command as [string, ...string[]];
  const children = Array.from({ length: count }, (_, i): ChildProcess => {
    const log = openSync(join(folder, `worker-${i}.out`), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  });
  const alive = () => children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  return {
    name: `${count} processes`,
    count: async () => ({ pending: 0, running: alive().length }),
    async stop() {
      for (const child of alive()) child.kill('SIGTERM');
      await Promise.all(alive().map((child) => new Promise((ended) => child.once('exit', ended))));
    },
  };
}

/** An array of Slurm. Throws an `InputError` where there is no Slurm. */
export async function slurmWorkers(job: SlurmJob): Promise<Workers> {
  const id = await submitSlurm(job);
  return { name: `Slurm job ${id}`, count: () => slurmTasks(id), stop: () => cancelSlurm(id) };
}

export interface FollowOptions {
  signal?: AbortSignal;
  pollMs?: number;
  onProgress?: (done: number, workers: { pending: number; running: number }) => void;
}

/** Waits until the workers have ended. On the signal they are stopped, and it throws `AblationInterrupted`. */
export async function followWorkers(
  workers: Workers,
  plan: AblationPlan,
  out: string,
  { signal, pollMs = 1000, onProgress }: FollowOptions = {},
): Promise<void> {
  const ledger = new Ledger(join(out, 'ledger.jsonl'));
  for (;;) {
    const lines = await ledger.byId();
    const done = plan.cells.filter(({ id }) => lines.has(id)).length;
    if (signal?.aborted) {
      await workers.stop();
      throw new AblationInterrupted(done, plan.cells.length);
    }
    const now = await workers.count();
    onProgress?.(done, now);
    if (now.pending + now.running === 0) return;
    await new Promise((next) => setTimeout(next, pollMs));
  }
}
