/** @file The measurements that jsdom lacks, against hand-computed numbers; letters, wrapping, PNG bytes, colours. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { parseSvg } from '../../src/lib/figures/render/browserless';
import { FakeContext, parseColor } from '../../src/lib/figures/render/canvas';
import { isCovered, textOutline, textWidth } from '../../src/lib/figures/render/fonts';
import {
  ownBox,
  parseTransform,
  pathLength,
  pathPoints,
  pointAtLength,
  transformedBox,
} from '../../src/lib/figures/render/geometry';
import { encodePng } from '../../src/lib/figures/render/png';
import { textRuns } from '../../src/lib/figures/render/text-runs';
import { escapeText, wrapLines } from '../../src/lib/figures/text-wrapping';

const element = (inside: string) =>
  parseSvg(`<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`).root.firstElementChild as Element;

describe('boxes and paths', () => {
  it('transforms compose from left to right', () => {
    expect(parseTransform('translate(10,20)rotate(90)')).toBeClose([0, 1, -1, 0, 10, 20]);
    expect(parseTransform('rotate(90,5,5)')).toBeClose([0, 1, -1, 0, 10, 0]);
    expect(parseTransform('scale(2) translate(3 4)')).toBeClose([2, 0, 0, 2, 6, 8]);
    const turned = transformedBox(
      element('<rect x="0" y="0" width="30" height="10" transform="translate(100,0)rotate(90)"/>'),
    );
    expect([turned.x, turned.y, turned.width, turned.height]).toBeClose([90, 0, 10, 30]);
  });

  it('groups are the union of their children', () => {
    const box = ownBox(
      element(
        '<g><rect x="1" y="2" width="3" height="4"/><g transform="translate(10,0)"><circle cx="0" cy="5" r="2"/></g></g>',
      ),
    );
    expect(box).toEqual({ x: 1, y: 2, width: 11, height: 5 });
  });

  it('path points, lengths and points along', () => {
    expect(pathPoints('M0,0h3v4l-3-4Z')).toEqual([
      [0, 0],
      [3, 0],
      [3, 4],
      [0, 0],
    ]);
    expect(pathLength('M0,0L3,4V10')).toBe(11);
    expect(pointAtLength('M0,0L3,4V10', 8)).toEqual({ x: 3, y: 7 });
    expect(pointAtLength('M0,0L3,4', 99)).toEqual({ x: 3, y: 4 });
  });
});

describe('letters', () => {
  it('have the widths of the font file, in units of 1/2,048 em (read by fontTools)', () => {
    expect([...'H 1m'].map((letter) => textWidth(letter, 2048))).toEqual([1522, 576, 833, 1794]);
    expect(textWidth('HHm', 10)).toBeCloseTo((10 * (2 * 1522 + 1794)) / 2048, 12);
    expect(textWidth('H', 20, { bold: true, italic: false })).toBeGreaterThan(textWidth('H', 20));
  });

  it('outlines lie within the width that was measured, and numbers in paths stay apart', () => {
    for (const word of ['shapes', 'guided 61.3 %', 'αβ → ≥ ✓']) {
      expect(isCovered(word)).toBe(true);
      const d = textOutline(word, 33.34, 4.9, 14);
      expect(d).toMatch(/^[MLQCZ0-9 .-]+$/);
      const xs = pathPoints(d).map(([x]) => x);
      expect(Math.min(...xs)).toBeGreaterThan(33.34 - 1);
      expect(Math.max(...xs)).toBeLessThan(33.34 + textWidth(word, 14) + 1);
      expect(Math.max(...xs)).toBeGreaterThan(33.34 + textWidth(word, 14) - 3);
    }
    expect(isCovered('真')).toBe(false);
    expect(textWidth('真', 14)).toBe(14);
  });

  it('runs follow anchors, lines, bold and superscripts', () => {
    const text = element(
      '<text x="100" y="50" text-anchor="end" style="font-size: 10px"><tspan class="line" dy="0em" x="100" y="50">ab<tspan style="font-weight:bold">c</tspan></tspan><tspan class="line" dy="1.3em" x="100" y="50">d<tspan style="font-size:70%" dy="-0.6em">2</tspan></tspan></text>',
    );
    const runs = textRuns(text);
    expect(runs.map((run) => [run.text, run.size, run.style.bold])).toEqual([
      ['ab', 10, false],
      ['c', 10, true],
      ['d', 10, false],
      ['2', 7, false],
    ]);
    expect(runs.map((run) => run.y)).toBeClose([50, 50, 63, 63 - 4.2]);
    const [, c, , two] = runs;
    expect((c?.x ?? 0) + (c?.width ?? 0)).toBeCloseTo(100, 9);
    expect((two?.x ?? 0) + (two?.width ?? 0)).toBeCloseTo(100, 9);
  });

  it('wrapped lines fit, lose no word, and end in … where something is left out', () => {
    const sentence = 'There is a tower with exactly two blocks having a black block at the top';
    const lines = wrapLines(sentence, 150, 14);
    expect(lines.join(' ')).toBe(sentence);
    for (const line of lines) expect(textWidth(line, 14)).toBeLessThanOrEqual(150);
    const short = wrapLines(sentence, 150, 14, { maxLines: 2 });
    expect(short).toHaveLength(2);
    expect(short[1]).toMatch(/…$/);
    expect(textWidth(short[1] as string, 14)).toBeLessThanOrEqual(150);
    expect(wrapLines('Donaudampfschifffahrtsgesellschaft', 60, 14).join('')).toBe(
      'Donaudampfschifffahrtsgesellschaft',
    );
    expect(wrapLines('', 60, 14)).toEqual(['']);
    expect(escapeText('a<b>&c')).toBe('a&lt;b&gt;&amp;c');
  });
});

describe('pixels', () => {
  it('the PNG holds the pixels, as sharp reads it', async () => {
    const pixels = Uint8Array.from({ length: 4 * 6 }, (_, i) => (i * 37) % 256);
    const { data, info } = await sharp(encodePng(pixels, 3, 2))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([3, 2, 4]);
    expect([...data]).toEqual([...pixels]);
  });

  it('the fake canvas fills rectangles and clips them', async () => {
    const context = new FakeContext(3, 2);
    context.fillStyle = 'rgba(10, 20, 30, 0.5)';
    context.fillRect(1, 0, 9, 1);
    const png = Buffer.from(context.toDataURL().split(',')[1] as string, 'base64');
    const { data } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 8)]).toEqual([0, 0, 0, 0, 10, 20, 30, 128]);
    expect([...data.subarray(12)]).toEqual(new Array(12).fill(0));
    expect(parseColor('#0f8')).toEqual([0, 255, 136, 255]);
    expect(parseColor('#0072B2')).toEqual([0, 114, 178, 255]);
    expect(parseColor('none')).toEqual([0, 0, 0, 0]);
  });
});
