/** @file A figure as files: PNG for GitHub and slides, SVG for paper, its data as JSON, a page to look into, side by side. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { figurePage, putLibrary } from './page';
import { rasterize, renderSvg } from './render';
import type { FigureSpecification, Size } from './specification';

export interface SavedFigure {
  png: string;
  svg: string;
  json: string;
  /** Where it was asked for. */
  html?: string;
}

/**
 * Writes `path` with the endings `.png`, `.svg` and `.json` (an ending in `path` is replaced) and makes the folder
 * where it is missing. Each file appears whole or not at all. `svg` is what `renderSvg` gave for the figure, where it is
 * drawn already. With `html` there is also a page that is interactive in a browser, and plotly.js (5 MB) beside it.
 */
export async function saveFigure(
  figure: FigureSpecification,
  path: string,
  size: Partial<Size> & { scale?: number; svg?: string; html?: boolean } = {},
): Promise<SavedFigure> {
  const known = ['.png', '.svg', '.json', '.html'].includes(extname(path).toLowerCase());
  const base = known ? path.slice(0, -extname(path).length) : path;
  const files = { png: `${base}.png`, svg: `${base}.svg`, json: `${base}.json` };
  const svg = size.svg ?? (await renderSvg(figure, size));
  await mkdir(dirname(base), { recursive: true });
  await writeWhole(files.svg, svg);
  await writeWhole(files.png, await rasterize(svg, size.scale));
  await writeWhole(files.json, `${JSON.stringify(figure, null, 1)}\n`);
  if (!size.html) return files;
  const html = `${base}.html`;
  await putLibrary(dirname(base));
  await writeWhole(html, figurePage(figure));
  return { ...files, html };
}

async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}
