import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withLock } from '../../scripts/parts/lock';

const folder = mkdtempSync(join(tmpdir(), 'lock-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('withLock', () => {
  it('holds the lock during the work and gives it back, also when the work throws', async () => {
    const file = join(folder, 'a');
    await expect(
      withLock(file, async () => {
        expect(existsSync(file)).toBe(true);
        throw new Error('stopped');
      }),
    ).rejects.toThrow('stopped');
    expect(existsSync(file)).toBe(false);
  });

  it('takes the lock of a dead process, and one that names none', async () => {
    const file = join(folder, 'b');
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    for (const content of [String(child.pid), 'nonsense', '']) {
      writeFileSync(file, content);
      expect(await withLock(file, async () => 'done')).toBe('done');
    }
  });

  it('waits for a living process', async () => {
    const file = join(folder, 'c');
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 900)']);
    writeFileSync(file, String(child.pid));
    const start = Date.now();
    await withLock(file, async () => {});
    expect(Date.now() - start).toBeGreaterThan(450);
    expect(child.exitCode === null && child.signalCode === null).toBe(false);
  });
});
