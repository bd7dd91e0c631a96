import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeOutputFolder } from '../../src/lib/export/output-folder';
import { compileForChild } from '../support/compile-for-child';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
let compiled: ReturnType<typeof compileForChild>;

beforeAll(() => {
  compiled = compileForChild(['src/lib/data/scene/generate']);
});
afterAll(() => compiled.remove());

describe('writeOutputFolder', () => {
  it('takes an empty folder or none, and refuses a full one or a file', async () => {
    mkdirSync(join(folder.path, 'empty'));
    const fill = async (path: string) => writeFileSync(join(path, 'a'), 'a');
    await writeOutputFolder(join(folder.path, 'empty'), fill);
    await writeOutputFolder(join(folder.path, 'deep/er/new'), fill);
    expect(readdirSync(join(folder.path, 'empty'))).toEqual(['a']);
    expect(readdirSync(join(folder.path, 'deep/er'))).toEqual(['new']);
    await expect(writeOutputFolder(join(folder.path, 'empty'), fill)).rejects.toThrow(/holds 1 entries/);
    await expect(writeOutputFolder(join(folder.path, 'empty/a'), fill)).rejects.toThrow(/is a file/);
  });

  it('leaves nothing where filling fails', async () => {
    const failing = writeOutputFolder(join(folder.path, 'failing'), async (path) => {
      writeFileSync(join(path, 'half'), '');
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readdirSync(folder.path).filter((name) => name.includes('failing'))).toEqual([]);
  });

  it('a killed run leaves no half folder under the final name, and the next run sweeps up', async () => {
    const out = join(folder.path, 'killed');
    const script = `require(${JSON.stringify(compiled.path('src/lib/data/scene/generate'))})
      .generateScenes(${JSON.stringify(out)}, { task: 'classification', records: 4000, seed: 1, onProgress: (n) => n === 60 && console.log('sixty') })`;
    const env = { ...process.env, NODE_PATH: resolve(__dirname, '../../node_modules') };
    const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((done) => child.stdout.once('data', done));
    child.kill('SIGKILL');
    await new Promise((done) => child.once('close', done));
    expect(existsSync(out)).toBe(false);
    const left = readdirSync(folder.path).filter((name) => name.startsWith('.killed.partial-'));
    expect(left).toHaveLength(1);
    expect(readdirSync(join(folder.path, left[0] as string, 'images')).length).toBeGreaterThan(50);
    await writeOutputFolder(out, async (path) => writeFileSync(join(path, 'whole'), ''));
    expect(readdirSync(folder.path).filter((name) => name.includes('killed'))).toEqual(['killed']);
    expect(readdirSync(out)).toEqual(['whole']);
  });
});
