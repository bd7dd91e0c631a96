/**
 * @file A figure as SVG and PNG, with npm packages alone: plotly.js in jsdom draws, sharp rasterizes. The same
 * figure gives the same bytes.
 */
import sharp from 'sharp';
import type { FigureSpecification, Size } from '../specification';
import { parseSvg, plotlySvg } from './browserless';
import { outlineText } from './text-paths';

/** Width of a figure that names none, in CSS pixels. */
export const DEFAULT_WIDTH = 960;
const DEFAULT_HEIGHT = 480;

/** The size that a figure is drawn at: what is asked for, else its layout's, else 960 × 480. */
export function sizeOf(figure: FigureSpecification, size: Partial<Size> = {}): Size {
  const own = (name: 'width' | 'height', fallback: number) => {
    const value = size[name] ?? figure.size?.[name] ?? figure.layout[name];
    return typeof value === 'number' && value > 0 ? Math.round(value) : fallback;
  };
  return { width: own('width', DEFAULT_WIDTH), height: own('height', DEFAULT_HEIGHT) };
}

/** SVG text, 1 user unit = 1 CSS pixel; text is drawn as outlines, the description stands in `<desc>`. */
export async function renderSvg(figure: FigureSpecification, size: Partial<Size> = {}): Promise<string> {
  const svg = await plotlySvg(figure, sizeOf(figure, size));
  const { root, serialize } = parseSvg(svg);
  outlineText(root);
  const description = root.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'desc');
  description.textContent = figure.description;
  root.prepend(description);
  root.setAttribute('role', 'img');
  return serialize();
}

/** PNG bytes; `scale` device pixels a CSS pixel (default 2, sharp on a projector and in print). */
export async function renderPng(
  figure: FigureSpecification,
  size: Partial<Size> & { scale?: number } = {},
): Promise<Buffer> {
  return rasterize(await renderSvg(figure, size), size.scale);
}

/** PNG bytes of one of our SVGs, on white. The hardest compression takes three times as long for a tenth fewer bytes. */
export function rasterize(svg: string, scale = 2): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 72 * scale, unlimited: true })
    .flatten({ background: '#ffffff' })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
