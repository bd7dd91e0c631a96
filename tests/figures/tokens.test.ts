/** Rows of tokens, grids of heat maps, maps of points: everything in its place, and legible where it is crowded. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors';
import { heatMapGrid, pointMap, renderSvg, tokenRows } from '../../src/lib/figures';

// biome-ignore lint/suspicious/noExplicitAny: plotly's own open shape
type Loose = Record<string, any>;
const tokens = (...texts: string[]) => texts.map((text) => ({ text }));

describe('rows of tokens', () => {
  it('a row that is too long goes on below, and no box leaves the plot', () => {
    const letters = tokens(...'the king is come to speak with you and me today'.split(''));
    const { layout, data } = tokenRows({
      rows: [{ name: 'characters', tokens: letters }],
      width: 600,
    }) as Loose;
    const tops = new Set(layout.shapes.map((shape: Loose) => shape.y0));
    expect(tops.size).toBeGreaterThan(1);
    for (const { x0, x1, y1 } of layout.shapes) {
      expect(x0).toBeGreaterThanOrEqual(layout.xaxis.range[0]);
      expect(x1).toBeLessThanOrEqual(layout.xaxis.range[1]);
      expect(y1).toBeLessThanOrEqual(layout.yaxis.range[0]);
    }
    expect(data[0].text.join('')).toBe(letters.map(({ text }) => text).join(''));
  });

  it('aligned boxes stand above one another, whatever they hold, and widen the figure where they must', () => {
    const rows = [
      { name: 'reads', tokens: tokens('a', '[MASK]', 'c') },
      { name: 'asked', tokens: tokens('–', 'b', '–') },
    ];
    const { layout } = tokenRows({ rows, aligned: true }) as Loose;
    const lefts = layout.shapes.map((shape: Loose) => [shape.x0, shape.x1]);
    expect(lefts.slice(0, 3)).toEqual(lefts.slice(3));
    const long = { name: 'long', tokens: tokens(...Array(40).fill('token')) };
    expect(tokenRows({ rows: [long], aligned: true }).size?.width).toBeGreaterThan(960);
  });

  it('what is hidden is dark; markup in a token is text', async () => {
    const hidden = { text: '<b>', tone: 'hidden' as const };
    const figure = tokenRows({ rows: [{ name: 'r', tokens: [hidden, { text: 'x' }] }] });
    const { shapes } = figure.layout as Loose;
    expect(shapes[0].fillcolor).not.toBe(shapes[1].fillcolor);
    expect((figure.data[0] as Loose).text[0]).toBe('&lt;b&gt;');
    expect(await renderSvg(figure)).toContain('<svg');
  });

  it('refuses nothing', () => {
    expect(() => tokenRows({ rows: [] })).toThrow(InputError);
    expect(() => tokenRows({ rows: [{ name: 'empty', tokens: [] }] })).toThrow('"empty" has no tokens');
  });
});

describe('grid of heat maps', () => {
  const values = [
    [1, 0],
    [0.5, 0.5],
  ];
  const panels = Array.from({ length: 5 }, (_, i) => ({ title: `head ${i + 1}`, values }));

  it('panels do not overlap, and only the outer ones carry names', () => {
    const names = ['a', 'b'];
    const { layout, data } = heatMapGrid({
      panels,
      columns: 3,
      rowNames: names,
      columnNames: names,
    }) as Loose;
    expect(data).toHaveLength(5);
    const [first, second, fourth] = [layout.xaxis, layout.xaxis2, layout.xaxis4];
    expect(first.domain[1]).toBeLessThan(second.domain[0]);
    expect(fourth.domain[0]).toBeCloseTo(first.domain[0], 9);
    expect(layout.yaxis4.domain[1]).toBeLessThan(layout.yaxis.domain[0]);
    expect([layout.yaxis.showticklabels, layout.yaxis2.showticklabels]).toEqual([true, false]);
    // Nothing stands below the third panel of the first row, so that it names its columns.
    expect([1, 2, 3, 4, 5].map((p) => layout[`xaxis${p === 1 ? '' : p}`].showticklabels)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('one scale for all, from 0 to the largest value or as told', async () => {
    const scaled = heatMapGrid({
      panels: [
        ...panels,
        {
          title: 'large',
          values: [
            [3, 0],
            [0, 0],
          ],
        },
      ],
    });
    expect((scaled.layout as Loose).coloraxis).toMatchObject({ cmin: 0, cmax: 3 });
    expect((heatMapGrid({ panels, range: [0, 0.7] }).layout as Loose).coloraxis.cmax).toBe(0.7);
    expect(await renderSvg(scaled)).toContain('<svg');
  });

  it('refuses shapes that do not fit', () => {
    expect(() => heatMapGrid({ panels: [] })).toThrow(InputError);
    expect(() => heatMapGrid({ panels: [...panels, { title: 'odd', values: [[1]] }] })).toThrow(
      '"odd" must be 2 × 2',
    );
    expect(() => heatMapGrid({ panels, rowNames: ['a'] })).toThrow('names 1');
  });
});

describe('map of points', () => {
  it('puts labels of points that stand together on different sides, and keeps the points', () => {
    const crowd = ['a', 'b', 'c'].map((text, i) => ({ text, group: 'near', x: 0.001 * i, y: 0 }));
    const figure = pointMap({ points: [...crowd, { text: 'far', group: 'other', x: 1, y: 1 }] }) as Loose;
    expect(figure.data[0].x).toEqual([0, 0.001, 0.002]);
    expect(new Set(figure.data[0].textposition).size).toBe(3);
    expect(figure.data[1].textposition).toEqual(['top center']);
    expect(figure.data[0].marker.color).not.toBe(figure.data[1].marker.color);
    expect(figure.description).toContain('near 3');
  });

  it('one point, or all in one place, still has axes', () => {
    const { layout } = pointMap({ points: [{ text: 'a', group: 'g', x: 2, y: 2 }] }) as Loose;
    expect(layout.xaxis.range[0]).toBeLessThan(layout.xaxis.range[1]);
    expect(() => pointMap({ points: [] })).toThrow(InputError);
  });
});
