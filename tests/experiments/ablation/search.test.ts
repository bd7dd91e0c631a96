import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../../src/lib/engine';
import {
  type AblationConfigInput,
  type AblationEvent,
  estimateGrid,
  expandGrid,
  type FinishedLine,
  firstGrid,
  parseAblationConfig,
  planAblation,
  rungsOf,
  searchAblation,
  summarizeAblation,
} from '../../../src/lib/experiments';
import { bestValidation, validationScore } from '../../../src/lib/experiments/ablation/validation-score';
import { colourData } from '../../support/colour-data';
import { tinyTextNetwork } from '../../support/tiny-networks';

let data: string;
beforeAll(async () => {
  data = await colourData(32);
  await use({ device: 'cpu', threads: 1 });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const grid: AblationConfigInput = {
  base: {
    task: 'classification',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    model: { text: tinyTextNetwork, fusion: 'none' },
    training: { epochs: 1, batchSize: 8, patience: null },
  },
  axes: { 'training.learningRate': [1e-9, 1e-8, 1e-2, 2e-2] },
  seeds: [1, 2],
};

describe('a random search', () => {
  it('is a sample of the grid, the same for the same seed, in the order of the grid', () => {
    const axes = { 'training.learningRate': Array.from({ length: 40 }, (_, i) => (i + 1) / 1000) };
    const drawn = (seed: number) =>
      expandGrid(
        parseAblationConfig({ ...grid, axes, search: { kind: 'random', samples: 5, seed } }),
      ).combinations.map(({ settings }) => settings['training.learningRate'] as number);
    expect(drawn(1)).toHaveLength(5);
    expect(drawn(1)).toEqual([...drawn(1)].sort((a, b) => a - b));
    expect(drawn(2)).not.toEqual(drawn(1));
    expect(new Set([1, 2, 3, 4, 5].flatMap(drawn)).size).toBeGreaterThan(12);
  });
});

describe('successive halving', () => {
  it('keeps the better half by validation for twice the steps, and gives all seeds to the last', async () => {
    const search = { kind: 'successive-halving', samples: 4, steps: 12, factor: 2, rungs: 2 } as const;
    const config = parseAblationConfig({ ...grid, search });
    const out = join(data, 'search');
    const events: AblationEvent[] = [];
    const { plan, rungs, failed, spent } = await searchAblation(config, out, {
      folder: data,
      codeVersion: 'test',
      onEvent: (event) => events.push(event),
    });
    expect([failed, spent]).toEqual([0, false]);
    // The cells of one rung are no strangers to the next.
    expect(events.flatMap((event) => (event.kind === 'plan' ? [event.foreign] : []))).toEqual([0, 0]);
    expect(rungs.map(({ steps, tried, kept }) => [steps, tried, kept.length])).toEqual([[12, 4, 2]]);
    const scores = rungs[0]?.kept.map(({ score }) => score) as [number, number];
    expect(scores[0]).toBeGreaterThanOrEqual(scores[1]);
    const kept = rungs[0]?.kept.map(({ settings }) => settings['training.learningRate'] as number);
    // What learns nothing at all does not go on.
    expect(Math.min(...(kept as number[]))).toBeGreaterThan(1e-3);
    expect(
      plan.cells.map(({ settings, seed, config }) => [
        settings['training.learningRate'],
        seed,
        config.training.maxSteps,
      ]),
    ).toEqual([
      [1e-2, 1, 24],
      [2e-2, 1, 24],
      [1e-2, 2, 24],
      [2e-2, 2, 24],
    ]);
    const lines = readFileSync(join(out, 'ledger.jsonl'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(8);
    const ledger = lines.map((line) => JSON.parse(line) as FinishedLine);
    // So long as the rung says: an epoch has 4 steps.
    expect(ledger.map(({ steps }) => steps)).toEqual([12, 12, 12, 12, 24, 24, 24, 24]);
    const whole = await planAblation(config, { folder: data });
    const { cells, flops } = await estimateGrid(whole, data);
    const each = ledger[0]?.compute?.trainingFlops as number;
    expect(cells).toBe(8);
    expect(flops / (8 * each)).toBeCloseTo(4 * 12 + 4 * 24, 9);
    const first = await planAblation(firstGrid(config, 4), { folder: data });
    expect(first.cells.map(({ id }) => id)).toEqual(ledger.slice(0, 4).map(({ id }) => id));
    const again = await searchAblation(config, out, { folder: data, codeVersion: 'test', resume: true });
    expect(again.rungs).toEqual(rungs);
    expect(readFileSync(join(out, 'ledger.jsonl'), 'utf8').trim().split('\n')).toEqual(lines);
  });

  it('counts what earlier rungs have cost, and lets nothing go on once the budget is spent', async () => {
    const search = { kind: 'successive-halving', samples: 4, steps: 2, factor: 2, rungs: 2 } as const;
    const ledgerOf = (name: string) =>
      readFileSync(join(data, name, 'ledger.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as FinishedLine);
    const each = ledgerOf('search')[0]?.compute?.trainingFlops as number;
    const ran = async (name: string, cells: number, resume = false) => {
      const events: AblationEvent[] = [];
      const config = parseAblationConfig({ ...grid, search, budget: { flops: cells * 2 * 8 * each } });
      const { spent, rungs } = await searchAblation(config, join(data, name), {
        folder: data,
        codeVersion: 'test',
        resume,
        onEvent: (event) => events.push(event),
      });
      const open = events.flatMap((event) => (event.kind === 'spent' ? [event.open] : []));
      return { spent, rungs: rungs.length, open, lines: ledgerOf(name).length };
    };
    expect(await ran('spent', 3)).toEqual({ spent: true, rungs: 0, open: [1], lines: 3 });
    expect(await ran('spent', 4, true)).toEqual({ spent: true, rungs: 1, open: [4], lines: 4 });
  });

  it.each(['asha', 'successive-halving'] as const)(
    'by %s says which cells of a lower rung failed, and that nothing is known of them',
    async (kind) => {
      const search = { kind, samples: 4, steps: 1, factor: 2, rungs: 2 } as const;
      const unknown = [{ nothing: 2 }, { nothing: 3 }];
      const config = parseAblationConfig({
        ...grid,
        axes: { 'training.classWeights': [null, 'balanced', ...unknown] },
        search,
      });
      const out = join(data, `failing-${kind}`);
      const options = { folder: data, codeVersion: 'test' };
      const { plan, ledger, failed, rungs } = await searchAblation(config, out, options);
      expect(failed).toBe(2);
      const summary = await summarizeAblation(plan, ledger, out, { folder: data });
      const finished = 2 + plan.cells.length;
      expect(summary.cells).toEqual({ total: finished + 2, finished, failed: 2, open: 0 });
      expect(summary.failures.map(({ error }) => error)).toEqual(
        Array.from({ length: 2 }, () => expect.stringContaining('classWeights.nothing')),
      );
      expect(summary.notes.join(' ')).toMatch(
        /validation records, but for 2 that failed and could not be tried/,
      );
      expect(rungs[0]?.best).toEqual({ metric: 'accuracy', value: rungs[0]?.kept[0]?.score });
    },
  );

  it('goes by the least loss where the metric is not measured in training, and tells it as it was measured', async () => {
    const points = [3, 2, 2.5].map((loss, i) => JSON.stringify({ kind: 'evaluation', step: i, loss }));
    mkdirSync(join(data, 'told', 'cells', 'a'), { recursive: true });
    writeFileSync(join(data, 'told', 'cells', 'a', 'metrics.jsonl'), points.join('\n'));
    const of = [join(data, 'told'), 'a', 'exactMatch'] as const;
    expect(await bestValidation(...of)).toEqual({ metric: 'loss', value: 2 });
    expect(await validationScore(...of)).toBe(-2);
    expect(await bestValidation(of[0], 'unasked', of[2])).toBeNull();
  });

  it('is known beforehand: steps, combinations and cells of each rung', () => {
    const of = (samples: number, rest: object, budget = {}) => {
      const axes = { 'training.learningRate': Array.from({ length: 40 }, (_, i) => (i + 1) / 1000) };
      const search = { kind: 'successive-halving', samples, steps: 10, ...rest } as const;
      const config = parseAblationConfig({ ...grid, axes, search, budget });
      return rungsOf(config, expandGrid(config, 'grid.json').combinations.length).map((rung) =>
        Object.values(rung),
      );
    };
    const wide = [
      [10, 20, 20],
      [30, 6, 6],
      [90, 2, 4],
    ];
    expect(of(20, { rungs: 3 })).toEqual(wide);
    expect(of(20, {})).toEqual([...wide.slice(0, 2), [90, 2, 2], [270, 1, 2]]);
    expect(of(5, { factor: 2, rungs: 9 })).toEqual([
      [10, 5, 5],
      [20, 2, 2],
      [40, 1, 2],
    ]);
    expect(of(20, { rungs: 3 }, { cells: 30 })).toEqual(wide);
    expect(() => of(20, { rungs: 3 }, { cells: 29 })).toThrow(/30 cells \(20 combinations, in 3 rungs\), 29/);
  });

  it.each(['training.maxSteps', 'training.epochs'])(
    'refuses to share the length with axis %s',
    async (path) => {
      const search = { kind: 'successive-halving', samples: 2, steps: 4 } as const;
      const config = parseAblationConfig({ ...grid, axes: { [path]: [1, 2] }, search });
      await expect(searchAblation(config, join(data, 'none'), { folder: data })).rejects.toThrow(
        `axis "${path}": successive halving decides how long`,
      );
    },
  );
});
