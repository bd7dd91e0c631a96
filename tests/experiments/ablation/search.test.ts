import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../../src/lib/engine';
import {
  type AblationConfigInput,
  expandGrid,
  parseAblationConfig,
  searchAblation,
} from '../../../src/lib/experiments';
import { colourData } from '../../support/colour-data';
import { tinyTextNetwork } from '../../support/tiny-ablation';

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
    training: { batchSize: 8, patience: null },
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
    const { plan, rungs, failed } = await searchAblation(config, out, { folder: data, codeVersion: 'test' });
    expect(failed).toBe(0);
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
    const again = await searchAblation(config, out, { folder: data, codeVersion: 'test', resume: true });
    expect(again.rungs).toEqual(rungs);
    expect(readFileSync(join(out, 'ledger.jsonl'), 'utf8').trim().split('\n')).toEqual(lines);
  });

  it('refuses to share the number of steps with an axis', async () => {
    const search = { kind: 'successive-halving', samples: 2, steps: 4 } as const;
    const config = parseAblationConfig({ ...grid, axes: { 'training.maxSteps': [1, 2] }, search });
    await expect(searchAblation(config, join(data, 'none'), { folder: data })).rejects.toThrow(
      /axis "training\.maxSteps": successive halving decides how long/,
    );
  });
});
