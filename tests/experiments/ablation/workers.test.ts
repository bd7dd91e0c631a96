/** @file One grid by several processes, on this machine and on a real Slurm: the ledgers are the same but for times. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ledger, slurmScript } from '../../../src/lib/experiments';
import { runCli, startCli } from '../../support/cli';
import { colourData } from '../../support/colour-data';
import { noScheduler, startLocalSlurm } from '../../support/local-slurm';
import { tinyTextNetwork } from '../../support/tiny-ablation';

let data: string;
beforeAll(async () => {
  data = await colourData(16);
  const grid = {
    base: {
      task: 'classification',
      data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
      model: { text: tinyTextNetwork, vision: 'cnn-tiny' },
      training: { maxSteps: 6, batchSize: 8, evaluationSteps: 3, checkpointSteps: 1 },
    },
    axes: { 'model.fusion': ['none', 'concat'], condition: ['right', 'shuffled'] },
    seeds: [1],
  };
  writeFileSync(join(data, 'grid.json'), JSON.stringify(grid));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

// Others may change the sources while this runs; what is mixed here is of no interest.
const ablate = (out: string, ...more: string[]) => [
  'ablate',
  join(data, 'grid.json'),
  '--out',
  join(data, out),
  '--device',
  'cpu',
  '--threads',
  '1',
  '--allow-mixed',
  ...more,
];
const lasting = async (out: string) => {
  const { lines, torn } = await new Ledger(join(data, out, 'ledger.jsonl')).read();
  expect(torn).toEqual([]);
  return lines
    .map((line) => ({ ...line, seconds: 0, peakMemoryBytes: 0, startedAt: '', codeVersion: '' }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
};

describe('a batch script of Slurm', () => {
  it('asks for what the job needs, and gives its place to the worker', () => {
    const script = slurmScript({
      command: ['/usr/bin/node', 'cli.js', 'ablate', "it's grid.json"],
      tasks: 4,
      name: 'does the picture help?',
      folder: 'x',
      cpus: 2,
      memoryMiB: 512,
      minutes: 12.2,
      gpus: 1,
    });
    const options = script.match(/(?<=#SBATCH )\S+/g);
    expect(options).toEqual(
      expect.arrayContaining([
        '--array=0-3',
        '--cpus-per-task=2',
        '--mem=512M',
        '--time=13',
        '--gres=gpu:1',
        '--requeue',
      ]),
    );
    expect(script).toContain('--job-name=does-the-picture-help-');
    expect(script.trim().split('\n').at(-1)).toBe(`exec /usr/bin/node cli.js ablate 'it'\\''s grid.json'`);
    const said = execFileSync('sh', {
      input: script.replace('exec /usr/bin/node', 'exec printf "%s|"'),
    }).toString();
    expect(said).toBe("cli.js|ablate|it's grid.json|");
  });
});

describe('several processes', () => {
  it('on this machine give the ledger of one', async () => {
    const one = await runCli(...ablate('one'));
    expect([one.code, one.code === 0 ? '' : one.stderr]).toEqual([0, '']);
    const two = await runCli(...ablate('two', '--jobs', '2'));
    expect([two.code, two.code === 0 ? '' : two.stderr]).toEqual([0, '']);
    const table = (text: string) => text.split('## Cost')[0]?.replace(/ +[\d.]+ \|\n/g, '\n');
    expect(table(two.stdout)).toBe(table(one.stdout));
    expect(await lasting('two')).toEqual(await lasting('one'));
  });

  it.skipIf(noScheduler !== null)(
    'on Slurm too, a task that is requeued among them (skipped without a scheduler)',
    async () => {
      const slurm = await startLocalSlurm(17_300);
      const before = process.env.SLURM_CONF;
      process.env.SLURM_CONF = slurm.conf;
      try {
        const { ended } = startCli(ablate('slurm', '--on', 'slurm', '--jobs', '2'));
        // Once a cell is done, one task is taken from its node and begins anew.
        const log = () => {
          try {
            return readFileSync(join(data, 'slurm', 'ledger.jsonl'), 'utf8');
          } catch {
            return '';
          }
        };
        for (let tries = 0; tries < 600 && !log().includes('\n'); tries++) {
          await new Promise((next) => setTimeout(next, 100));
        }
        const ids = execFileSync('squeue', ['--noheader', '--states=RUNNING', '--format=%A'])
          .toString()
          .trim()
          .split('\n');
        if (ids[0]) execFileSync('scontrol', ['requeue', ids[0]]);
        const { code, stderr } = await ended;
        expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
        expect(await lasting('slurm')).toEqual(await lasting('one'));
      } finally {
        if (before === undefined) delete process.env.SLURM_CONF;
        else process.env.SLURM_CONF = before;
        await slurm.stop();
      }
    },
    400_000,
  );
});
