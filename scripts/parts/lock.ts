/**
 * @file One set-up at a time: `npm test` in one terminal must not take apart the environment that `npm run lab` in
 * another is building. The lock is a file that names its process; the lock of a dead process counts for nothing.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '../../src/lib/export/process-alive';
import { say } from './talk';

/** Tries to write our process id into `file`; returns the owner's id where it is another living process. */
function take(file: string): number | null {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  let owner = Number.NaN;
  try {
    owner = Number(readFileSync(file, 'utf8'));
  } catch {
    return take(file);
  }
  if (Number.isInteger(owner) && owner > 0 && owner !== process.pid && isAlive(owner)) return owner;
  rmSync(file, { force: true });
  return take(file);
}

/** Runs `work` while holding the lock `file`; waits for a living owner as long as it takes. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  let told = false;
  for (;;) {
    const owner = take(file);
    if (owner === null) break;
    if (!told) say(`Another set-up is under way (process ${owner}): waiting for it…`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
