/**
 * @file The cache of the Hugging Face hub on this machine, in the layout of Python's `huggingface_hub`, so that each
 * finds what the other has downloaded:
 *
 *     models--OWNER--NAME/refs/main                     the commit that `main` was when it was last asked
 *     models--OWNER--NAME/snapshots/COMMIT/config.json  → ../../blobs/HASH
 *     models--OWNER--NAME/blobs/HASH                    SHA-256 of an LFS file, git's SHA-1 of any other
 *
 * Left out: Python's lock files (each download here has a name of its own until it is checked and renamed).
 */
import { mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { writeAll, writeFileAtomically } from '../export/atomic-file';

export const COMMIT = /^[0-9a-f]{40}$/;

type Environment = Readonly<Record<string, string | undefined>>;

/** The cache's folder: `HF_HUB_CACHE`, else `HF_HOME`/hub, else `~/.cache/huggingface/hub`. */
export function hubCacheFolder(environment: Environment = process.env): string {
  const home = (path: string) => (/^~(?=[/\\]|$)/.test(path) ? join(homedir(), path.slice(1)) : path);
  const whole = environment.HF_HUB_CACHE ?? environment.HUGGINGFACE_HUB_CACHE;
  if (whole) return home(whole);
  const base = environment.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(home(environment.HF_HOME ?? join(base, 'huggingface')), 'hub');
}

/** Whether `HF_HUB_OFFLINE` (or `TRANSFORMERS_OFFLINE`) says that nothing is to be asked of the network. */
export function isOffline(environment: Environment = process.env): boolean {
  const value = environment.HF_HUB_OFFLINE || environment.TRANSFORMERS_OFFLINE || '';
  return ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase());
}

/** The places of one repository in the cache. */
export class CachedRepository {
  readonly folder: string;

  constructor(cache: string, name: string) {
    this.folder = join(cache, `models--${name.replaceAll('/', '--')}`);
  }

  snapshot(commit: string): string {
    return join(this.folder, 'snapshots', commit);
  }

  blob(hash: string): string {
    return join(this.folder, 'blobs', hash);
  }

  /** An empty file that says that a commit has no file of that name. */
  absent(commit: string, name: string): string {
    return join(this.folder, '.no_exist', commit, name);
  }

  /** The commit that a branch or tag was when it was last asked; `null` where it never was. */
  async commitOf(revision: string): Promise<string | null> {
    if (COMMIT.test(revision)) return revision;
    const text = await readFile(join(this.folder, 'refs', revision), 'utf8').catch(() => '');
    return COMMIT.test(text.trim()) ? text.trim() : null;
  }

  /** Notes which commit a branch or tag is. */
  async setCommitOf(revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.commitOf(revision)) === commit) return;
    const path = join(this.folder, 'refs', revision);
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, (file) => writeAll(file, Buffer.from(commit)));
  }

  /** Gives a blob its name in a snapshot: a relative link, or where there are none (Windows) the file itself. */
  async link(commit: string, name: string, hash: string): Promise<void> {
    const path = join(this.snapshot(commit), name);
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    try {
      await symlink(relative(dirname(path), this.blob(hash)), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return; // another process was quicker
      if (code !== 'EPERM' && code !== 'ENOSYS' && code !== 'ENOTSUP') throw error;
      await rename(this.blob(hash), path);
    }
  }
}

/** The size of a file (at the end of links); `null` where there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  const status = await stat(path).catch(() => null);
  return status?.isFile() ? status.size : null;
}
