/**
 * @file One file from the hub into the cache: what an earlier download left is gone on with, a cut connection is
 * taken up again where it broke, the bytes are checked against the hash that the hub lists (SHA-256 of LFS files,
 * git's SHA-1 of `blob SIZE\0` and the bytes of others), and only then does the file get its name.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { writeAll } from '../export/atomic-file';
import { isAlive } from '../export/process-alive';
import { sizeOf } from './cache';

/** A file as the hub lists it. */
export interface ListedFile {
  path: string;
  size: number;
  /** Hexadecimal: 64 digits of SHA-256, or 40 of git's SHA-1. */
  hash: string;
}

export interface DownloadOptions {
  /** The file's bytes from `start` on. */
  open(start: number): Promise<AsyncIterable<Uint8Array>>;
  /** Called with the bytes that are there, after each piece. */
  onBytes(received: number): void;
  signal?: AbortSignal;
}

/** Attempts in a row that bring no byte, after which the download is given up; what is there is kept. */
const ATTEMPTS = 3;
/** A partial file of another machine is left alone while it may still be written to. */
const ABANDONED_AFTER_MS = 10 * 60_000;
const MACHINE = createHash('sha1').update(hostname()).digest('hex').slice(0, 8);
/** Partial files that this process writes at this moment. */
const inUse = new Set<string>();

/** Brings `file` to `blob`. Throws an `Error` where the connection stays broken or the bytes are not the listed ones. */
export async function downloadBlob(file: ListedFile, blob: string, options: DownloadOptions): Promise<void> {
  await mkdir(dirname(blob), { recursive: true });
  const partial = await takePartial(blob);
  try {
    await fill(file, partial, options);
    await check(file, partial);
    await rename(partial, blob);
  } finally {
    inUse.delete(partial);
  }
}

async function fill(
  file: ListedFile,
  partial: string,
  { open: from, onBytes, signal }: DownloadOptions,
): Promise<void> {
  const out = await open(partial, 'a');
  try {
    let received = (await out.stat()).size;
    if (received > file.size) {
      await out.truncate(0);
      received = 0;
    }
    onBytes(received);
    for (let failures = 0; received < file.size; ) {
      const before = received;
      try {
        for await (const bytes of await from(received)) {
          signal?.throwIfAborted();
          await writeAll(out, bytes);
          received += bytes.length;
          onBytes(received);
          if (received > file.size) break;
        }
        if (received < file.size) throw new Error('the connection ended early');
      } catch (cause) {
        signal?.throwIfAborted();
        failures = received > before ? 0 : failures + 1;
        if (failures < ATTEMPTS && isPassing(cause)) continue;
        const said = cause instanceof Error ? cause.message : String(cause);
        throw new Error(
          `${file.path}: ${received} of ${file.size} bytes came, then: ${said}. What came is kept: the next attempt goes on from there.`,
          { cause },
        );
      }
    }
    await out.sync();
  } finally {
    await out.close();
  }
}

/** Whether it may be otherwise in a moment: a broken connection or a server's fault, not a refusal. */
function isPassing(error: unknown): boolean {
  const status = (error as { statusCode?: number } | null)?.statusCode;
  return status === undefined || status >= 500 || status === 429;
}

async function check(file: ListedFile, partial: string): Promise<void> {
  const isSha256 = file.hash.length === 64;
  const hash = createHash(isSha256 ? 'sha256' : 'sha1');
  if (!isSha256) hash.update(`blob ${file.size}\0`);
  for await (const bytes of createReadStream(partial)) hash.update(bytes as Buffer);
  const found = hash.digest('hex');
  const size = await sizeOf(partial);
  if (found === file.hash && size === file.size) return;
  await rm(partial, { force: true });
  throw new Error(
    `${file.path}: the ${size} bytes that came are not the file: expected ${isSha256 ? 'SHA-256' : "git's SHA-1"} ${file.hash}, ` +
      `found ${found}. They were thrown away: download again`,
  );
}

/** A partial file that nobody else writes to: one that was left behind, renamed to be ours, or a new name. */
async function takePartial(blob: string): Promise<string> {
  const folder = dirname(blob);
  for (let i = 0; ; i++) {
    const ours = join(folder, `${basename(blob)}.${MACHINE}-${process.pid}-${i}.incomplete`);
    if (inUse.has(ours)) continue;
    inUse.add(ours);
    if ((await sizeOf(ours)) !== null) return ours;
    for (const name of await readdir(folder)) {
      if (!name.startsWith(`${basename(blob)}.`) || !name.endsWith('.incomplete')) continue;
      const left = join(folder, name);
      if (inUse.has(left) || !(await isAbandoned(left))) continue;
      // The rename is the lock: only one of several processes gets the file.
      if (
        await rename(left, ours).then(
          () => true,
          () => false,
        )
      )
        break;
    }
    return ours;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const [, machine, pid] = /\.([0-9a-f]{8})-(\d+)-\d+\.incomplete$/.exec(path) ?? [];
  if (machine === MACHINE) return Number(pid) === process.pid || !isAlive(Number(pid));
  const status = await stat(path).catch(() => null);
  return status !== null && Date.now() - status.mtimeMs > ABANDONED_AFTER_MS;
}
