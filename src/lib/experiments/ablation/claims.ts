/**
 * @file Which process works on a cell, so that several may work through one grid. A claim is a file `ID.claim-N` with
 * its owner's process, which appears whole or not at all (a link to a finished file). Where the owner of the highest N
 * is dead, one process alone can make `ID.claim-(N+1)`; whoever then sees another living claim gives its own back. An
 * owner on another machine counts as living while it touches its claim every half minute.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../export/process-alive';

const TOUCH_MS = 30_000;
const DEAD_MS = 10 * 60_000;

export interface Claim {
  release(): Promise<void>;
}

/** Claims `id` in `folder`; `null` where another living process has it. */
export async function claim(folder: string, id: string): Promise<Claim | null> {
  await mkdir(folder, { recursive: true });
  const before = await claimsOf(folder, id);
  for (const { path } of before) if (await isLive(path)) return null;
  const next = 1 + Math.max(0, ...before.map(({ generation }) => generation));
  const path = join(folder, `${id}.claim-${next}`);
  const draft = join(folder, `.${id}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  await writeFile(draft, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  for (const other of await claimsOf(folder, id)) {
    if (other.path === path || !(await isLive(other.path))) continue;
    await rm(path, { force: true });
    return null;
  }
  const timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), TOUCH_MS);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      for (const other of before) await rm(other.path, { force: true });
      await rm(path, { force: true });
    },
  };
}

async function claimsOf(folder: string, id: string): Promise<{ path: string; generation: number }[]> {
  const prefix = `${id}.claim-`;
  return (await readdir(folder))
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ path: join(folder, name), generation: Number(name.slice(prefix.length)) }));
}

async function isLive(path: string): Promise<boolean> {
  try {
    const { pid, host } = JSON.parse(await readFile(path, 'utf8')) as { pid: number; host: string };
    if (host === hostname()) return isAlive(pid);
    return Date.now() - (await stat(path)).mtimeMs < DEAD_MS;
  } catch {
    return false; // given back meanwhile
  }
}
