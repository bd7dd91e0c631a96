import { execFile } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claim } from '../../../src/lib/experiments/ablation/claims';
import { Ledger, type LedgerLine } from '../../../src/lib/experiments/ablation/ledger';
import { compileForChild } from '../../support/compile-for-child';
import { temporaryFolder } from '../../support/temporary-folder';

const run = promisify(execFile);
const { path: folder } = temporaryFolder();

const LEDGER = 'src/lib/experiments/ablation/ledger';
const CLAIMS = 'src/lib/experiments/ablation/claims';
let compiled: ReturnType<typeof compileForChild>;
beforeAll(() => {
  compiled = compileForChild([
    LEDGER,
    CLAIMS,
    'src/lib/experiments/statistics/jstat.d',
    'src/lib/figures/render/opentype.d',
  ]);
});
afterAll(() => compiled.remove());

const line = (id: string, rest: object = {}) =>
  ({ id, status: 'finished', startedAt: '2026-01-01', codeVersion: '1', ...rest }) as unknown as LedgerLine;

describe('the ledger', () => {
  it('passes over a torn last line and says so; the next writer begins on a fresh line', async () => {
    const path = join(folder, 'torn.jsonl');
    const ledger = new Ledger(path);
    ledger.append(line('one'));
    ledger.append(line('two'));
    truncateSync(path, readFileSync(path).length - 9); // killed in the middle of a write
    expect((await ledger.read()).lines.map(({ id }) => id)).toEqual(['one']);
    expect((await ledger.read()).torn).toEqual([2]);
    ledger.append(line('three'));
    const { lines, torn } = await ledger.read();
    expect(lines.map(({ id }) => id)).toEqual(['one', 'three']);
    expect(torn).toEqual([2]);
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
  });

  it('reads what was added, also in the middle of a line, and begins anew where the file is another', async () => {
    const path = join(folder, 'growing.jsonl');
    const ledger = new Ledger(path);
    const found = async () => {
      const { lines, torn } = await ledger.read();
      expect(await new Ledger(path).read()).toEqual({ lines, torn });
      return [lines.map(({ id }) => id), torn];
    };
    const [one, two] = ['ä', 'b'].map((id) => Buffer.from(`${JSON.stringify(line(id))}\n`)) as [
      Buffer,
      Buffer,
    ];
    appendFileSync(path, one);
    appendFileSync(path, two.subarray(0, 9));
    expect(await found()).toEqual([['ä'], [2]]);
    appendFileSync(path, two.subarray(9, -1));
    expect(await found()).toEqual([['ä', 'b'], []]);
    appendFileSync(path, '\n\n{"torn\n');
    appendFileSync(path, `${JSON.stringify(line('c'))}\n`);
    expect(await found()).toEqual([['ä', 'b', 'c'], [4]]);
    const other = join(folder, 'other.jsonl');
    writeFileSync(other, Buffer.concat([two, one, one, one, one]));
    renameSync(other, path);
    expect(await found()).toEqual([['b', 'ä', 'ä', 'ä', 'ä'], []]);
    truncateSync(path, two.length);
    expect(await found()).toEqual([['b'], []]);
    unlinkSync(path);
    expect(await found()).toEqual([[], []]);
  });

  it('takes a line that is JSON but no line of a ledger for torn', async () => {
    const path = join(folder, 'foreign.jsonl');
    writeFileSync(path, '{"id":"a"}\nnull\n7\n');
    appendFileSync(path, `${JSON.stringify(line('b'))}\n`);
    const { lines, torn } = await new Ledger(path).read();
    expect(lines.map(({ id }) => id)).toEqual(['b']);
    expect(torn).toEqual([1, 2, 3]);
  });

  it('lets a finished line stand whatever fails later, and a later result take the place of a failure', async () => {
    const ledger = new Ledger(join(folder, 'order.jsonl'));
    ledger.append(line('a', { status: 'failed', error: 'first' }));
    ledger.append(line('a', { seconds: 1 }));
    ledger.append(line('a', { status: 'failed', error: 'second' }));
    expect((await ledger.byId()).get('a')?.seconds).toBe(1);
  });

  it('is empty where there is no file', async () => {
    expect(await new Ledger(join(folder, 'none.jsonl')).read()).toEqual({ lines: [], torn: [] });
  });

  it.runIf(existsSync('/dev/full'))('says that the disk is full, and of which cell there is no line', () => {
    const path = join(folder, 'full.jsonl');
    symlinkSync('/dev/full', path);
    expect(() => new Ledger(path).append(line('lost'))).toThrow(
      /full\.jsonl: the disk is full, and the line of cell lost is not in the ledger.*make room, then --resume/,
    );
  });

  it('keeps every line whole while two processes write long ones at once', async () => {
    const path = join(folder, 'shared.jsonl');
    const script = `const { Ledger } = require(process.argv[1]); const ledger = new Ledger(process.argv[2]);
      for (let i = 0; i < 150; i++) ledger.append({ id: process.argv[3] + i, status: 'finished', filling: 'x'.repeat(20000) });`;
    await Promise.all(
      ['a', 'b'].map((name) => run(process.execPath, ['-e', script, compiled.path(LEDGER), path, name])),
    );
    const { lines, torn } = await new Ledger(path).read();
    expect(torn).toEqual([]);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(300);
    expect(lines).toHaveLength(300);
  });
});

describe('a claim', () => {
  it('belongs to one at a time, and is free once given back', async () => {
    const place = join(folder, 'claims');
    const first = await claim(place, 'cell');
    expect(first).not.toBeNull();
    expect(await claim(place, 'cell')).toBeNull();
    expect(await claim(place, 'other')).not.toBeNull();
    await first?.release();
    const second = await claim(place, 'cell');
    expect(second).not.toBeNull();
    await second?.release();
    expect(readdirSync(place)).toEqual(['other.claim-1']);
  });

  it('of a dead process is taken over, by one alone, and cleared away', async () => {
    const place = join(folder, 'dead');
    mkdirSync(place);
    // A process that has certainly ended.
    const { stdout } = await run(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']);
    writeFileSync(join(place, 'cell.claim-1'), JSON.stringify({ pid: Number(stdout), host: hostname() }));
    const taken = await Promise.all([1, 2, 3].map(() => claim(place, 'cell')));
    expect(taken.filter((one) => one !== null).length).toBeLessThanOrEqual(1);
    const owner = taken.find((one) => one !== null) ?? (await claim(place, 'cell'));
    expect(owner).toBeTruthy();
    await owner?.release();
    expect(readdirSync(place)).toEqual([]);
  });

  it('is never held by two of several processes that all want it', async () => {
    const place = join(folder, 'race');
    const log = join(folder, 'race.log');
    const script = `const { claim } = require(process.argv[1]); const { appendFileSync } = require('fs');
      (async () => { for (let done = 0; done < 25;) {
        const own = await claim(process.argv[2], 'cell');
        if (!own) { await new Promise((next) => setTimeout(next, Math.random() * 3)); continue; }
        appendFileSync(process.argv[3], 'in\\n');
        await new Promise((next) => setTimeout(next, 1));
        appendFileSync(process.argv[3], 'out\\n');
        await own.release(); done++;
      } })();`;
    await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, ['-e', script, compiled.path(CLAIMS), place, log])),
    );
    const events = readFileSync(log, 'utf8').trim().split('\n');
    expect(events).toEqual(Array.from({ length: 75 }, () => ['in', 'out']).flat());
  });
});
