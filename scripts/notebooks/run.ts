/** @file Runs a list of notebooks with progress, keeps executed copies and pages, and tells every error. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Jupyter } from '../parts/jupyter';
import { PLACES, shown } from '../parts/project';
import { SetupError, say } from '../parts/talk';
import { describeError, type Execution, executeNotebook } from './execute';
import { writeHtml } from './html';
import { inLanes } from './lanes';
import { readNotebook, writeNotebook } from './notebook';
import { ProgressBoard } from './progress';

/** What the notebooks' configuration reads from `SIGHTLINE_PROFILE`: minutes for a check, or the real figures. */
export const PROFILES = ['fast', 'full'] as const;
export type Profile = (typeof PROFILES)[number];

/** Files as given, and of folders the notebooks directly inside, in order of name. */
export function findNotebooks(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new SetupError(`${path}: no such file or folder`, 2);
    if (!statSync(path).isDirectory()) return [resolve(path)];
    const names = readdirSync(path).filter((name) => name.endsWith('.ipynb'));
    return names.sort().map((name) => resolve(path, name));
  });
}

export interface RunOptions {
  files: readonly string[];
  profile: Profile;
  /** For each notebook. */
  limitSeconds: number;
  /** Converts the executed copies to HTML; `null`: no pages. */
  jupyter: Jupyter | null;
  /** Where copies and pages go. Default `runs/notebooks`. */
  folder?: string;
}

/** A name of its own for each: `solutions/01-….ipynb` becomes `solutions-01-….ipynb`. */
function copyName(file: string): string {
  const inside = relative(PLACES.notebooks, file);
  return inside.startsWith('..') ? basename(file) : inside.split(sep).join('-');
}

/** Notebooks that run at once: tslab compiles on one core what engines and kernels leave idle. */
const LANES = Math.min(2, availableParallelism());

/** Each lane has its share of the cores, unless the user says how many threads there shall be. */
const threadsFor = (files: number): string =>
  process.env.SIGHTLINE_THREADS || String(Math.floor(availableParallelism() / Math.min(LANES, files)));

/**
 * The notebooks whose runs and data this one goes on from, if they run too: `"sightline": { "after": […] }` in its
 * metadata, by the names of their files. A solution stands after its notebook.
 */
export function namedBefore(file: string): string[] {
  const { sightline } = readNotebook(file).metadata as { sightline?: { after?: string[] } };
  const own = dirname(file) === PLACES.solutions ? [basename(file)] : [];
  return [...own, ...(sightline?.after ?? [])].map((name) => join(PLACES.notebooks, name));
}

/** Runs each notebook to its end or first failing cell, some at once. Errors are in the result, and told on stderr. */
export async function runNotebooks(options: RunOptions): Promise<Execution[]> {
  const folder = options.folder ?? PLACES.executed;
  mkdirSync(folder, { recursive: true });
  const board = new ProgressBoard();
  const executions = await inLanes(options.files, {
    lanes: LANES,
    before: namedBefore,
    run: (file) => runOne(file, join(folder, copyName(file)), options, board),
  });
  const copies = options.files.map((file) => join(folder, copyName(file)));
  if (options.jupyter) await writeHtml(options.jupyter, copies, folder);
  return executions;
}

async function runOne(
  file: string,
  copy: string,
  { files, profile, limitSeconds }: RunOptions,
  board: ProgressBoard,
): Promise<Execution> {
  const progress = board.begin(shown(file));
  // A page of an earlier run must not stand beside this run's notebook.
  rmSync(copy.replace(/\.ipynb$/, '.html'), { force: true });
  const execution = await executeNotebook(file, {
    env: { SIGHTLINE_PROFILE: profile, SIGHTLINE_THREADS: threadsFor(files.length) },
    limitSeconds,
    onProgress: (done, total) => progress.update(done, total),
  });
  const { errors, cellsTotal, seconds } = execution;
  progress.finish(
    errors.length === 0
      ? `${cellsTotal} cells passed in ${seconds.toFixed(1)} s`
      : `FAILED after ${seconds.toFixed(1)} s`,
  );
  for (const error of errors) say(describeError(execution, error));
  writeNotebook(copy, execution.notebook);
  return execution;
}
