/** @file What the figures say: values in their places, roles in their colours, bad input refused with a mend. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors';
import {
  bars,
  comparison,
  confusionMatrix,
  heatMap,
  learningCurve,
  lineWithBand,
  pictureGrid,
  putLibrary,
  ROLE_COLORS,
  reliabilityDiagram,
  saveFigure,
} from '../../src/lib/figures';
import { runningMean } from '../../src/lib/figures/learning-curve';
import { colorsOf } from '../../src/lib/figures/style';
import { examples } from './examples';

// biome-ignore lint/suspicious/noExplicitAny: plotly's own open shape
type Loose = Record<string, any>;

const red = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();

describe('comparison', () => {
  const figure = examples.comparison as Loose;

  it('draws each value at its row with its interval and the colour of its role', () => {
    const [all] = figure.data as Loose[];
    expect(all?.x).toBeClose([100, 66.8, 66.1, 60.4]);
    expect(all?.y).toEqual([0, 1, 2, 3]);
    expect(all?.error_x.array).toBeClose([0, 1.3, 2, 2]);
    expect(all?.error_x.arrayminus).toBeClose([1, 1.3, 2, 2]);
    const colors = ['vision-guided', 'text-only', 'control', 'control'].map(
      (r) => ROLE_COLORS[r as 'control'],
    );
    expect(all?.marker.color).toEqual(colors);
    expect(figure.data[2].y).toEqual([0]); // NLVR has but one system, in the row of its name
  });

  it('draws a ceiling line in each panel and says everything in words', () => {
    expect(figure.layout.shapes.map((s: Loose) => s.x0)).toBeClose([67, 23.3, 58.65]);
    expect(figure.description).toContain('text-only 66.8 % [65.5, 68.1]');
    expect(figure.description).toContain('blind ceiling 58.7 %');
  });

  it('takes metrics that are no shares', () => {
    const bleu = comparison({
      metric: 'BLEU',
      percent: false,
      groups: [{ name: 'Multi30k', systems: [{ name: 'text-only', role: 'text-only', value: 41.02 }] }],
    }) as Loose;
    expect(bleu.data[0].x).toEqual([41.02]);
    expect(bleu.layout.xaxis.range[1]).toBeGreaterThan(50);
  });

  it('refuses nothing and NaN', () => {
    expect(() => comparison({ groups: [] })).toThrow(InputError);
    const systems = [{ name: 'a', role: 'other' as const, value: Number.NaN }];
    expect(() => comparison({ groups: [{ name: 'g', systems }] })).toThrow('"a" in "g" is NaN');
  });
});

describe('learning curve', () => {
  const run = {
    name: 'a',
    points: [
      { step: 1, trainLoss: 2 },
      { step: 2, trainLoss: 1 },
    ],
  };

  it('leaves out a panel without data', () => {
    const figure = learningCurve({ runs: [run] }) as Loose;
    expect(figure.layout.xaxis2).toBeUndefined();
    expect(figure.data).toHaveLength(1);
  });

  it('seeds of one name share colour and legend entry; two names of one role do not', () => {
    const seeds = ['a', 'a', 'b'].map((name) => ({ ...run, name, role: 'vision-guided' as const }));
    const { data } = learningCurve({ runs: seeds }) as Loose;
    expect(data[0].line.color).toBe(data[1].line.color);
    expect(data[0].line.color).not.toBe(data[2].line.color);
    expect(data.map((t: Loose) => t.showlegend)).toEqual([true, false, true]);
  });

  it('the running mean keeps a line and flattens noise', () => {
    const line = Array.from({ length: 120 }, (_, i) => i);
    expect(runningMean(line).slice(5, 115)).toBeClose(line.slice(5, 115));
    expect(Math.max(...runningMean(line.map((i) => (i % 2 ? 1 : -1))))).toBeLessThan(0.5);
  });

  it('refuses runs without points', () => {
    expect(() => learningCurve({ runs: [{ name: 'a', points: [] }] })).toThrow(InputError);
  });
});

describe('matrix, heat map, lines, bars', () => {
  it('the confusion matrix is coloured by row share', () => {
    const { data, description } = examples.confusionMatrix as Loose;
    expect(data[0].z[1]).toBeClose([0.2, 0.8, 0]);
    expect(description).toContain('rectangle 80 %');
  });

  it('refuse shapes that do not fit', () => {
    expect(() => confusionMatrix({ labels: ['a', 'b'], counts: [[1, 2]] })).toThrow('2 × 2');
    expect(() => heatMap({ values: [[1, 2], [3]] })).toThrow('one length');
    expect(() => heatMap({ values: [[1, 2]], rows: ['a', 'b'] })).toThrow('1 × 2');
    expect(() => lineWithBand({ series: [{ name: 'a', x: [1, 2], y: [1] }] })).toThrow('"a"');
    expect(() => bars({ categories: ['a'], series: [{ name: 's', values: [1, 2] }] })).toThrow('1 values');
  });
});

describe('picture grid', () => {
  it('holds the pictures, and marks answers by sign', async () => {
    const figure = (await pictureGrid({
      items: [
        {
          image: await red(),
          text: 'what color?',
          truth: 'red',
          answers: [{ name: 'guided', text: 'red', correct: true }],
        },
      ],
    })) as Loose;
    const [, base64] = figure.layout.images[0].source.split(',');
    const { data } = await sharp(Buffer.from(base64, 'base64')).raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 3)]).toEqual([255, 0, 0]);
    expect(JSON.stringify(figure.layout.annotations)).toContain('✓ guided: red');
    expect(figure.description).toContain('guided says red');
  });

  it('attention lights what it is on and darkens the rest', async () => {
    const figure = (await pictureGrid({
      items: [
        {
          image: await red(),
          attention: [
            [1, 0],
            [0, 0],
          ],
        },
      ],
    })) as Loose;
    const bytes = Buffer.from(figure.layout.images[0].source.split(',')[1], 'base64');
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const redAt = (x: number, y: number) =>
      data[info.channels * (Math.floor(y * info.height) * info.width + Math.floor(x * info.width))] as number;
    expect(redAt(0.1, 0.1)).toBeGreaterThan(230);
    expect(redAt(0.9, 0.9)).toBeLessThan(80);
  });

  it('names the picture that cannot be read', async () => {
    const wrong = pictureGrid({ items: [{ image: await red() }, { image: '/no/such.png' }] });
    await expect(wrong).rejects.toThrow(/picture 1 "\/no\/such\.png" cannot be read/);
    await expect(pictureGrid({ items: [] })).rejects.toThrow(InputError);
  });
});

describe('files', () => {
  it('PNG, SVG and data stand side by side, and nothing half-written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'figures-'));
    const figure = examples.bars;
    if (!figure) throw new Error();
    const files = await saveFigure(figure, join(folder, 'new', 'bars.png'));
    expect(readdirSync(join(folder, 'new')).sort()).toEqual(['bars.json', 'bars.png', 'bars.svg']);
    expect(JSON.parse(readFileSync(files.json, 'utf8'))).toEqual(JSON.parse(JSON.stringify(figure)));
    expect(readFileSync(files.svg, 'utf8')).toContain('<svg');
    expect((await sharp(files.png).metadata()).width).toBe(1920);
    rmSync(folder, { recursive: true });
  });

  it('makes a page that needs nothing but plotly.js beside it, whatever stands in the figure', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-figures-'));
    const figure = bars({
      title: '</script><b>"a" & b</b>',
      categories: ['one', 'two'],
      series: [{ name: 'all', values: [1, 2] }],
    });
    const { html } = await saveFigure(figure, join(folder, 'bars'), { html: true });
    expect(readdirSync(folder).sort()).toEqual([
      ...['bars.html', 'bars.json', 'bars.png', 'bars.svg', 'plotly.min.js'],
    ]);
    const page = readFileSync(html as string, 'utf8');
    const { window } = new JSDOM(page);
    const { document } = window;
    expect(document.querySelector('[role=img]')?.getAttribute('aria-label')).toBe(figure.description);
    const scripts = [...document.querySelectorAll('script')];
    expect(scripts.map((script) => script.getAttribute('src'))).toEqual(['plotly.min.js', null]);
    const drawn: unknown[] = [];
    new Function('Plotly', scripts[1]?.textContent ?? '')({
      newPlot: (_: string, data: unknown, layout: unknown) => drawn.push(data, layout),
    });
    const { data, layout } = JSON.parse(JSON.stringify(figure));
    expect(drawn).toEqual([data, layout]);
    expect(page).not.toMatch(/https?:/);
    rmSync(folder, { recursive: true });
  });

  it('shares plotly.js with the other pages of a folder, also where several are saved at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-figures-'));
    await Promise.all([1, 2, 3, 4].map(() => putLibrary(folder)));
    expect(readdirSync(folder)).toEqual(['plotly.min.js']);
    rmSync(folder, { recursive: true });
  });
});

describe('colours of lines', () => {
  it('gives no two lines one colour, whichever have a role', () => {
    const line = (name: string, role?: 'text-only' | 'vision-guided') => ({
      name,
      x: [1, 2],
      y: [1, 2],
      ...(role ? { role } : {}),
    });
    const series = [line('blind', 'text-only'), line('a'), line('b'), line('guided', 'vision-guided')];
    const drawn = [...lineWithBand({ series }).data] as Loose[];
    const colors = drawn.map((trace) => trace.line.color);
    expect(new Set(colors).size).toBe(4);
    expect([colors[0], colors[3]]).toEqual([ROLE_COLORS['text-only'], ROLE_COLORS['vision-guided']]);
  });

  it('keeps the colour of a role for it, whatever comes before', () => {
    const colors = (series: Parameters<typeof colorsOf>[0]) => {
      const found = colorsOf(series);
      return series.map(({ name }) => found.get(name));
    };
    const blind = { name: 'blind', role: 'text-only' } as const;
    const guided = { name: 'guided', role: 'vision-guided' } as const;
    const [concat, cross, own] = colors([{ name: 'concat' }, { name: 'cross' }, blind]);
    expect([own, new Set([own, concat, cross]).size]).toEqual([ROLE_COLORS['text-only'], 3]);
    const twice = colors([blind, { ...blind, name: 'blind too' }, guided]);
    expect([twice[0], twice[2]]).toEqual([ROLE_COLORS['text-only'], ROLE_COLORS['vision-guided']]);
    expect(new Set(twice).size).toBe(3);
    const many = colors([...'abcdefg'].map((name) => ({ name })).concat(guided));
    expect(many.slice(0, 7)).not.toContain(many[7]);
  });
});

describe('reliabilityDiagram', () => {
  const bin = (x: number, y: number, count: number) => ({ x, y, low: y - 0.1, high: y + 0.2, count });
  const options = { series: [{ name: 'gate', bins: [bin(0.2, 0.3, 25), bin(0.9, 0.7, 100)] }] };

  it('puts what was so over what was said, with intervals; the area of a point is as its records', () => {
    const [diagonal, points] = [...reliabilityDiagram(options).data] as Loose[];
    expect([diagonal?.x, diagonal?.y]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect([points?.x, points?.y]).toEqual([
      [0.2, 0.9],
      [0.3, 0.7],
    ]);
    expect(points?.error_y.array).toBeClose([0.2, 0.2]);
    expect(points?.error_y.arrayminus).toBeClose([0.1, 0.1]);
    const [small, large] = (points as Loose).marker.size as [number, number];
    expect((large / small) ** 2).toBeCloseTo(4, 9);
  });

  it('is refused without records', () => {
    expect(() => reliabilityDiagram({ series: [{ name: 'gate', bins: [bin(0.2, 0.3, 0)] }] })).toThrow(
      InputError,
    );
  });
});
