/**
 * @file A file that appears whole or not at all: written under a temporary name beside its place, flushed to
 * the disk, then renamed over it. A failure (a full disk, a kill) leaves the old file, or none, under the
 * final name; on a failure that the process lives to see, the temporary file is removed as well.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Largest piece handed to one write or read: the calls below cannot take 2^31 bytes at once. */
const PIECE = 1 << 28;

/** Writes `path` through `write`, which gets an open file; the name `path` appears when all is on the disk. */
export async function writeFileAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`,
  );
  const file = await open(temporary, 'wx');
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Writes all of `bytes` at the file's position. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(PIECE, bytes.length - at));
    at += bytesWritten;
  }
}

/** Reads into `bytes` from `position` until they are full or the file ends; returns how many were read. */
export async function readAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, bytes.length - at), position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** Flushes a folder's list of names to the disk; systems that cannot (Windows) are left to their own ways. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
