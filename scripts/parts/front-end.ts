/**
 * @file Teaches the front ends to draw plotly's MIME type, from npm's plotly.js alone: an extension for JupyterLab 4
 * and one for the classic Notebook 6, each a folder of static files. Copies, because Jupyter serves no links.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Jupyter } from './jupyter';
import { dataFolders, writeIfChanged } from './kernel-spec';
import { inProject, PLACES } from './project';

const NAME = 'sightline-plotly';
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export function ensureFrontEnd(jupyter: Jupyter): void {
  const source = (file: string) => readFileSync(inProject('scripts', 'front-end', file));
  const plotly = readFileSync(inProject('node_modules', 'plotly.js', 'plotly.min.js'));
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { version: string };
  for (const folder of dataFolders(jupyter)) {
    if (jupyter.interface === 'lab') {
      const extension = join(folder, 'labextensions', NAME);
      writeIfChanged(join(extension, 'static', 'remoteEntry.js'), source('lab-extension.js'));
      writeIfChanged(join(extension, 'static', 'plotly.min.js'), plotly);
      writeIfChanged(
        join(extension, 'package.json'),
        json({
          name: NAME,
          version,
          description: 'Draws plotly figures in notebooks',
          license: 'MIT',
          jupyterlab: {
            mimeExtension: true,
            outputDir: 'static',
            _build: { load: 'static/remoteEntry.js', mimeExtension: './mimeExtension' },
          },
        }),
      );
    } else {
      const extension = join(folder, 'nbextensions', NAME);
      writeIfChanged(join(extension, 'main.js'), source('notebook-extension.js'));
      writeIfChanged(join(extension, 'plotly.min.js'), plotly);
    }
  }
  const config = (...parts: string[]) => join(PLACES.jupyter, 'config', ...parts);
  writeIfChanged(config('nbconfig', 'notebook.json'), json({ load_extensions: { [`${NAME}/main`]: true } }));
  // No question about news in a fresh JupyterLab: it would need a network and an answer.
  writeIfChanged(
    config('labconfig', 'default_setting_overrides.json'),
    json({ '@jupyterlab/apputils-extension:notification': { fetchNews: 'false' } }),
  );
}
