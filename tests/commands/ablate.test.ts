import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerAblate } from '../../src/commands/ablate';
import type { AblationSummary, LedgerLine } from '../../src/lib/experiments';
import { startCli } from '../support/cli';
import { colourData } from '../support/colour-data';
import { lastingSummary } from '../support/tiny-ablation';
import { run } from './run-command';

let data: string;
let config: string;
beforeAll(async () => {
  data = await colourData(64);
  config = write('grid.json', grid);
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const grid = {
  name: 'colours',
  base: {
    task: 'classification',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: { text: 'tiny', vision: 'cnn-tiny' },
    training: { maxSteps: 24, batchSize: 16, learningRate: 3e-3, patience: null, checkpointSteps: 5 },
  },
  axes: { 'model.fusion': ['none', 'concat'], condition: ['right', 'none'] },
  seeds: [1, 2],
};

function write(name: string, content: object): string {
  const path = join(data, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const out = (name: string) => join(data, 'out', name);
const ablate = (name: string, ...words: string[]) =>
  run(registerAblate, 'ablate', config, '--out', out(name), '--device', 'cpu', '--threads', '1', ...words);
const ledgerOf = (name: string): LedgerLine[] =>
  readFileSync(join(out(name), 'ledger.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine);
/** All but what a clock says, and the code version, which others may change while this runs. */
const lasting = (name: string) => {
  const summary = JSON.parse(readFileSync(join(out(name), 'summary.json'), 'utf8')) as AblationSummary;
  return { ...lastingSummary(summary), codeVersions: [], notes: [] };
};

describe('sightline ablate', () => {
  it('lists the cells of a dry run and writes nothing', async () => {
    const { exitCode, stdout, stderr } = await ablate('dry', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(4);
    expect(stdout).toMatch(/^[0-9a-f]{16} {2}open {2}text-only, seed 1 {2}\(right\)\n/);
    expect(stdout).toMatch(/open {2}concat, seed 2 {2}\(right, none\)\n$/);
    expect(stderr).toMatch(/^4 cells\b.*; nothing was run$/m);
    expect(existsSync(out('dry'))).toBe(false);
  });

  it('lists the first rung of a search by halving, and says what comes after it', async () => {
    const axes = { 'training.learningRate': [1e-4, 1e-3, 1e-2, 1e-1] };
    const search = { kind: 'successive-halving', samples: 4, steps: 3, factor: 2, rungs: 2 };
    const base = { ...grid.base, training: { batchSize: 16 } };
    const path = write('halving.json', { ...grid, base, axes, search });
    const words = ['--out', out('halving'), '--dry-run', '--device', 'cpu'];
    const { exitCode, stdout, stderr } = await run(registerAblate, 'ablate', path, ...words);
    expect([exitCode, stdout.trim().split('\n').length]).toEqual([0, 4]);
    expect(stdout).not.toContain('seed 2');
    expect(stderr).toContain(
      'these 4 combinations, 3 steps (4 cells); then the best 2 by validation, 6 steps (4 cells)\n8 cells, about',
    );
  });

  it('says of an asynchronous search about how many go on', async () => {
    const axes = { 'training.learningRate': [1e-4, 1e-3, 1e-2, 1e-1] };
    const search = { kind: 'asha', samples: 4, steps: 3, factor: 2, rungs: 2 };
    const path = write('asha.json', { ...grid, base: { ...grid.base, training: {} }, axes, search });
    const words = ['--out', out('asha'), '--dry-run', '--device', 'cpu'];
    const { stderr } = await run(registerAblate, 'ablate', path, ...words);
    expect(stderr).toContain(
      'asynchronous successive halving: these 4 combinations, 3 steps (4 cells); then about the best 2 by validation, 6 steps (4 cells)\n8 cells, about',
    );
  });

  it('refuses Slurm where there is none, before anything is written', async () => {
    const before = process.env.PATH;
    process.env.PATH = join(data, 'no-programs');
    try {
      const { exitCode, stderr } = await ablate('slurm', '--on', 'slurm');
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is no sbatch on this machine')]);
      expect(existsSync(out('slurm'))).toBe(false);
    } finally {
      process.env.PATH = before;
    }
  });

  it('runs the grid: the table on stdout, talk on stderr, everything in the folder', async () => {
    const { exitCode, stdout, stderr } = await ablate('whole', '--allow-mixed');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(readFileSync(join(out('whole'), 'summary.md'), 'utf8'));
    expect(stdout).toMatch(/^# colours\n\n4 of 4 cells finished\./);
    expect(stderr).toMatch(/4 cells, 0 of them done\ncell 1\/4: text-only, seed 1 \([0-9a-f]{16}\)\n/);
    expect(stderr).toMatch(/done 4\/4: concat, seed 2: accuracy/);
    for (const name of [
      'summary.json',
      'summary.tex',
      'summary.csv',
      'report.html',
      'figures/ablation.png',
    ]) {
      expect(existsSync(join(out('whole'), name))).toBe(true);
    }
    const listed = await ablate('whole', '--dry-run');
    expect(listed.stdout.match(/finished/g)).toHaveLength(4);
  });

  it('ends with 1 where cells fail, and the others are there', async () => {
    const axes = { 'model.fusion': [{ kind: 'cross-attention', heads: 7 }, 'concat'] };
    const failing = { ...grid, axes, seeds: [1], base: { ...grid.base, training: { maxSteps: 2 } } };
    const path = write('failing.json', failing);
    const { exitCode, stdout, stderr } = await run(
      registerAblate,
      ...['ablate', path, '--out', out('failing'), '--device', 'cpu', '--threads', '1'],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/1 of 2 cells failed; try them again with --resume/);
    expect(stdout).toMatch(/## Failed\n\n- cross-attention \{"heads":7\}, seed 1 .*7 does not divide/);
    expect(ledgerOf('failing').map(({ status }) => status)).toEqual(['failed', 'finished']);
  });

  it.each([
    [
      'a wrong axis',
      { axes: { 'model.fusoin': ['none'] } },
      [],
      /axis "model\.fusoin".*\n.*did you mean fusion/,
    ],
    ['no base', { base: undefined }, [], /base: .*missing/],
    ['a large grid', { seeds: Array.from({ length: 101 }, (_, i) => i) }, [], /202 cells.*--yes/],
    ['wrong records', { base: { ...grid.base, task: 'translation' } }, [], /train\.jsonl:1: .*source/],
  ])('refuses %s with exit code 2 and writes nothing', async (name, change, words, message) => {
    const path = write('wrong.json', { ...grid, ...change });
    const place = out(name);
    const { exitCode, stderr, stdout } = await run(registerAblate, 'ablate', path, '--out', place, ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(existsSync(place)).toBe(false);
  });

  it('killed with two processes at work: every cell once, and the summary of an undisturbed run', async () => {
    const words = ['ablate', config, '--out', out('killed'), '--device', 'cpu', '--threads', '1'];
    const go = () => startCli([...words, '--resume', '--allow-mixed']);
    // Killed in the middle of the first cell or soon after, wherever that is on this machine.
    const both = [go(), go()];
    const begun = () =>
      existsSync(join(out('killed'), 'cells')) && readdirSync(join(out('killed'), 'cells')).length > 0;
    while (!begun()) await new Promise((done) => setTimeout(done, 50));
    await new Promise((done) => setTimeout(done, 1200));
    for (const { child } of both) child.kill('SIGKILL');
    await Promise.all(both.map(({ ended }) => ended));
    const last = await Promise.all([go().ended, go().ended]);
    expect(last.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const finished = ledgerOf('killed').filter(({ status }) => status === 'finished');
    expect(finished.map(({ id }) => id).sort()).toEqual(
      ledgerOf('whole')
        .map(({ id }) => id)
        .sort(),
    );
    expect(lasting('killed')).toEqual(lasting('whole'));
  });
});
