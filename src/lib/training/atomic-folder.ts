/**
 * @file A folder that appears whole or not at all, and is replaced whole or not at all, for a process that can
 * be killed at any moment.
 *
 * Node renames no folder over another, so three names take part, all beside each other:
 *
 *     folder.being-written   is filled, every file is flushed, its checksums are written last
 *     folder               → folder.replaced   (1)
 *     folder.being-written → folder            (2)
 *     folder.replaced        is removed
 *
 * A kill before (1) leaves the old folder; between (1) and (2) no `folder` stands, but both whole ones do, and
 * the new one is taken; after (2) the new folder stands. `checksums.json` (SHA-256 and length of each file)
 * tells a whole folder from a begun or a damaged one. One process may write a folder at a time; any number may
 * read. Left out: locks.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../errors';
import { syncFolder } from '../export/atomic-file';

const CHECKSUMS = 'checksums.json';
const FORMAT = 'sightline-folder-1';
const FRESH = '.being-written';
const OLD = '.replaced';

interface Checksum {
  bytes: number;
  sha256: string;
}

/**
 * Writes `folder` through `write`, which gets an empty folder to fill, and swaps it for what stood there before.
 * Where `write` throws, the old folder stays and nothing new is left. Throws `InputError` where something else
 * stands there: a file, or a folder with content that was not written by this function.
 */
export async function writeFolderAtomically(
  folder: string,
  write: (empty: string) => Promise<void>,
): Promise<void> {
  const place = resolve(folder);
  const fresh = `${place}${FRESH}`;
  const old = `${place}${OLD}`;
  await mkdir(dirname(place), { recursive: true });
  await recoverFolder(place);
  await refuseForeign(place);
  try {
    await mkdir(fresh);
    await write(fresh);
    await seal(fresh);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  if (await exists(place)) await rename(place, old);
  await rename(fresh, place);
  await syncFolder(dirname(place));
  await rm(old, { recursive: true, force: true });
}

/**
 * Where the whole folder stands now: `folder` itself, or a neighbour if a writer was killed between its two
 * renames; `null` where there is none. Changes nothing on the disk.
 */
export async function locateFolder(folder: string): Promise<string | null> {
  const place = resolve(folder);
  // A living writer passes from one name to the next within the time of two renames: look again.
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await exists(place)) return place;
    // The new folder counts only beside an old one: alone, it is a first writing that never ended.
    if (!(await exists(`${place}${OLD}`))) continue;
    const fresh = `${place}${FRESH}`;
    if ((await exists(fresh)) && (await isWhole(fresh))) return fresh;
    if (await exists(place)) return place;
    if (await exists(`${place}${OLD}`)) return `${place}${OLD}`;
  }
  return null;
}

/**
 * Verifies `folder` and reads it through `read`, which gets the place of the whole one. Where a writer replaces
 * the folder meanwhile, `read` runs again, so that it never returns a mixture of two. Throws `InputError` where
 * there is no folder or where it is damaged.
 */
export async function readFolder<T>(folder: string, read: (place: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const place = await locateFolder(folder);
    if (place === null) throw new InputError(`${folder}: there is nothing here that was written whole`);
    const before = await sheetOf(place);
    const isSame = async () => (await locateFolder(folder)) === place && (await sheetOf(place)) === before;
    try {
      await verifyFolder(place);
      const result = await read(place);
      if (await isSame()) return result;
      if (attempt === 50) throw new InputError(`${folder}: is being replaced faster than it can be read`);
    } catch (error) {
      if (attempt >= 50 || (await isSame())) throw error;
    }
  }
}

/** Puts in order what a killed writer left: afterwards `folder` is whole or absent, and its neighbours are gone. */
export async function recoverFolder(folder: string): Promise<void> {
  const place = resolve(folder);
  const whole = await locateFolder(place);
  if (whole !== null && whole !== place) {
    await rename(whole, place);
    await syncFolder(dirname(place));
  }
  await rm(`${place}${FRESH}`, { recursive: true, force: true });
  await rm(`${place}${OLD}`, { recursive: true, force: true });
}

/** Throws an `InputError` that lists every file of `folder` that is missing, added, or not as it was written. */
export async function verifyFolder(folder: string): Promise<void> {
  const faults = await faultsOf(folder);
  if (faults.length > 0) {
    throw new InputError(
      `${folder}: not as it was written; restore it from a copy, or remove it and start anew:\n  ${faults.join('\n  ')}`,
    );
  }
}

/** Whether all of `folder` is as it was written. It is not, either, where a writer gives it its name meanwhile. */
async function isWhole(folder: string): Promise<boolean> {
  try {
    return (await faultsOf(folder)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The sheet of checksums, which tells one writing of a folder from another. */
async function sheetOf(place: string): Promise<string | null> {
  return readFile(join(place, CHECKSUMS), 'utf8').catch(() => null);
}

async function refuseForeign(place: string): Promise<void> {
  const status = await stat(place).catch(() => null);
  if (status === null) return;
  if (!status.isDirectory())
    throw new InputError(`${place}: expected a folder or nothing here, found a file`);
  if ((await exists(join(place, CHECKSUMS))) || (await readdir(place)).length === 0) return;
  throw new InputError(
    `${place}: this folder has content that was not written here (no ${CHECKSUMS}); it is not replaced: name another one`,
  );
}

async function seal(folder: string): Promise<void> {
  const files: Record<string, Checksum> = {};
  for (const name of await filesOf(folder)) {
    await flush(join(folder, name));
    files[name] = await checksum(join(folder, name));
  }
  const path = join(folder, CHECKSUMS);
  await writeFile(path, `${JSON.stringify({ format: FORMAT, files }, null, 2)}\n`);
  await flush(path);
  const folders = new Set(Object.keys(files).map((name) => dirname(join(folder, name))));
  for (const inside of folders) await syncFolder(inside);
  await syncFolder(folder);
}

async function faultsOf(folder: string): Promise<string[]> {
  const path = join(folder, CHECKSUMS);
  let files: Record<string, Checksum>;
  try {
    const sheet = JSON.parse(await readFile(path, 'utf8')) as { format?: unknown; files?: unknown };
    if (sheet?.format !== FORMAT || typeof sheet.files !== 'object' || sheet.files === null) {
      return [`${CHECKSUMS}: expected a sheet of format ${FORMAT}`];
    }
    files = sheet.files as Record<string, Checksum>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return [
      `${CHECKSUMS}: ${code === 'ENOENT' ? 'missing' : code ? `cannot be read (${code})` : 'not JSON'}`,
    ];
  }
  const faults: string[] = [];
  const found = new Set(await filesOf(folder));
  for (const [name, expected] of Object.entries(files)) {
    if (!found.delete(name)) faults.push(`${name}: missing, expected ${expected?.bytes} bytes`);
    else {
      const { bytes, sha256 } = await checksum(join(folder, name));
      if (bytes !== expected?.bytes)
        faults.push(`${name}: expected ${expected?.bytes} bytes, found ${bytes}`);
      else if (sha256 !== expected.sha256) {
        faults.push(`${name}: expected SHA-256 ${expected.sha256}, found ${sha256}: its content was changed`);
      }
    }
  }
  for (const name of found) faults.push(`${name}: not expected`);
  return faults;
}

/** Files below `folder` but the sheet of checksums, by path with `/`, sorted. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .filter((name) => name !== CHECKSUMS)
    .sort();
}

/** Length and SHA-256 of a file. */
export async function checksum(path: string): Promise<Checksum> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(piece as Buffer);
    bytes += (piece as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Whether `folder`, or what a killed writer left of it, can be read whole. */
export async function hasWholeFolder(folder: string): Promise<boolean> {
  return (await locateFolder(folder)) !== null;
}
