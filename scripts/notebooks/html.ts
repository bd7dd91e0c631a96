/**
 * @file Executed notebooks as HTML pages, by nbconvert. Figures stay interactive: before the conversion a plotly
 * output becomes a `div` with its figure as JSON, and afterwards plotly.js goes into the page, so that the file needs
 * nothing beside it. Without scripts the page shows the PNG.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runChild, tail } from '../parts/child';
import { type Jupyter, jupyterVariables } from '../parts/jupyter';
import { inProject } from '../parts/project';
import { SetupError } from '../parts/talk';
import { type MimeBundle, type Notebook, readNotebook, writeNotebook } from './notebook';

const PLOTLY = 'application/vnd.plotly.v1+json';

/** JSON that may stand inside a script element. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

function figureHtml(data: MimeBundle): string {
  const png = typeof data['image/png'] === 'string' ? data['image/png'].replaceAll('\n', '') : null;
  const text = String(data['text/plain'] ?? 'figure').replaceAll(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const still = png ? `<noscript><img alt="${text}" src="data:image/png;base64,${png}"></noscript>` : '';
  return `<div class="sightline-figure"></div>${still}<script type="application/json">${embedded(data[PLOTLY])}</script>`;
}

/** A copy of the notebook whose plotly outputs nbconvert shows as HTML. Exported for its test. */
export function withFigures(notebook: Notebook): { notebook: Notebook; figures: number } {
  const copy = structuredClone(notebook);
  let figures = 0;
  for (const cell of copy.cells) {
    if (cell.cell_type !== 'code') continue;
    for (const output of cell.outputs) {
      if (output.output_type !== 'display_data' || output.data[PLOTLY] === undefined) continue;
      output.data = { 'text/html': figureHtml(output.data) };
      figures++;
    }
  }
  return { notebook: copy, figures };
}

const DRAW = `
for (const place of document.querySelectorAll('.sightline-figure')) {
  const script = place.parentElement.querySelector('script[type="application/json"]');
  const { data, layout, config } = JSON.parse(script.textContent);
  Plotly.newPlot(place, data, layout, { responsive: true, displaylogo: false, ...config });
}`;

function addPlotly(page: string): string {
  const plotly = readFileSync(inProject('node_modules', 'plotly.js', 'plotly.min.js'), 'utf8');
  const scripts = `<script>${plotly.replaceAll('</script', '<\\/script')}</script>\n<script>${DRAW}</script>\n`;
  const end = page.lastIndexOf('</body>');
  return page.slice(0, end) + scripts + page.slice(end);
}

/** Writes `folder/<name>.html` for each executed notebook `folder/<name>.ipynb`; returns the pages. */
export async function writeHtml(
  jupyter: Jupyter,
  files: readonly string[],
  folder: string,
): Promise<string[]> {
  if (files.length === 0) return [];
  const place = mkdtempSync(join(tmpdir(), 'sightline-html-'));
  try {
    const withPlotly = new Set<string>();
    const copies = files.map((file) => {
      const { notebook, figures } = withFigures(readNotebook(file));
      const name = basename(file, '.ipynb');
      if (figures > 0) withPlotly.add(name);
      const copy = join(place, `${name}.ipynb`);
      writeNotebook(copy, notebook);
      return copy;
    });
    // require.js would be fetched from elsewhere, and nothing here uses it.
    const args = [
      '-m',
      'nbconvert',
      '--to',
      'html',
      '--HTMLExporter.require_js_url=',
      '--output-dir',
      place,
      ...copies,
    ];
    const { code, both } = await runChild(jupyter.python, args, { env: jupyterVariables() });
    if (code !== 0) throw new SetupError(`nbconvert failed:\n${tail(both)}`);
    return files.map((file) => {
      const name = basename(file, '.ipynb');
      const page = readFileSync(join(place, `${name}.html`), 'utf8');
      const target = join(folder, `${name}.html`);
      writeFileSync(target, withPlotly.has(name) ? addPlotly(page) : page);
      return target;
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
