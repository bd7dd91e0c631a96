/**
 * @file A folder that appears whole or not at all, and may take the place of an earlier one: it is filled under a
 * hidden name beside its place and renamed when complete. A killed process leaves only hidden folders: a begun one,
 * which the next writer of the same place sweeps away, or, killed between two renames, the earlier folder under
 * `.NAME.old-…`. Folders with checksums, which a killed writer's reader can judge, are in `training/atomic-folder.ts`.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors';
import { syncFolder } from './atomic-file';
import { isAlive } from './process-alive';

export interface OutputFolderOptions {
  /** Files that an earlier folder may consist of to be replaced; without it, only an empty folder is. */
  replaceable?: readonly string[];
}

/**
 * Fills the folder `out` by `fill(folder)`, all or nothing. Throws an `InputError` where `out` is a file, or holds
 * something that is not to be replaced; then nothing was written. What `fill` throws passes through.
 */
export async function writeOutputFolder<T>(
  out: string,
  fill: (folder: string) => Promise<T>,
  options: OutputFolderOptions = {},
): Promise<T> {
  const target = resolve(out);
  await refuseOccupied(target, options);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const mark = `.${basename(target)}.partial-`;
  await sweep(parent, mark);
  const partial = join(parent, `${mark}${process.pid}`);
  await mkdir(partial);
  try {
    const result = await fill(partial);
    await syncFolder(partial);
    await refuseOccupied(target, options); // what came in meanwhile is not thrown away either
    await exchange(partial, target);
    await syncFolder(parent);
    return result;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function exchange(partial: string, target: string): Promise<void> {
  const old = join(dirname(target), `.${basename(target)}.old-${process.pid}`);
  const isThere = (await stat(target).catch(() => null)) !== null;
  if (isThere) await rename(target, old);
  try {
    await rename(partial, target);
  } catch (error) {
    if (isThere) await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function refuseOccupied(target: string, { replaceable }: OutputFolderOptions): Promise<void> {
  const info = await stat(target).catch(() => null);
  if (info === null) return;
  if (!info.isDirectory()) {
    throw new InputError(`${target}: is a file; expected a folder, or a name that does not exist yet`);
  }
  const held = await readdir(target);
  if (held.length === 0) return;
  if (!replaceable) {
    throw new InputError(
      `${target}: holds ${held.length} entries already; name a new folder or empty this one`,
    );
  }
  const foreign = held.filter((name) => !replaceable.includes(name));
  if (foreign.length > 0) {
    throw new InputError(
      `${target}: not replaced: it holds what is no part of a checkpoint: ${foreign.slice(0, 5).join(', ')}`,
    );
  }
}

/** Removes what killed processes have left: hidden folders whose process is gone. */
async function sweep(parent: string, mark: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(mark)) continue;
    const pid = Number(name.slice(mark.length));
    if (pid === process.pid || !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}
