/**
 * @file A figure as a page to look at in a browser: to zoom in, to read values, to hide series. plotly.js stands beside it
 * as one file, shared by all the pages of a folder; nothing is fetched from elsewhere.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_WIDTH, sizeOf } from './render';
import type { FigureSpecification } from './specification';
import { escapeText } from './text-wrapping';

const LIBRARY = 'plotly.min.js';

/** The page; it wants `putLibrary` to have been called for its folder. */
export function figurePage(figure: FigureSpecification): string {
  const { data, layout, description } = figure;
  const { width, height } = sizeOf(figure);
  // In a script only `<` could end it.
  const json = JSON.stringify({ data, layout }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(description.split('. ')[0] as string)}</title>
<style>body { margin: 0; background: #fff; } #figure { max-width: ${Math.max(width, DEFAULT_WIDTH)}px; height: ${height}px; margin: 0 auto; }</style>
<script src="${LIBRARY}"></script></head>
<body><div id="figure" role="img" aria-label="${escapeText(description).replaceAll('"', '&quot;')}"></div>
<script>const { data, layout } = ${json};
Plotly.newPlot('figure', data, layout, { responsive: true, displaylogo: false });</script></body></html>
`;
}

/** Puts plotly.js into a folder of pages, unless it is there. */
export async function putLibrary(folder: string): Promise<void> {
  const source = require.resolve('plotly.js/plotly.min.js');
  const place = join(folder, LIBRARY);
  const sizeAt = (path: string) =>
    stat(path).then(
      ({ size }) => size,
      () => null,
    );
  if ((await sizeAt(place)) === (await sizeAt(source))) return;
  // A name of its own for each call: several figures of one process may be saved into one folder at once.
  const unfinished = `${place}.${randomUUID()}.tmp`;
  await copyFile(source, unfinished);
  await rename(unfinished, place);
}
