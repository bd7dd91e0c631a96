/**
 * @file plotly.js without a browser: jsdom with the few measurements that it lacks (`geometry.ts`, `canvas.ts`).
 * The window is made once, when the first figure is drawn (about a second), and figures are drawn one after the
 * other.
 */
import { readFileSync } from 'node:fs';
import type { DOMWindow } from 'jsdom';
import { Generator } from '../../random';
import type { FigureSpecification, Size } from '../specification';
import { FakeContext } from './canvas';
import { ownBox, pathLength, pointAtLength, textLength, transformedBox } from './geometry';

interface Plotly {
  toImage(
    figure: { data: unknown; layout: unknown; config: unknown },
    options: { format: 'svg'; width: number; height: number; imageDataOnly: true },
  ): Promise<string>;
}

type PlotlyWindow = DOMWindow & { Plotly: Plotly; Math: { random: () => number } };

let shared: PlotlyWindow | null = null;
let queue: Promise<unknown> = Promise.resolve();

/** plotly's own SVG of a figure, with `<text>` elements. Rejects with plotly's error for a bad specification. */
export function plotlySvg(figure: FigureSpecification, size: Size): Promise<string> {
  const drawn = queue.then(() => {
    shared ??= openWindow();
    const text = JSON.stringify({ data: figure.data, layout: figure.layout });
    // ids of clip paths are drawn by Math.random: seeded by the figure they are stable, yet differ between figures
    const random = new Generator(text, 'ids');
    shared.Math.random = () => random.uniform();
    const { data, layout } = JSON.parse(text); // a copy, since plotly fills in the object that it is given
    return shared.Plotly.toImage(
      { data, layout: { ...layout, ...size }, config: { staticPlot: true } },
      { format: 'svg', ...size, imageDataOnly: true },
    );
  });
  queue = drawn.catch(() => undefined);
  return drawn;
}

/** Parses SVG text with the shared window's parser. */
export function parseSvg(svg: string): { root: Element; serialize(): string } {
  shared ??= openWindow();
  const { DOMParser, XMLSerializer } = shared;
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  return { root, serialize: () => new XMLSerializer().serializeToString(root) };
}

function openWindow(): PlotlyWindow {
  // Loaded with the first figure: it would be a third of what loading the library takes.
  const { JSDOM } = require('jsdom') as typeof import('jsdom');
  const { window } = new JSDOM('<!doctype html><html><body></body></html>', {
    runScripts: 'outside-only',
    pretendToBeVisual: true,
  });
  addMeasurements(window);
  addCanvas(window);
  Object.assign(window.URL, { createObjectURL: () => '' });
  window.eval(readFileSync(require.resolve('plotly.js/plotly.min.js'), 'utf8'));
  return window as PlotlyWindow;
}

function addMeasurements(window: DOMWindow): void {
  const rectangle = (box: ReturnType<typeof ownBox>) => ({
    ...box,
    left: box.x,
    top: box.y,
    right: box.x + box.width,
    bottom: box.y + box.height,
  });
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: Element) {
      return ownBox(this);
    },
    getBoundingClientRect(this: Element) {
      return rectangle(transformedBox(this));
    },
    getComputedTextLength(this: Element) {
      return textLength(this);
    },
    getTotalLength(this: Element) {
      return pathLength(this.getAttribute('d') ?? '');
    },
    getPointAtLength(this: Element, length: number) {
      return pointAtLength(this.getAttribute('d') ?? '', length);
    },
  });
}

function addCanvas(window: DOMWindow): void {
  const contexts = new WeakMap<object, FakeContext>();
  Object.assign(window.HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement, kind: string) {
      if (kind !== '2d') return null;
      const known = contexts.get(this);
      if (known && known.width === this.width && known.height === this.height) return known;
      const fresh = new FakeContext(this.width, this.height);
      contexts.set(this, fresh);
      return fresh;
    },
    toDataURL(this: HTMLCanvasElement) {
      return contexts.get(this)?.toDataURL() ?? 'data:,';
    },
  });
}
