import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords, textOnlyCeiling } from '../../src/lib/data';
import { use } from '../../src/lib/engine';
import { type Comparison, CurveRecorder, compareTextOnlyAndGuided } from '../../src/lib/experiments';
import { colourData } from '../support/colour-data';

let data: string;
let comparison: Comparison;
const curve = new CurveRecorder('guided', 'vision-guided');

beforeAll(async () => {
  data = await colourData();
  await use({ device: 'cpu' });
  comparison = await compareTextOnlyAndGuided({
    name: 'colours',
    data,
    out: join(data, 'compared'),
    model: { text: 'tiny', vision: 'cnn-tiny' },
    training: { epochs: 12, batchSize: 16, learningRate: 3e-3, patience: null },
    subsets: [{ name: 'picture decides', keep: ({ text }) => !text.startsWith('the disc is') }],
    onEvent: (model, event) => {
      if (model === 'guided') curve.note(event);
    },
  });
}, 120_000);
afterAll(() => rmSync(data, { recursive: true, force: true }));

describe('compareTextOnlyAndGuided', () => {
  it('scores both models and the controls on all records and on each subset', () => {
    const systems = ['text-only right', 'guided right', 'guided shuffled', 'guided none'];
    expect(comparison.rows.map((row) => `${row.subset}: ${row.model} ${row.condition}`)).toEqual([
      ...systems.map((system) => `all: ${system}`),
      ...systems.map((system) => `picture decides: ${system}`),
    ]);
    for (const row of comparison.rows) {
      expect(row.low).toBeLessThanOrEqual(row.value);
      expect(row.high).toBeGreaterThanOrEqual(row.value);
    }
  });

  it('agrees with the runs’ own results, and its ceiling is counted from the records', async () => {
    const { records } = await readRecords(join(data, 'test.jsonl'), 'classification');
    const own = comparison.rows.filter((row) => row.subset === 'all' && row.condition === 'right');
    expect(own.map((row) => row.value)).toBeClose([
      comparison.results['text-only'].metrics.accuracy?.value as number,
      comparison.results.guided.metrics.accuracy?.value as number,
    ]);
    expect(own[0]?.ceiling).toBe(textOnlyCeiling(records).accuracy);
  });

  it('finds the picture to matter where it does, and more where it alone decides', () => {
    const [all, decides] = comparison.verdicts;
    expect(all?.verdict.kind).toBe('better');
    expect(decides?.verdict.kind).toBe('better');
    const gain = (subset: string) => {
      const value = (model: string) =>
        comparison.rows.find(
          (row) => row.subset === subset && row.model === model && row.condition === 'right',
        )?.value as number;
      return value('guided') - value('text-only');
    };
    expect(gain('picture decides')).toBeGreaterThan(gain('all'));
  });

  it('records the curve of a run, with the step whose weights were kept', () => {
    const { points, bestStep } = curve.run;
    expect(points.filter(({ trainLoss }) => trainLoss !== undefined).length).toBeGreaterThan(5);
    expect(points.filter(({ validation }) => validation !== undefined).length).toBe(12);
    expect(bestStep).toBe(comparison.results.guided.bestStep);
  });
});
