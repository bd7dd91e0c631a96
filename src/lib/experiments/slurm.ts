/**
 * @file A job array on Slurm: each task is a worker that takes open cells of the grid until none is left, so a task that
 * is preempted and requeued, or killed by its time limit, goes on where the ledger and its checkpoint say. Slurm signals
 * a minute before the limit; the worker then saves a checkpoint and ends. Left out: other schedulers.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../errors';

const run = promisify(execFile);

export interface SlurmJob {
  /** What each task runs: program and arguments. */
  command: readonly string[];
  tasks: number;
  name: string;
  /** Script and outputs of the tasks go here. */
  folder: string;
  cpus: number;
  memoryMiB: number;
  minutes: number;
  /** GPUs of each task. */
  gpus?: number;
}

/** The batch script. */
export function slurmScript(job: SlurmJob): string {
  const options = [
    `--job-name=${job.name.replace(/[^\w.-]+/g, '-').slice(0, 60)}`,
    `--array=0-${job.tasks - 1}`,
    `--cpus-per-task=${job.cpus}`,
    `--mem=${job.memoryMiB}M`,
    `--time=${Math.max(2, Math.ceil(job.minutes))}`,
    ...(job.gpus ? [`--gres=gpu:${job.gpus}`] : []),
    '--requeue',
    '--open-mode=append',
    '--signal=B:TERM@60',
  ];
  return [
    '#!/bin/sh',
    ...options.map((option) => `#SBATCH ${option}`),
    '# The worker takes the place of this shell, so that Slurm’s signals reach it.',
    `exec ${job.command.map(quoted).join(' ')}`,
    '',
  ].join('\n');
}

/** Throws an `InputError` where there is no Slurm. */
export async function requireSlurm(): Promise<void> {
  await slurm('sbatch', ['--version']);
}

/** Writes the script and submits it; gives the job's id. Throws an `InputError` where there is no Slurm. */
export async function submitSlurm(job: SlurmJob): Promise<string> {
  await mkdir(job.folder, { recursive: true });
  const script = join(job.folder, 'job.sh');
  await writeFile(script, slurmScript(job));
  await chmod(script, 0o755);
  const output = join(job.folder, '%A_%a.out');
  const { stdout } = await slurm('sbatch', ['--parsable', `--output=${output}`, script]);
  return stdout.trim().split(';')[0] as string;
}

/** How many tasks of the job wait or run. */
export async function slurmTasks(id: string): Promise<{ pending: number; running: number }> {
  // One line a task, an array's waiting ones too. A job that Slurm has forgotten is an error of squeue, and is over.
  const states = await slurm('squeue', ['--noheader', '--array', '--format=%T', `--jobs=${id}`]).then(
    ({ stdout }) => stdout.trim().split('\n').filter(Boolean),
    (error: { stderr?: string }) => {
      if (/Invalid job id/i.test(error.stderr ?? '')) return [];
      throw error;
    },
  );
  const pending = states.filter((state) => ['PENDING', 'REQUEUED', 'SUSPENDED'].includes(state)).length;
  return { pending, running: states.length - pending };
}

/** Takes the job's tasks back. */
export async function cancelSlurm(id: string): Promise<void> {
  await slurm('scancel', [id]);
}

async function slurm(program: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  try {
    return await run(program, args);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new InputError(
      `--on slurm: there is no ${program} on this machine; log in where Slurm is, or use --on local`,
    );
  }
}

function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
