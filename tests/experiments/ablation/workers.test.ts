/** @file One grid by several processes, on this machine and on a real Slurm: the ledgers are the same but for times. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  followWorkers,
  Ledger,
  localWorkers,
  parseAblationConfig,
  patient,
  planAblation,
  slurmScript,
} from '../../../src/lib/experiments';
import { runCli, startCli } from '../../support/cli';
import { colourData } from '../../support/colour-data';
import { noScheduler, startLocalSlurm } from '../../support/local-slurm';
import { tinyTextNetwork } from '../../support/tiny-networks';

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
let data: string;
beforeAll(async () => {
  data = await colourData(16);
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

describe('a worker on this machine', () => {
  const shell = (name: string, script: string, count = 1) =>
    localWorkers(['sh', '-c', script], count, join(data, name));
  const said = (name: string) => readFileSync(join(data, name, 'worker-0.out'), 'utf8').trim();
  const plan = () => planAblation(parseAblationConfig(grid), { folder: data });
  const follow = async (name: string, workers: ReturnType<typeof shell>, signal?: AbortSignal) =>
    followWorkers(workers, await plan(), join(data, name), { pollMs: 20, signal });

  it('has a process group of its own, and is told once to save and end', async () => {
    const script = `trap 'echo "told, group $(ps -o pgid= -p $$) of $$"; exit 130' TERM
      echo ready; while :; do sleep 0.05; done`;
    const workers = shell('told', script);
    while (said('told') !== 'ready') await new Promise((next) => setTimeout(next, 20));
    await expect(follow('told', workers, AbortSignal.abort())).rejects.toThrow(/^stopped; 0 of 2 cells/);
    const [, group, own] = said('told').match(/^ready\ntold, group +(\d+) of (\d+)$/) ?? [];
    expect(group).toBe(own);
    expect(await workers.count()).toEqual({ pending: 0, running: 0 });
  });

  it('that finds its input wrong, or cannot be started, ends the others with what it says', async () => {
    const workers = shell(
      'wrong',
      `mkdir ${data}/first || exec sleep 60; echo "grid.json: wrong"; exit 2`,
      2,
    );
    await expect(follow('wrong', workers)).rejects.toThrow(/worker-\d\.out: grid\.json: wrong/);
    expect(await workers.count()).toEqual({ pending: 0, running: 0 });
    const lost = localWorkers(['no-such-program'], 1, join(data, 'lost'));
    await expect(follow('lost', lost)).rejects.toThrow(/no-such-program.*(ENOENT|EACCES)/);
  });

  it('does not count an earlier failure as done', async () => {
    const out = join(data, 'failures');
    const grid = await plan();
    const failed = (startedAt: string) => ({ id: grid.cells[0]?.id, status: 'failed', startedAt });
    // So long that it is asked twice on a busy machine too.
    const workers = shell('failures', 'sleep 1');
    writeFileSync(join(out, 'ledger.jsonl'), `${JSON.stringify(failed('before'))}\n`);
    const seen: number[] = [];
    await followWorkers(workers, grid, out, {
      pollMs: 20,
      onProgress: (done) => {
        if (seen.push(done) === 1) {
          appendFileSync(join(out, 'ledger.jsonl'), `${JSON.stringify(failed('now'))}\n`);
        }
      },
    });
    expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
  });
});

describe('the queue of Slurm', () => {
  it('may be out of reach for a while, not for ever', async () => {
    const answers = [{ pending: 0, running: 2 }, null, null, { pending: 0, running: 1 }, null, null, null];
    const count = patient(
      async () => {
        const next = answers.shift();
        if (!next) throw new Error('Unable to contact slurm controller');
        return next;
      },
      'Slurm job 17',
      2,
    );
    const running = [];
    for (let i = 0; i < 6; i++) running.push((await count()).running);
    expect(running).toEqual([2, 2, 2, 1, 1, 1]);
    await expect(count()).rejects.toThrow(/^Slurm job 17: .* 3 times in a row \(Unable to contact/);
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

  it('say what a single one says where the budget is spent, and refuse what it refuses', async () => {
    const config = join(data, 'dear.json');
    writeFileSync(config, JSON.stringify({ ...grid, budget: { flops: 1 } }));
    const first = (await new Ledger(join(data, 'one', 'ledger.jsonl')).read()).lines[0];
    cpSync(
      join(data, 'one', 'cells', first?.id as string),
      join(data, 'dear', 'cells', first?.id as string),
      {
        recursive: true,
      },
    );
    const line = (codeVersion?: string) =>
      writeFileSync(
        join(data, 'dear', 'ledger.jsonl'),
        `${JSON.stringify({ ...first, ...(codeVersion ? { codeVersion } : {}) })}\n`,
      );
    const words = [
      'ablate',
      config,
      '--out',
      join(data, 'dear'),
      '--device',
      'cpu',
      '--jobs',
      '2',
      '--resume',
    ];
    line();
    const spent = await runCli(...words, '--allow-mixed');
    expect([spent.code, spent.code === 0 ? '' : spent.stderr]).toEqual([0, '']);
    expect(spent.stderr).toMatch(/budget\.flops: .* are spent; 1 cells are not begun/);
    line('another');
    rmSync(join(data, 'dear', 'workers'), { recursive: true });
    const mixed = await runCli(...words);
    expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringContaining('--allow-mixed')]);
    expect(existsSync(join(data, 'dear', 'workers'))).toBe(false);
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
