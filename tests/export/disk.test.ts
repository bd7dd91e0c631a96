/** @file What a disk does to a writer and a reader: full, killed, and larger than memory. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSafetensors, readSafetensors, type SafeTensor, writeSafetensors } from '../../src/lib/export';
import { compileForChild } from '../support/compile-for-child';

let folder: string;
let compiled: ReturnType<typeof compileForChild>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-'));
  compiled = compileForChild(['src/lib/export/safetensors-write']);
});
afterAll(async () => {
  compiled.remove();
  await rm(folder, { recursive: true });
});

/** A child that writes 4 MB to `path`; `before` runs first. */
const writer = (path: string, before = '') => `
  ${before}
  const { writeSafetensors } = require(${JSON.stringify(compiled.path('src/lib/export/safetensors-write'))});
  const tensors = new Map([['w', { dtype: 'F32', shape: [1 << 20], data: new Float32Array(1 << 20).fill(7) }]]);
  writeSafetensors(${JSON.stringify(path)}, tensors).then(
    () => process.exit(0),
    (error) => { console.error(error.code ?? error); process.exit(1); },
  );`;

it.skipIf(process.platform === 'win32')(
  'a disk that fills half way: an error, the old file, no rest',
  async () => {
    const path = join(folder, 'full.safetensors');
    // A limit on the size of files fails the write as a full disk does, with bytes of it already written.
    const run = () =>
      spawnSync('bash', ['-c', 'ulimit -f 2048 && exec "$0" -e "$1"', process.execPath, writer(path)], {
        encoding: 'utf8',
      });
    const first = run();
    expect(first.stderr).toContain('EFBIG');
    expect(first.status).toBe(1);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(path, 'the old file');
    expect(run().status).toBe(1);
    expect(await readFile(path, 'utf8')).toBe('the old file');
    expect(await readdir(folder)).toEqual(['full.safetensors']);
  },
);

it('a writer killed before its rename leaves the old file', async () => {
  const path = join(folder, 'killed.safetensors');
  await writeSafetensors(path, new Map<string, SafeTensor>());
  const kill = `const fs = require('node:fs/promises'); fs.rename = () => process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync(process.execPath, ['-e', writer(path, kill)]);
  expect(signal).toBe('SIGKILL');
  expect((await readSafetensors(path)).tensors.size).toBe(0);
});

it('reads the last tensor of a file of 6 GB without reading the rest', async () => {
  const path = join(folder, 'long.safetensors');
  const rows = 1_500_000;
  const big = rows * 4 * 1000;
  const header = Buffer.from(
    `{"big":{"dtype":"F32","shape":[${rows},1000],"data_offsets":[0,${big}]},"last":{"dtype":"U8","shape":[3],"data_offsets":[${big},${big + 3}]}}`,
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = await open(path, 'w');
  await file.write(Buffer.concat([length, header]));
  await file.write(Buffer.from([4, 5, 6]), 0, 3, 8 + header.length + big); // a hole takes no room on the disk
  await file.close();
  const opened = await openSafetensors(path);
  expect(opened.tensors.get('big')).toMatchObject({ shape: [rows, 1000], byteLength: 6e9 });
  expect((await opened.read('last')).data).toEqual(new Uint8Array([4, 5, 6]));
  await opened.close();
});
