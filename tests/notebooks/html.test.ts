import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withFigures, writeHtml } from '../../scripts/notebooks/html';
import { type Notebook, readNotebook, writeNotebook } from '../../scripts/notebooks/notebook';
import { ensureJupyter } from '../../scripts/parts/jupyter';

const folder = mkdtempSync(join(tmpdir(), 'html-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const notebook: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } },
  cells: [
    {
      cell_type: 'code',
      id: 'a',
      source: 'draw()',
      metadata: {},
      execution_count: 1,
      outputs: [
        {
          output_type: 'display_data',
          data: {
            'application/vnd.plotly.v1+json': {
              data: [{ y: [1, 2] }],
              layout: { title: { text: '</script><b>' } },
            },
            'image/png': 'iVBORw0KGgo=',
            'text/plain': 'a "figure"',
          },
          metadata: {},
        },
      ],
    },
  ] as unknown as Notebook['cells'],
};

describe('withFigures', () => {
  it('replaces a plotly output by its figure as JSON and the PNG, and leaves the notebook as it was', () => {
    const before = JSON.stringify(notebook);
    const { notebook: copy, figures } = withFigures(notebook);
    expect(figures).toBe(1);
    expect(JSON.stringify(notebook)).toBe(before);
    const html = JSON.stringify(copy.cells[0]);
    expect(html).toContain('data:image/png;base64,iVBORw0KGgo=');
    expect(html).toContain('a &#34;figure&#34;');
    expect(html).not.toContain('</script><b>');
  });
});

describe('writeHtml', () => {
  it('makes a page that needs nothing beside it to draw the figure', { timeout: 300_000 }, async () => {
    const file = join(folder, 'one.ipynb');
    writeNotebook(file, notebook);
    const [page] = await writeHtml(await ensureJupyter(), [file], folder);
    const html = readFileSync(page as string, 'utf8');
    expect(html).toContain('draw');
    expect(html).toContain('Plotly.newPlot');
    expect(html.length).toBeGreaterThan(4_000_000);
    expect(html).not.toMatch(/<script[^>]*src="[^"]*(plotly|require)/);
    // The executed copy beside it is not touched by the conversion.
    expect(readNotebook(file).cells).toHaveLength(1);
  });
});
