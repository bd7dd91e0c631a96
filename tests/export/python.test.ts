/**
 * @file Exports in Python without PyTorch: safetensors reads the bytes, tokenizers gives the ids, onnx finds the graphs
 * valid, onnxruntime the classes and log-probabilities (1e-4), on 200 texts and on texts with pictures. `npm test` makes
 * the environment (`.venv-exports`); the half with PyTorch is `python-transformers.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exportsPlan } from '../../scripts/parts/exports-python';
import { environmentPython } from '../../scripts/parts/python';
import { readRecords } from '../../src/lib/data';
import { use } from '../../src/lib/engine';
import { exportRun, loadTrainedModel, predictRecords } from '../../src/lib/training';
import { decodePicture } from '../../src/lib/vision';
import { colourData } from '../support/colour-data';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';
import { NETWORKS, smallConfig, smallRun } from './small-runs';

const python = environmentPython(exportsPlan.folder);
const temporary = temporaryFolder();
const COLOURS = ['red', 'green', 'blue', 'yellow'];

/** What the kit says of a classifier's export on records. */
async function caseOf(run: string, file: string, looks: boolean) {
  const folder = `${run}-export`;
  await exportRun(run, folder, { format: 'all', controls: false });
  const { model, tokenizer } = await loadTrainedModel(join(run, 'model'));
  const arrays = await model.parameters.toArrays();
  model.dispose();
  const { records, pictures } = await readRecords(file, 'classification');
  const texts = records.map(({ text }) => text as string);
  const predictions = await predictRecords(run, file);
  const shown = looks
    ? await Promise.all(pictures.map((path) => decodePicture(path as string, { size: 32 })))
    : [];
  const rows = ({ data }: { data: Float32Array }) =>
    Array.from({ length: 32 }, (_, y) =>
      Array.from({ length: 32 }, (_, x) => Array.from(data.subarray((y * 32 + x) * 3, (y * 32 + x + 1) * 3))),
    );
  // Of a text-only model the network stands bare in the file, under the names of its Python class.
  const tensors = Object.fromEntries(
    [...arrays].map(([name, { shape, data }]) => [
      looks ? name : name.replace(/^bert\./, ''),
      {
        shape,
        sha256: createHash('sha256')
          .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
          .digest('hex'),
      },
    ]),
  );
  return {
    folder,
    tensors,
    texts,
    ids: texts.map((text) => [...tokenizer.encode(text).ids]),
    labels: predictions.map(({ prediction }) => prediction),
    scores: predictions.map(({ probabilities }) => Object.values(probabilities ?? {}).map(Math.log)),
    ...(looks ? { pixels: shown.map(rows) } : {}),
  };
}

let data: string | null = null;
afterAll(() => {
  if (data) rmSync(data, { recursive: true, force: true });
});

const asked = existsSync(join(exportsPlan.folder, 'sightline-stamp')) ? it : it.skip;
asked('Python opens what was exported and answers as the kit does (needs packages of PyPI)', async () => {
  await use({ device: 'cpu' });
  data = await colourData(24);
  await smallRun(
    data,
    'guided',
    smallConfig('classification', { text: NETWORKS.BERT, vision: NETWORKS.VIT, fusion: 'concat' }),
  );
  for (const [split, count] of [
    ['train', 32],
    ['validation', 8],
    ['test', 200],
  ] as const) {
    const records = Array.from({ length: count }, (_, i) => ({
      id: `${split}-${i}`,
      text: `${'very '.repeat(i % 9)}${COLOURS[i % 4]} disc ${i % 5}`,
      label: COLOURS[i % 4],
      group: `${split}-${i}`,
    }));
    temporary.write(`${split}.jsonl`, jsonLinesOf(records));
  }
  await smallRun(temporary.path, 'text', smallConfig('classification', { text: NETWORKS.BERT }));
  const cases = [
    await caseOf(join(temporary.path, 'runs', 'text'), join(temporary.path, 'test.jsonl'), false),
    await caseOf(join(data, 'runs', 'guided'), join(data, 'test.jsonl'), true),
  ];
  expect(cases.map(({ texts }) => texts.length)).toEqual([200, 12]);
  const script = resolve(__dirname, '../parity/exports_light_check.py');
  const path = temporary.write('cases.json', JSON.stringify(cases));
  const { status, stdout, stderr } = spawnSync(python, [script, path], { encoding: 'utf8' });
  expect(status === 0 ? '' : stderr).toBe('');
  expect(stdout).toMatch(/^agrees on 2 exports: safetensors 0\.8\.0, tokenizers 0\.23\.3, onnx /);
});
