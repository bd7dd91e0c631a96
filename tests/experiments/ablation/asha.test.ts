/** @file The asynchronous search, trained: its order, stopped and taken up again, in two processes that are killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../../src/lib/engine';
import {
  type AblationConfig,
  type AblationConfigInput,
  type AblationEvent,
  type FinishedLine,
  type FinishedSearch,
  parseAblationConfig,
  searchAblation,
  summarizeAblation,
} from '../../../src/lib/experiments';
import { beginningOrder } from '../../../src/lib/experiments/ablation/sample';
import { validationScore } from '../../../src/lib/experiments/ablation/validation-score';
import { colourData } from '../../support/colour-data';
import { lastingSummary } from '../../support/tiny-ablation';
import { tinyTextNetwork } from '../../support/tiny-networks';

const LIBRARY = resolve(__dirname, '../../../dist/src/lib/index.js');
const VERSION = 'asha';

let data: string;
beforeAll(async () => {
  data = await colourData(32);
  await use({ device: 'cpu', threads: 1 });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const RATES = [1e-9, 1e-8, 1e-2, 2e-2];
const grid: AblationConfigInput = {
  base: {
    task: 'classification',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: { text: tinyTextNetwork, fusion: 'none' },
    training: { epochs: 1, batchSize: 8, patience: null, checkpointSteps: 6 },
  },
  axes: { 'training.learningRate': RATES },
  seeds: [1, 2],
};
const asha = { kind: 'asha', samples: RATES.length, steps: 12, factor: 2, rungs: 2 } as const;
const config = parseAblationConfig({ ...grid, search: asha });

const ledgerOf = (name: string): FinishedLine[] =>
  readFileSync(join(data, name, 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FinishedLine);
/** What of a cell does not depend on when it ran. */
const lasting = ({ id, status, metrics, evaluations, steps }: FinishedLine) => ({
  id,
  status,
  metrics,
  evaluations,
  steps,
});
const search = (
  name: string,
  options: { signal?: AbortSignal; onEvent?: (event: AblationEvent) => void; resume?: boolean } = {},
  of: AblationConfig = config,
): Promise<FinishedSearch> =>
  searchAblation(of, join(data, name), { folder: data, codeVersion: VERSION, ...options });
const table = async ({ plan, ledger }: FinishedSearch, name: string) =>
  lastingSummary(await summarizeAblation(plan, ledger, join(data, name), { folder: data }));

describe('an asynchronous search', () => {
  it('lets each go on while it is among the best half of what has finished, and the last with all seeds', async () => {
    const finished = await search('whole');
    const lines = ledgerOf('whole');
    const rateOf = ({ settings }: FinishedLine) => settings['training.learningRate'] as number;
    const begun = beginningOrder(RATES.length, config.search as NonNullable<AblationConfig['search']>);
    expect(lines.filter(({ steps }) => steps === 12).map(rateOf)).toEqual(begun.map((i) => RATES[i]));
    const gone = new Set<number>();
    for (const [i, line] of lines.entries()) {
      if (line.steps === 12 || gone.has(rateOf(line))) continue;
      gone.add(rateOf(line));
      const scores = new Map<number, number>();
      for (const one of lines.slice(0, i).filter(({ steps }) => steps === 12)) {
        scores.set(rateOf(one), (await validationScore(join(data, 'whole'), one.id, 'accuracy')) as number);
      }
      const better = [...scores.values()].filter((score) => score > (scores.get(rateOf(line)) as number));
      expect(better.length).toBeLessThan(Math.floor(scores.size / 2));
    }
    const last = lines.filter(({ steps }) => steps === 24);
    expect(finished.plan.cells.map(({ id }) => id).sort()).toEqual(last.map(({ id }) => id).sort());
    expect(new Set(last.map(({ seed }) => seed))).toEqual(new Set([1, 2]));
    expect(finished.rungs.map(({ steps, tried, kept }) => [steps, tried, kept.length])).toEqual([
      [12, 4, gone.size],
    ]);
    // What learns nothing at all does not come first.
    expect(finished.rungs[0]?.kept[0]?.settings['training.learningRate']).toBeGreaterThan(1e-3);
    expect([finished.failed, finished.spent]).toEqual([0, false]);
  });

  it('goes on where it was stopped, and gives what an undisturbed one gives, in the same order', async () => {
    const expected = ledgerOf('whole');
    let resume = false;
    for (const stopAt of [2, 4, 3]) {
      const controller = new AbortController();
      let cells = 0;
      const onEvent = (event: AblationEvent) => {
        if (event.kind === 'cell') cells++;
        if (event.kind === 'training' && event.event.kind === 'step' && cells === stopAt) controller.abort();
      };
      await expect(search('stopped', { resume, signal: controller.signal, onEvent })).rejects.toThrow(
        /^stopped; \d+ of \d+ cells are in the ledger/,
      );
      resume = true;
    }
    const finished = await search('stopped', { resume });
    expect(ledgerOf('stopped').map(lasting)).toEqual(expected.map(lasting));
    expect(await table(finished, 'stopped')).toEqual(
      await table(await search('whole', { resume: true }), 'whole'),
    );
    expect(ledgerOf('whole')).toEqual(expected);
  });

  it('has each cell once from two processes of which some are killed, and leaves none of the best behind', async () => {
    const out = join(data, 'killed');
    const worker = `const { engine, experiments } = require(process.argv[1]);
      const [config, out, folder, codeVersion] = process.argv.slice(2);
      engine.use({ device: 'cpu', threads: 1 }).then(() => experiments.searchAblation(JSON.parse(config), out, {
        folder, codeVersion, resume: true, onEvent: ({ kind }) => process.stdout.write(kind + '\\n') }))
        .catch((error) => { process.stderr.write(error.stack); process.exit(1); });`;
    const start = () =>
      spawn(process.execPath, ['-e', worker, LIBRARY, JSON.stringify(config), out, data, VERSION]);
    const ended = (child: ChildProcess) =>
      new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
    const finishing = (child: ChildProcess, count: number) =>
      new Promise<void>((done) => {
        let seen = 0;
        child.stdout?.on('data', (text: Buffer) => {
          seen += text.toString().split('finished').length - 1;
          if (seen >= count) done();
        });
        child.once('exit', () => done());
      });
    for (const count of [1, 2]) {
      const child = start();
      await finishing(child, count);
      const end = ended(child);
      child.kill('SIGKILL');
      expect(await end).toBeNull();
    }
    expect(await Promise.all([start(), start()].map(ended))).toEqual([0, 0]);
    const lines = ledgerOf('killed');
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    const before = lines.length;
    const { rungs, plan } = await search('killed', { resume: true });
    expect(ledgerOf('killed')).toHaveLength(before);
    expect(plan.cells.map(({ id }) => id).every((id) => lines.some((line) => line.id === id))).toBe(true);
    for (const [i, { steps, kept }] of rungs.entries()) {
      const below = lines.filter((line) => line.steps === steps);
      expect(below).toHaveLength(rungs[i]?.tried as number);
      expect(kept.length).toBeGreaterThanOrEqual(Math.max(1, Math.floor(below.length / 2)));
    }
    // Each cell has the result that it has in one process.
    const alone = new Map(ledgerOf('whole').map((line) => [line.id, lasting(line)]));
    for (const line of lines) if (alone.has(line.id)) expect(lasting(line)).toEqual(alone.get(line.id));
  });

  it('begins no cell that the budget does not allow', async () => {
    // The bad ones first, so that one of them goes on before the good ones are known.
    const seed = Array.from({ length: 100 }, (_, i) => i).find(
      (one) => Math.max(...beginningOrder(4, { ...asha, seed: one }).slice(0, 2)) === 1,
    );
    const of = parseAblationConfig({
      ...grid,
      search: { ...asha, seed },
      budget: { cells: 8 },
    });
    const spent: string[] = [];
    const onEvent = (event: AblationEvent) => {
      if (event.kind === 'spent') spent.push(event.what);
    };
    expect((await search('budget', { onEvent }, of)).spent).toBe(true);
    expect(spent).toEqual(['budget.cells: 8 of 8 cells']);
    expect(ledgerOf('budget').map(({ steps }) => steps)).toEqual([12, 12, 24, 24, 12, 24, 24, 12]);
  });
});
