import { describe, expect, it } from 'vitest';
import { type AblationSummary, gridFigures } from '../../../src/lib/experiments';
import { ROLE_COLORS } from '../../../src/lib/figures';

const details = { models: 0, curves: null, gates: [], confusions: null, attended: null, notes: [] };

/** What a figure along an axis asks of a summary: rows with settings and an estimate. */
const summaryOf = (paths: readonly string[]) => {
  const values = [8, 16];
  const rows = values.flatMap((a) =>
    values.map((b) => ({
      name: `${a} ${b}`,
      role: 'vision-guided',
      condition: 'right',
      text: 'full',
      gate: null,
      guidance: null,
      settings: { [paths[0] as string]: a, [paths[1] as string]: b },
      estimate: { value: (a + b) / 100, low: 0, high: 1 },
      difference: null,
      controls: [],
    })),
  );
  return { name: 'widths', metric: 'loss', share: false, rows, details } as unknown as AblationSummary;
};

describe('figures along axes of numbers', () => {
  it('are one an axis, also where two axes end in the same word', () => {
    const paths = ['model.text.hiddenSize', 'model.fusion.hiddenSize'];
    const made = gridFigures(summaryOf(paths));
    expect([...made.keys()]).toEqual(paths.map((path) => `along-${path}`));
    for (const path of paths) {
      expect(JSON.stringify(made.get(`along-${path}`)?.layout)).toContain(`loss by ${path}`);
    }
  });

  it('are named by the last word where that is enough', () => {
    const made = gridFigures(summaryOf(['model.text.hiddenSize', 'training.epochs']));
    expect([...made.keys()]).toEqual(['along-hiddenSize', 'along-epochs']);
  });
});

describe('the data-scaling curve', () => {
  it('has a logarithmic axis, and all records at their number', () => {
    const rows = ['none', 'concat'].flatMap((fusion) =>
      [10, 100, null].map((limit) => ({
        name: `${fusion} ${limit}`,
        role: fusion === 'none' ? 'text-only' : 'vision-guided',
        condition: 'right',
        text: 'full',
        gate: null,
        guidance: null,
        settings: { 'model.fusion': fusion, 'data.limit': limit },
        trainingRecords: limit ?? 3599.5,
        estimate: { value: 0.5, low: 0.4, high: 0.6 },
        difference: null,
        controls: [],
      })),
    );
    const summary = { name: 'sizes', metric: 'accuracy', share: true, rows, details };
    const figure = gridFigures(summary as unknown as AblationSummary).get('along-limit');
    const lines = figure?.data.filter(({ mode }) => mode === 'lines+markers') ?? [];
    expect(lines.map(({ name, x }) => [name, x])).toEqual([
      ['text-only', [10, 100, 3600]],
      ['concat', [10, 100, 3600]],
    ]);
    // The one text-only line and the one that is guided have the colours of their roles.
    expect(lines.map(({ line }) => (line as { color: string }).color)).toEqual([
      ROLE_COLORS['text-only'],
      ROLE_COLORS['vision-guided'],
    ]);
    expect(figure?.layout.xaxis).toMatchObject({ type: 'log', ticktext: ['10', '100', '3,600'] });
  });
});
