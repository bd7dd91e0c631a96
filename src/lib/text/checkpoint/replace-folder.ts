/**
 * @file A folder that appears whole or not at all, and may take the place of an earlier one: it is filled under a
 * hidden name beside its place, then the two are exchanged by two renames. A process killed between these leaves
 * the earlier folder under its hidden name (`.NAME.old-…`), never half of one.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../errors';
import { syncFolder } from '../../export';

/**
 * Fills `folder` by `fill(partial)`. Throws an `InputError` where it holds something already, or with `overwrite`
 * something else than `replaceable` files; then nothing was written.
 */
export async function replaceFolder(
  folder: string,
  replaceable: readonly string[],
  overwrite: boolean,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  const target = resolve(folder);
  await refuseOccupied(target, replaceable, overwrite);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const mark = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const partial = join(parent, `.${basename(target)}.partial-${mark}`);
  const old = join(parent, `.${basename(target)}.old-${mark}`);
  await mkdir(partial);
  try {
    await fill(partial);
    await syncFolder(partial);
    // What came in meanwhile is not thrown away either.
    const isOccupied = await refuseOccupied(target, replaceable, overwrite);
    if (isOccupied) await rename(target, old);
    try {
      await rename(partial, target);
    } catch (error) {
      if (isOccupied) await rename(old, target);
      throw error;
    }
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(parent);
  await rm(old, { recursive: true, force: true });
}

/** Whether there is something to replace. */
async function refuseOccupied(
  target: string,
  replaceable: readonly string[],
  overwrite: boolean,
): Promise<boolean> {
  let held: string[];
  try {
    held = await readdir(target);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new InputError(`${target}: expected a folder, or none yet, to write into`, { cause });
  }
  if (held.length === 0) return true;
  if (!overwrite) {
    throw new InputError(
      `${target}: holds ${held.length} entries already; name a new folder, or replace it by { overwrite: true }`,
    );
  }
  const foreign = held.filter((name) => !replaceable.includes(name));
  if (foreign.length > 0) {
    throw new InputError(
      `${target}: not replaced: it holds what is no part of a checkpoint: ${foreign.slice(0, 5).join(', ')}`,
    );
  }
  return true;
}
