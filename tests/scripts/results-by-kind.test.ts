/** @file Rows over the records of one kind, against shares counted by hand. */
import { describe, expect, it } from 'vitest';
import { kindsOf } from '../../scripts/results/by-kind';

const records = ['near', 'far', 'near', 'far', 'near', 'far', 'near', 'far'].map((kind, i) => ({
  id: String(i),
  text: kind,
  label: i < 6 ? 'square' : 'circle',
  group: `picture ${Math.floor(i / 2)}`,
  kind,
}));
const row = (condition: 'right' | 'shuffled', right: number[], settings: Record<string, string>) => ({
  settings,
  condition,
  runs: [
    {
      seed: 1,
      scores: {
        metric: 'accuracy',
        ids: records.map(({ id }) => id),
        clusters: records.map(({ group }) => group),
        scores: { form: 'values' as const, values: records.map((_, i) => Number(right.includes(i))) },
      },
    },
  ],
});

describe('rows by kind', () => {
  const [concat, attention] = [{ fusion: 'concat' }, { fusion: 'attention' }];
  const kinds = kindsOf(
    [
      row('right', [0, 1, 2, 4], concat),
      row('shuffled', [1, 2], concat),
      row('right', [0, 2, 4, 1, 3, 5, 7], attention),
    ],
    records,
    ({ kind }) => String(kind),
  );

  it('counts each kind by itself, its ceiling too', () => {
    expect(kinds.map(({ name, records: all, clusters, ceiling }) => [name, all, clusters, ceiling])).toEqual([
      ['far', 4, 4, 0.75],
      ['near', 4, 4, 0.75],
    ]);
    const values = kinds.map(({ rows }) => rows.map(({ estimate }) => estimate.value));
    expect(values).toEqual([
      [0.25, 0.25, 1],
      [0.75, 0.25, 0.75],
    ]);
  });

  it('takes from each row the same model under shuffled pictures', () => {
    const gains = kinds.map(({ rows }) => rows.map(({ overShuffled }) => overShuffled?.value ?? null));
    expect(gains).toEqual([
      [0, null, null],
      [0.5, null, null],
    ]);
  });

  it('has intervals that hold their value, and no certainty where all are right', () => {
    for (const { rows } of kinds) {
      for (const { estimate } of rows) {
        expect(estimate.low).toBeLessThan(estimate.high);
        expect(estimate.low).toBeLessThanOrEqual(estimate.value);
        expect(estimate.high).toBeGreaterThanOrEqual(estimate.value);
      }
    }
    expect(kinds[0]?.rows[2]?.estimate.low).toBeLessThan(1);
  });
});
