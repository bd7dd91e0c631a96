/**
 * @file Figures are drawn without a browser, with text that is really there: outlines inside the page, labels that
 * do not run into each other, ink in the pixels, and the same bytes each time.
 */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { heatMap, renderPng, renderSvg, sizeOf } from '../../src/lib/figures';
import { parseSvg, plotlySvg } from '../../src/lib/figures/render/browserless';
import { type Box, transformedBox } from '../../src/lib/figures/render/geometry';
import { examples } from './examples';

/** Boxes of all texts of plotly's SVG, in page coordinates. */
async function textBoxes(name: string): Promise<{ text: string; box: Box; size: Box }[]> {
  const figure = examples[name];
  if (!figure) throw new Error(name);
  const { width, height } = sizeOf(figure);
  const { root } = parseSvg(await plotlySvg(figure, { width, height }));
  return Array.from(root.querySelectorAll('text'))
    .filter((text) => (text.textContent ?? '').trim() !== '')
    .map((text) => {
      let box = transformedBox(text);
      for (let at = text.parentElement; at; at = at.parentElement) {
        const wrapper = root.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'g');
        const rect = root.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'rect');
        for (const [key, value] of Object.entries(box)) rect.setAttribute(key, String(value));
        wrapper.setAttribute('transform', at.getAttribute('transform') ?? '');
        wrapper.appendChild(rect);
        box = transformedBox(wrapper);
      }
      return { text: text.textContent ?? '', box, size: { x: 0, y: 0, width, height } };
    });
}

const rotated = (box: Box) => box.height > 60; // slanted labels: their upright boxes overlap, the letters do not

describe.each(Object.keys(examples))('%s', (name) => {
  it('keeps every text on the page and apart from the others', async () => {
    const boxes = await textBoxes(name);
    expect(boxes.length).toBeGreaterThan(5);
    for (const { text, box, size } of boxes) {
      expect(box.width, text).toBeGreaterThan(1);
      expect(box.x, `left end of "${text}"`).toBeGreaterThanOrEqual(0);
      expect(box.y, `top of "${text}"`).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, `right end of "${text}"`).toBeLessThanOrEqual(size.width);
      expect(box.y + box.height, `bottom of "${text}"`).toBeLessThanOrEqual(size.height);
    }
    const level = boxes.filter(({ box }) => !rotated(box));
    for (const [i, a] of level.entries()) {
      for (const b of level.slice(i + 1)) {
        const across = Math.min(a.box.x + a.box.width, b.box.x + b.box.width) - Math.max(a.box.x, b.box.x);
        const down = Math.min(a.box.y + a.box.height, b.box.y + b.box.height) - Math.max(a.box.y, b.box.y);
        // a line's box has about a quarter of its height in blank space above and below the letters
        expect(across > 1 && down > 6, `"${a.text}" over "${b.text}"`).toBe(false);
      }
    }
  });

  it('draws its text as outlines and its description in words', async () => {
    const figure = examples[name];
    if (!figure) throw new Error(name);
    const svg = await renderSvg(figure);
    expect(svg).not.toMatch(/<text|font-family/);
    expect(svg).toContain('role="img"');
    expect(parseSvg(svg).root.querySelector('desc')?.textContent).toBe(figure.description);
    expect(svg).not.toContain('NaN');
  });
});

describe('pixels', () => {
  it('have the ink of the title and of the bars, at the size asked for', async () => {
    const figure = examples.comparison;
    if (!figure) throw new Error();
    const png = await renderPng(figure, { width: 700, scale: 1.5 });
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([1050, Math.round(1.5 * sizeOf(figure).height)]);
    let title = 0;
    let blue = 0;
    for (let i = 0; i < data.length; i += info.channels) {
      const y = Math.floor(i / info.channels / info.width);
      const [r, g, b] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
      if (y < 70 && r < 90 && g < 90 && b < 100) title++;
      if (r === 0 && g === 0x72 && b === 0xb2) blue++;
    }
    expect(title).toBeGreaterThan(1000);
    expect(blue).toBeGreaterThan(5000);
  });

  it('of a heat map are its values: the fake canvas draws each cell in the colour of the scale', async () => {
    const figure = heatMap({ values: [[0, 1]], width: 400 });
    const { data, info } = await sharp(await renderPng(figure, { scale: 1 }))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const count = (wanted: readonly number[]) => {
      let n = 0;
      for (let i = 0; i < data.length; i += info.channels) {
        if (wanted.every((value, c) => Math.abs((data[i + c] as number) - value) <= 1)) n++;
      }
      return n;
    };
    expect(count([0xf4, 0xf7, 0xfa])).toBeGreaterThan(8000); // 0
    expect(count([0x00, 0x50, 0x83])).toBeGreaterThan(8000); // 1
  });

  it('are the same bytes each time, and figures drawn at once do not mix', async () => {
    const { bars, heatMap: heat } = examples;
    if (!bars || !heat) throw new Error();
    const [first, other, second] = await Promise.all([renderSvg(bars), renderSvg(heat), renderSvg(bars)]);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('what cannot be drawn', () => {
  it('plotly refuses is an error, and the next figure is still drawn', async () => {
    const circular = { data: [{ type: 'scatter', x: [1], y: [1] }], layout: {}, description: 'x' };
    const broken = { ...circular, data: [{ type: 'scatter', x: [1n as unknown as number] }] };
    await expect(renderSvg(broken)).rejects.toThrow();
    expect(await renderSvg(circular)).toContain('<svg');
  });

  it('characters outside the font stay text for the system to draw', async () => {
    const figure = {
      data: [],
      layout: { annotations: [{ text: '真 = true', showarrow: false, x: 1, y: 1 }] },
      description: 'x',
    };
    const svg = await renderSvg(figure);
    expect(svg).toMatch(/<text[^>]*>真<\/text>/);
    expect(svg).toContain('aria-label="真 = true"');
    expect(svg).not.toMatch(/<text[^>]*>[^<]*true/);
  });
});
