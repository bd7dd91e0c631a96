import { describe, expect, it } from 'vitest';
import { ResampledRuns } from '../../../src/lib/experiments/ablation/comparisons';
import { adjust, Judge, verdictOf } from '../../../src/lib/experiments/ablation/judgement';
import type { AblationPlan } from '../../../src/lib/experiments/ablation/plan';
import { type Row, systemsOf } from '../../../src/lib/experiments/ablation/rows';
import { holm } from '../../../src/lib/experiments/statistics';

const plan = { grid: { primary: 'right', controls: ['shuffled'], guidances: [] } } as unknown as AblationPlan;
/** A row of one seed that has the first `right` of 40 records right. */
const row = (combination: number, settings: Row['settings'], right: number, rest: Partial<Row> = {}): Row => {
  const ids = Array.from({ length: 40 }, (_, i) => String(i));
  const values = ids.map((_, i) => Number(i < right));
  const scores = { metric: 'accuracy', ids, clusters: ids, scores: { form: 'values' as const, values } };
  return {
    condition: 'right',
    gate: null,
    guidance: null,
    text: 'full',
    combination,
    settings,
    looks: settings['model.fusion'] !== 'none',
    name: `${JSON.stringify(settings)} ${rest.condition ?? ''}`,
    runs: [{ seed: 1, scores }],
    cells: [],
    trainingRecords: null,
    ...rest,
  };
};
const judge = (rows: Row[], one: Row) => {
  return new Judge(plan, rows, systemsOf(plan, rows), new ResampledRuns(500)).compare(one);
};

describe('what a row is compared with', () => {
  it('is the text-only model that agrees in the other settings, where there is one', () => {
    const rows = [
      row(0, { 'model.fusion': 'none', 'training.epochs': 1 }, 10),
      row(1, { 'model.fusion': 'none', 'training.epochs': 2 }, 12),
      row(2, { 'model.fusion': 'concat', 'training.epochs': 1 }, 30),
      row(3, { 'model.fusion': 'concat', 'training.epochs': 2 }, 20),
      row(4, { 'model.fusion': 'concat', 'training.epochs': 3 }, 20),
    ] as const;
    const baselines = rows.map((one) => judge([...rows], one).baseline);
    expect(baselines).toEqual([null, null, rows[0], rows[1], rows[0]]);
    expect(judge([...rows], rows[2]).difference?.value).toBe(20 / 40);
    expect(judge([...rows], rows[3]).difference?.value).toBe(8 / 40);
  });

  it('is the first combination where no model is text-only, or all are', () => {
    for (const fusion of ['none', 'concat']) {
      const rows = [1, 2, 3].map((epochs, i) =>
        row(i, { 'model.fusion': fusion, 'training.epochs': epochs }, 10 * epochs),
      );
      expect(rows.map((one) => judge(rows, one).baseline)).toEqual([null, rows[0], rows[0]]);
    }
  });

  it('gives a gain to the picture only where every control is beaten, a gate forced shut among them', () => {
    const settings = { 'model.fusion': 'concat' };
    const rows = (shuffled: number, shut: number) => [
      row(0, { 'model.fusion': 'none' }, 10),
      row(1, settings, 30),
      row(1, settings, shut, { gate: 0, name: 'shut' }),
      row(1, settings, 30, { gate: 1, name: 'open' }),
      row(1, settings, shuffled, { condition: 'shuffled', name: 'shuffled' }),
    ];
    const verdictFor = (all: Row[]) => {
      const compared = judge(all, all[1] as Row);
      expect(compared.controls.map(({ name }) => name)).toEqual(['shut', 'shuffled']);
      return verdictOf(all[1] as Row, compared, true, 'points');
    };
    expect(verdictFor(rows(10, 10))?.kind).toBe('better');
    expect(verdictFor(rows(30, 10))).toMatchObject({ kind: 'unattributed', unbeaten: ['shuffled'] });
    expect(verdictFor(rows(10, 29))).toMatchObject({ kind: 'unattributed', unbeaten: ['shut'] });
  });

  it('holds a lone system against its controls', () => {
    const rows = [row(0, {}, 30), row(0, {}, 10, { condition: 'shuffled', name: 'pictures shuffled' })];
    const compared = judge(rows, rows[0] as Row);
    expect(compared.baseline).toBeNull();
    expect(verdictOf(rows[0] as Row, compared, true, 'points')?.text).toMatch(
      /better than pictures shuffled by 50\.0 points/,
    );
  });

  it('corrects the p values of differences to the baseline for their number', () => {
    const rows = [
      row(0, { 'model.fusion': 'none' }, 10),
      ...[11, 13, 30].map((right, i) => row(i + 1, { 'model.fusion': `f${i}` }, right)),
    ];
    const compared = rows.map((one) => judge(rows, one));
    const before = compared.flatMap(({ difference }) => difference?.pValue ?? []);
    adjust(compared);
    const after = compared.flatMap(({ difference }) => difference?.pValue ?? []);
    expect(after).toEqual(holm(before));
    expect(after[2]).toBe(3 * (before[2] as number));
  });
});
