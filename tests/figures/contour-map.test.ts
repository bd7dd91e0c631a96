/** @file The landscape: heights where they were taken, arrows along the steps, drawn without a browser. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors';
import { contourMap, renderPng, renderSvg } from '../../src/lib/figures';

// biome-ignore lint/suspicious/noExplicitAny: plotly's own open shape
type Loose = Record<string, any>;

const x = Array.from({ length: 21 }, (_, i) => i / 10 - 1);
const y = Array.from({ length: 15 }, (_, i) => i / 7 - 1);
const bowl = y.map((b) => x.map((a) => 0.01 + a * a + 4 * b * b));
const options = {
  x,
  y,
  values: bowl,
  valueTitle: 'loss',
  paths: [
    {
      name: 'descent',
      points: [
        [0.9, 0.6],
        [0.5, 0.1],
        [0.2, -0.05],
      ] as [number, number][],
    },
  ],
};

describe('contourMap', () => {
  it('holds every height, as a logarithm where asked, and says the value itself', () => {
    const plain = contourMap(options) as Loose;
    const decades = contourMap({ ...options, logarithmic: true }) as Loose;
    expect(plain.data[0].z).toEqual(bowl);
    expect(decades.data[0].z[0][0]).toBeCloseTo(Math.log10(bowl[0]?.[0] ?? 0), 12);
    expect(decades.data[0].customdata).toEqual(bowl);
    const { tickvals, ticktext } = decades.data[0].colorbar;
    expect(tickvals.map((tick: number) => 10 ** tick)).toBeClose(ticktext.map(Number), { relative: 1e-9 });
    expect(ticktext).toEqual(['0.01', '0.02', '0.05', '0.1', '0.2', '0.5', '1', '2', '5']);
    const lines = plain.data[0].contours;
    expect(lines.start).toBeGreaterThan(Math.min(...bowl.flat()));
    expect(lines.end).toBeLessThan(Math.max(...bowl.flat()));
  });

  it('draws each step of a path as an arrow from its point to the next; a long path has none', () => {
    const figure = contourMap(options) as Loose;
    const arrows = figure.layout.annotations.filter((one: Loose) => one.showarrow);
    expect(arrows.map(({ ax, ay, x, y }: Loose) => [ax, ay, x, y])).toEqual([
      [0.9, 0.6, 0.5, 0.1],
      [0.5, 0.1, 0.2, -0.05],
    ]);
    expect(figure.description).toContain('descent: 2 steps to (0.2, -0.05)');
    const long = { name: 'long', points: x.map((a): [number, number] => [a, a]) };
    const walked = contourMap({ ...options, paths: [long] }) as Loose;
    expect(walked.layout.annotations.some((one: Loose) => one.showarrow)).toBe(false);
    expect(walked.data[1].mode).toBe('lines');
  });

  it('is drawn without a browser: areas, the path, and a PNG', async () => {
    const figure = contourMap({ ...options, logarithmic: true, title: 'A bowl' });
    const svg = await renderSvg(figure);
    expect(svg.match(/<path[^>]*fill: ?rgb/g)?.length ?? 0).toBeGreaterThan(8);
    const png = await renderPng(figure);
    expect(png.length).toBeGreaterThan(20_000);
  });

  it('refuses a grid that does not fit, and heights without a logarithm', () => {
    expect(() => contourMap({ ...options, values: bowl.slice(1) })).toThrow('15 × 21 values are needed');
    expect(() => contourMap({ ...options, values: bowl.map((row) => row.map(() => Number.NaN)) })).toThrow(
      InputError,
    );
    const below = bowl.map((row) => row.map((value) => value - 1));
    expect(() => contourMap({ ...options, values: below, logarithmic: true })).toThrow('above 0');
    expect(() => contourMap({ ...options, values: below })).not.toThrow();
  });
});
