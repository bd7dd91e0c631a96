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
  if (before.some(({ owner }) => owner === 'alive')) return null;
  const path = join(folder, `${id}.claim-${1 + Math.max(0, ...before.map(({ generation }) => generation))}`);
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
  const others = (await claimsOf(folder, id)).filter((other) => other.path !== path);
  if (others.some(({ owner }) => owner === 'alive')) {
    await rm(path, { force: true });
    return null;
  }
  // From here on nobody but this owner removes what dead ones have left, so it is what was seen, not a new claim.
  const timer = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), TOUCH_MS);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      for (const other of others) await rm(other.path, { force: true });
      await rm(path, { force: true });
    },
  };
}

interface Seen {
  path: string;
  generation: number;
  owner: 'alive' | 'dead';
}

/** The claims on `id`, without those that were given back while this looked. */
async function claimsOf(folder: string, id: string): Promise<Seen[]> {
  const prefix = `${id}.claim-`;
  const seen: Seen[] = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const owner = await ownerOf(path);
    if (owner) seen.push({ path, generation: Number(name.slice(prefix.length)), owner });
  }
  return seen;
}

/** `null` where the claim is gone. */
async function ownerOf(path: string): Promise<Seen['owner'] | null> {
  try {
    const { pid, host } = JSON.parse(await readFile(path, 'utf8')) as { pid: number; host: string };
    const lives = host === hostname() ? isAlive(pid) : Date.now() - (await stat(path)).mtimeMs < DEAD_MS;
    return lives ? 'alive' : 'dead';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'dead';
  }
}
