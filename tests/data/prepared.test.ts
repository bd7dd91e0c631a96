import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { preparedConversion, preparedScenes } from '../../src/lib/data';
import { compileForChild } from '../support/compile-for-child';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const OPTIONS = { task: 'classification', records: 60, seed: 1, size: 32 } as const;
let compiled: ReturnType<typeof compileForChild>;

beforeAll(() => {
  compiled = compileForChild(['src/lib/data/prepared']);
});
afterAll(() => compiled.remove());

/** Another process that prepares the folder; the messages it ended with. */
function prepareElsewhere(out: string): Promise<string> {
  const script = `require(${JSON.stringify(compiled.path('src/lib/data/prepared'))})
    .preparedScenes(${JSON.stringify(out)}, ${JSON.stringify(OPTIONS)})
    .catch((error) => { process.stderr.write(error.message); process.exitCode = 1; })`;
  const child = spawn(process.execPath, ['-e', script], {
    env: { ...process.env, NODE_PATH: resolve('node_modules') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((done) => child.on('close', (code) => done(code === 0 ? '' : said)));
}

it('two that prepare the same folder at once both find it whole', async () => {
  const out = join(folder.path, 'shared');
  expect(await Promise.all([prepareElsewhere(out), prepareElsewhere(out)])).toEqual(['', '']);
  const alone = await preparedScenes(join(folder.path, 'alone'), OPTIONS);
  for (const name of ['train.jsonl', 'about.json'])
    expect(readFileSync(join(out, name), 'utf8')).toBe(readFileSync(join(alone, name), 'utf8'));
});

it('refuses a folder that was made with other arguments', async () => {
  const out = join(folder.path, 'made');
  await preparedScenes(out, OPTIONS);
  await expect(preparedScenes(out, { ...OPTIONS, seed: 2 })).rejects.toThrow(
    /was made with seed 1, not 2; remove it, or name another folder/,
  );
});

it('refuses converted records that were made with other options', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `Anna B-PER\nis O\n${i} O\n`).join('\n');
  const source = folder.write('one.conll', lines);
  const out = join(folder.path, 'converted');
  await preparedConversion(out, 'conll', source, { seed: 1 });
  expect(await preparedConversion(out, 'conll', source, { seed: 1 })).toBe(out);
  await expect(preparedConversion(out, 'conll', source, { seed: 1, dropShared: true })).rejects.toThrow(
    /was made with dropShared false, not true; remove it, or name another folder/,
  );
});
