/** @file Checkpoints: exact return, damage found, and processes killed at every step of a write. */
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors';
import type { SafeTensor } from '../../src/lib/export';
import { Generator } from '../../src/lib/random';
import { hasCheckpoint, loadCheckpoint, saveCheckpoint } from '../../src/lib/training/checkpoint';
import { stateFromJson, stateToJson } from '../../src/lib/training/checkpoint-state';
import { compileForChild } from '../support/compile-for-child';

let root: string;
let folder: string;
let compiled: ReturnType<typeof compileForChild>;
beforeAll(() => {
  compiled = compileForChild(['src/lib/training/checkpoint']);
});
afterAll(() => compiled.remove());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  folder = join(root, 'checkpoint');
  return () => rm(root, { recursive: true });
});

function checkpoint(step: number, size = 100) {
  const tensors = new Map<string, SafeTensor>([
    ['weight', { dtype: 'F32', shape: [size], data: new Float32Array(size).fill(step) }],
    ['moment', { dtype: 'F32', shape: [size], data: new Float32Array(size).fill(step / 2) }],
    ['counter', { dtype: 'I64', shape: [], data: new BigInt64Array([BigInt(step)]) }],
  ]);
  return { tensors, state: { step, seed: 'one' } };
}

describe('a checkpoint', () => {
  it('returns to the bit, and replaces the one before it', async () => {
    expect(await hasCheckpoint(folder)).toBe(false);
    await expect(loadCheckpoint(folder)).rejects.toThrow(InputError);
    for (const step of [1, 2]) {
      await saveCheckpoint(folder, checkpoint(step));
      expect(await hasCheckpoint(folder)).toBe(true);
      const { tensors, state } = await loadCheckpoint(folder);
      expect(state).toEqual({ step, seed: 'one' });
      for (const [name, tensor] of checkpoint(step).tensors) expect(tensors.get(name)).toEqual(tensor);
    }
    expect(await readdir(root)).toEqual(['checkpoint']);
    expect((await readdir(folder)).sort()).toEqual(['checksums.json', 'state.json', 'state.safetensors']);
  });

  it('the same content gives the same bytes', async () => {
    const bytes = async () =>
      Promise.all(
        ['checksums.json', 'state.json', 'state.safetensors'].map((f) => readFile(join(folder, f))),
      );
    await saveCheckpoint(folder, checkpoint(3));
    const first = await bytes();
    await saveCheckpoint(folder, checkpoint(3));
    expect(await bytes()).toEqual(first);
  });

  it('one that cannot be written leaves the old one', async () => {
    await saveCheckpoint(folder, checkpoint(1));
    const broken = checkpoint(2);
    broken.tensors.set('broken', { dtype: 'F32', shape: [3], data: new Float32Array(2) });
    await expect(saveCheckpoint(folder, broken)).rejects.toThrow(/"broken": expected 3 numbers/);
    await expect(
      saveCheckpoint(folder, { ...checkpoint(2), state: { f: (() => 1) as never } }),
    ).rejects.toThrow(/state\.state\.f: a function/);
    expect((await loadCheckpoint(folder)).state.step).toBe(1);
    expect(await readdir(root)).toEqual(['checkpoint']);
  });

  it('never replaces a folder of someone else', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.txt'), 'years of work');
    await expect(saveCheckpoint(folder, checkpoint(1))).rejects.toThrow(
      /not written here .* name another one/,
    );
    expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('years of work');
    await writeFile(join(root, 'file'), '');
    await expect(saveCheckpoint(join(root, 'file'), checkpoint(1))).rejects.toThrow(/found a file/);
  });
});

describe('damage', () => {
  const damages: [string, RegExp, () => Promise<void>][] = [
    [
      'a changed byte',
      /state\.safetensors: expected SHA-256 .* its content was changed/,
      async () => {
        const path = join(folder, 'state.safetensors');
        const bytes = await readFile(path);
        bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
        await writeFile(path, bytes);
      },
    ],
    [
      'a cut file',
      /state\.safetensors: expected \d+ bytes, found 300/,
      () => truncate(join(folder, 'state.safetensors'), 300),
    ],
    [
      'a changed state',
      /state\.json: expected SHA-256/,
      async () => {
        const path = join(folder, 'state.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"step": 1', '"step": 7'));
      },
    ],
    ['a missing file', /state\.json: missing, expected \d+ bytes/, () => rm(join(folder, 'state.json'))],
    ['a missing sheet', /checksums\.json: missing/, () => rm(join(folder, 'checksums.json'))],
    ['a broken sheet', /checksums\.json: not JSON/, () => writeFile(join(folder, 'checksums.json'), '{')],
    ['an added file', /notes\.txt: not expected/, () => writeFile(join(folder, 'notes.txt'), '')],
  ];
  for (const [name, message, damage] of damages) {
    it(name, async () => {
      await saveCheckpoint(folder, checkpoint(1));
      await damage();
      await expect(loadCheckpoint(folder)).rejects.toThrow(message);
      await expect(loadCheckpoint(folder)).rejects.toThrow(InputError);
      // A run that has lost its checkpoint can write a new one, unless the folder may be someone else's.
      if (!/checksums.json: missing/.test(String(message.source).replace('\\', ''))) {
        await saveCheckpoint(folder, checkpoint(2));
        expect((await loadCheckpoint(folder)).state.step).toBe(2);
      }
    });
  }
});

describe('a killed writer', () => {
  it('between its two renames: the new one is taken, or the old one if the new one is not whole', async () => {
    await saveCheckpoint(folder, checkpoint(2));
    await cp(folder, `${folder}.being-written`, { recursive: true });
    await saveCheckpoint(join(root, 'older'), checkpoint(1));
    await rename(join(root, 'older'), `${folder}.replaced`);
    await rm(folder, { recursive: true });
    expect((await loadCheckpoint(folder)).state.step).toBe(2);
    await truncate(join(`${folder}.being-written`, 'state.safetensors'), 10);
    expect((await loadCheckpoint(folder)).state.step).toBe(1);
    await saveCheckpoint(folder, checkpoint(3));
    expect((await loadCheckpoint(folder)).state.step).toBe(3);
    expect(await readdir(root)).toEqual(['checkpoint']);
  });

  it('a living writer that ends its work while a reader looks over the new folder: the new one is read', async () => {
    await saveCheckpoint(join(root, 'newer'), checkpoint(2));
    await rename(join(root, 'newer'), `${folder}.being-written`);
    await saveCheckpoint(join(root, 'older'), checkpoint(1));
    await rename(join(root, 'older'), `${folder}.replaced`);
    const reader = `
      const fs = require('node:fs/promises');
      const readdir = fs.readdir;
      let meetings = 0;
      fs.readdir = async function (path, ...rest) {
        if (String(path).endsWith('.being-written') && meetings++ === 0) {
          await fs.rename(path, ${JSON.stringify(folder)});
          await fs.rm(${JSON.stringify(`${folder}.replaced`)}, { recursive: true });
        }
        return readdir.call(this, path, ...rest);
      };
      const { loadCheckpoint } = require(${JSON.stringify(compiled.path('src/lib/training/checkpoint'))});
      loadCheckpoint(${JSON.stringify(folder)}).then(({ state }) => console.log(meetings, state.step));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', reader], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('1 2\n');
  });

  /** A child that saves steps `first` … `last`; at the `killAt`-th call to the file system it kills itself. */
  const child = (first: number, last: number, killAt: number) => `
    const fs = require('node:fs/promises');
    let calls = 0;
    const armed = { on: false };
    const strike = () => {
      if (armed.on && ++calls === ${killAt}) process.kill(process.pid, 'SIGKILL');
    };
    const wrap = (owner, name) => {
      const original = owner[name];
      owner[name] = function (...given) {
        strike();
        const result = original.apply(this, given);
        return result?.then ? result.then((value) => (strike(), value)) : result;
      };
    };
    for (const name of ['mkdir', 'open', 'readdir', 'readFile', 'rename', 'rm', 'stat', 'unlink', 'writeFile']) wrap(fs, name);
    (async () => {
      const probe = await fs.open(process.execPath);
      const prototype = Object.getPrototypeOf(probe);
      for (const name of ['write', 'sync', 'close']) wrap(prototype, name);
      await probe.close();
      const { saveCheckpoint } = require(${JSON.stringify(compiled.path('src/lib/training/checkpoint'))});
      for (let step = ${first}; step <= ${last}; step++) {
        armed.on = step === ${last};
        const fill = (size, value) => ({ dtype: 'F32', shape: [size], data: new Float32Array(size).fill(value) });
        await saveCheckpoint(${JSON.stringify(folder)}, {
          tensors: new Map([['weight', fill(30000, step)], ['moment', fill(30000, step / 2)]]),
          state: { step },
        });
        require('node:fs').writeSync(1, step + '\\n');
      }
      require('node:fs').writeSync(1, 'calls ' + calls + '\\n');
    })();`;

  const run = (first: number, last: number, killAt: number) => {
    const { stdout, stderr, signal } = spawnSync(process.execPath, ['-e', child(first, last, killAt)], {
      encoding: 'utf8',
    });
    if (signal === null && stderr) throw new Error(stderr);
    return { stdout, signal };
  };

  async function whole(): Promise<number> {
    const { tensors, state } = await loadCheckpoint(folder);
    const step = state.step as number;
    for (const [name, value] of [
      ['weight', step],
      ['moment', step / 2],
    ] as const) {
      const data = tensors.get(name)?.data as Float32Array;
      expect(data.length).toBe(30000);
      expect(
        data.every((x) => x === Math.fround(value)),
        `${name} of step ${step}`,
      ).toBe(true);
    }
    return step;
  }

  it('at every call to the file system: the old or the new checkpoint, whole', async () => {
    const calls = Number(/calls (\d+)/.exec(run(1, 2, 0).stdout)?.[1]);
    expect(calls).toBeGreaterThan(40);
    const outcomes = { old: 0, fresh: 0 };
    for (let at = 1; at <= calls; at += 2) {
      await rm(folder, { recursive: true, force: true });
      const { signal } = run(1, 2, at);
      expect(signal, `call ${at} of ${calls}`).toBe('SIGKILL');
      const step = await whole();
      expect([1, 2]).toContain(step);
      outcomes[step === 1 ? 'old' : 'fresh']++;
      expect(await hasCheckpoint(folder)).toBe(true);
      // The next writer clears what was left, and goes on.
      await saveCheckpoint(folder, checkpoint(3));
      expect(await readdir(root)).toEqual([basename(folder)]);
    }
    expect(outcomes.old).toBeGreaterThan(5);
    expect(outcomes.fresh).toBeGreaterThan(2);
  }, 180_000);

  it('at random moments, again and again, while another process reads', async () => {
    const generator = new Generator(5, 'kills');
    let last = 0;
    for (let kill = 0; kill < 25; kill++) {
      const writer = spawn(process.execPath, ['-e', child(last + 1, last + 100_000, -1)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      const started = new Promise<void>((done) => {
        writer.stdout.on('data', (text) => {
          said += text;
          done();
        });
      });
      const ended = new Promise((done) => writer.on('close', done));
      await started;
      await new Promise((done) => setTimeout(done, generator.uniform() * 40));
      expect(await whole()).toBeGreaterThan(last);
      writer.kill('SIGKILL');
      await ended;
      const reported = Number(said.trim().split('\n').at(-1));
      const step = await whole();
      expect([reported, reported + 1]).toContain(step);
      last = step;
    }
  }, 180_000);
});

describe('state', () => {
  it('returns what JSON would lose', () => {
    const state = {
      best: Infinity,
      worst: -Infinity,
      loss: NaN,
      zero: -0,
      list: [1, [null, true, 'x']],
      big: 2 ** 53 - 1,
    };
    expect(stateFromJson(stateToJson(state))).toEqual(state);
    expect(Object.is((stateFromJson(stateToJson(state)) as { zero: number }).zero, -0)).toBe(true);
    expect(stateFromJson(stateToJson({ tiny: 5e-324, third: 1 / 3 }))).toEqual({
      tiny: 5e-324,
      third: 1 / 3,
    });
    expect(stateFromJson(stateToJson({ absent: undefined, kept: 1 }))).toEqual({ kept: 1 });
  });

  it('refuses what JSON would change without a word', () => {
    const refuse = (value: unknown) => () => stateToJson({ a: [value as never] });
    expect(refuse(new Map())).toThrow(/state\.a\[0\]: a Map cannot be kept/);
    expect(refuse(new Float32Array(1))).toThrow(/a Float32Array/);
    expect(refuse(new Date())).toThrow(/a Date/);
    expect(refuse(1n)).toThrow(/a bigint/);
    expect(refuse(undefined)).toThrow(/a undefined/);
    expect(refuse({ $number: 'NaN' })).toThrow(/reserved/);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(refuse(loop)).toThrow(/holds itself/);
  });
});
