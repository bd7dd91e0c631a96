/**
 * @file A folder that appears whole or not at all: it is filled under a hidden name beside its place and renamed
 * when complete. A killed run leaves only the hidden folder, which the next run of the same output sweeps away.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors';

/**
 * Fill the folder `out` by `fill(folder)`, all or nothing.
 * @throws InputError where `out` exists and is not an empty folder; then nothing was written. What `fill` throws
 *   passes through after the hidden folder is removed.
 */
export async function writeFolder<T>(out: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(out);
  await refuseOccupied(target);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const mark = `.${basename(target)}.partial-`;
  await sweep(parent, mark);
  const partial = join(parent, `${mark}${process.pid}`);
  await mkdir(partial);
  try {
    const result = await fill(partial);
    await refuseOccupied(target);
    await rename(partial, target);
    return result;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Refuse an output folder that holds something. An empty one may be taken. */
export async function refuseOccupied(target: string): Promise<void> {
  const info = await stat(target).catch(() => null);
  if (info === null) return;
  if (!info.isDirectory())
    throw new InputError(`--out ${target}: is a file; name a folder that does not exist yet`);
  const held = await readdir(target);
  if (held.length > 0) {
    throw new InputError(
      `--out ${target}: holds ${held.length} entries already; name a new folder or empty this one`,
    );
  }
}

/** Remove what killed runs have left: hidden folders whose process is gone. */
async function sweep(parent: string, mark: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(mark)) continue;
    const pid = Number(name.slice(mark.length));
    if (pid === process.pid || !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
