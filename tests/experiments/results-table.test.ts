/** @file Tables of results: rounding, intervals, escaping, the danfojs frame, and groups checked by hand. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors';
import { groupRows, resultsTable, summarize, toDataFrame } from '../../src/lib/experiments';

const rows = [
  { system: 'text-only', accuracy: { value: 0.668, low: 0.655, high: 0.681 }, seconds: 61, note: 'a, "b"' },
  {
    system: 'guided_50% | #1',
    accuracy: { value: 0.974, low: 0.968, high: 0.98 },
    seconds: 1240,
    note: null,
  },
];
const columns = [
  'system',
  { key: 'accuracy', title: 'accuracy, %', format: 'percent' as const, best: 'highest' as const },
  { key: 'seconds', best: 'lowest' as const },
  'note',
];
const table = resultsTable(rows, { columns });

describe('writers', () => {
  it('Markdown: aligned, best in bold, pipes escaped, missing as a dash', () => {
    expect(table.markdown()).toBe(
      [
        '| system            |           accuracy, % | seconds | note   |',
        '| ----------------- | --------------------: | ------: | ------ |',
        '| text-only         |     66.8 [65.5, 68.1] |  **61** | a, "b" |',
        '| guided\\_50% \\| #1 | **97.4 [96.8, 98.0]** |   1,240 | –      |',
      ].join('\n'),
    );
  });

  it('LaTeX: booktabs, special characters escaped, table with caption where asked for', () => {
    const latex = table.latex({ caption: 'Test accuracy, 95 %', label: 'tab:main' });
    expect(latex).toContain('\\begin{tabular}{lrrl}');
    expect(latex).toContain('\\caption{Test accuracy, 95 \\%}\n\\label{tab:main}');
    expect(latex).toContain('guided\\_50\\% | \\#1 & \\textbf{97.4 [96.8, 98.0]} & 1,240 & -- \\\\');
    expect(table.latex()).toMatch(/^\\begin\{tabular\}/);
  });

  it('CSV: unrounded, limits in columns of their own, quoted by RFC 4180', () => {
    expect(table.csv()).toBe(
      'system,accuracy,accuracy_low,accuracy_high,seconds,note\n' +
        'text-only,0.668,0.655,0.681,61,"a, ""b"""\n' +
        'guided_50% | #1,0.974,0.968,0.98,1240,\n',
    );
  });

  it('digits, NaN, minus nought, yes and no', () => {
    const odd = resultsTable([{ a: -0.0001, b: Number.NaN, c: true, d: 2 }], {
      columns: [{ key: 'a', digits: 2 }, 'b', 'c', { key: 'd', digits: 1 }],
    });
    expect(odd.markdown().split('\n')[2]).toBe('| 0.00 |   – | yes | 2.0 |');
  });

  it('rows may lack keys; a column that no row has is an error', () => {
    const ragged = resultsTable([{ a: 1 }, { a: 2, b: 3 }]);
    expect(ragged.csv()).toBe('a,b\n1,\n2,3\n');
    expect(() => resultsTable(rows, { columns: ['acuracy'] })).toThrow(InputError);
    expect(() => resultsTable(rows, { columns: ['acuracy'] })).toThrow('there are system, accuracy');
  });
});

describe('danfojs', () => {
  it('holds the unrounded values, and shares our tfjs-core without new backends or tensors', async () => {
    const backends = Object.keys(tf.engine().registryFactory);
    const frame = await table.frame();
    expect(frame.columns).toEqual(['system', 'accuracy', 'accuracy_low', 'accuracy_high', 'seconds', 'note']);
    expect(frame.values).toEqual([
      ['text-only', 0.668, 0.655, 0.681, 61, 'a, "b"'],
      ['guided_50% | #1', 0.974, 0.968, 0.98, 1240, null],
    ]);
    expect(frame.sortValues('accuracy', { ascending: false }).column('system').values).toEqual([
      'guided_50% | #1',
      'text-only',
    ]);
    const copies = Object.keys(require.cache).filter((file) =>
      /tfjs-core[\\/]dist[\\/]tf-core\.node/.test(file),
    );
    expect(copies).toHaveLength(1);
    expect(
      Object.keys(tf.engine().registryFactory).filter((name) => name !== 'cpu' && !backends.includes(name)),
    ).toEqual([]);
    expect(tf.memory().numTensors).toBe(0);
  });

  it('takes ragged and empty rows', async () => {
    expect((await toDataFrame([{ a: 1 }, { a: 2, b: 'x' }])).values).toEqual([
      [1, null],
      [2, 'x'],
    ]);
    expect((await toDataFrame([], ['a', 'b'])).shape).toEqual([0, 2]);
  });
});

describe('groups', () => {
  const runs = [
    { system: 'a', seed: 1, f1: 0.5 },
    { system: 'b', seed: 1, f1: 0.9 },
    { system: 'a', seed: 2, f1: 0.7 },
  ];

  it('worked number: mean, deviation (n − 1), none for one run', () => {
    const groups = groupRows(runs, ['system']);
    expect(groups.map((group) => group.keys)).toEqual([{ system: 'a' }, { system: 'b' }]);
    const [a, b] = groups.map((group) => summarize(group.rows.map((row) => row.f1)));
    expect([a?.mean, a?.deviation, a?.count]).toBeClose([0.6, Math.SQRT1_2 / 5, 2]);
    expect(b).toEqual({ mean: 0.9, deviation: null, lowest: 0.9, highest: 0.9, count: 1 });
  });

  it('keys that would run together stay apart, and missing values are left out', () => {
    const odd = [
      { a: 'x-1', b: 'y' },
      { a: 'x', b: '1-y' },
      { a: 1, b: 'y' },
      { a: '1', b: 'y' },
    ];
    expect(groupRows(odd, ['a', 'b'])).toHaveLength(4);
    expect(summarize([1, null, Number.NaN, undefined, 3])?.mean).toBe(2);
    expect(summarize([null])).toBeNull();
  });
});
