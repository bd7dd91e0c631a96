/**
 * @file Vision checkpoints that this kit saved, in Python `transformers`, where `SIGHTLINE_PARITY_PYTHON` names an interpreter
 * that has it with PyTorch and Pillow (`npm run parity` does); `checkpoint.test.ts` asks the other way round.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import {
  createVisionNetwork,
  decodePreprocessed,
  loadVisionCheckpoint,
  type Preprocessing,
  saveVisionCheckpoint,
} from '../../src/lib/vision';
import { noisePicture } from '../support/pictures';
import { temporaryFolder } from '../support/temporary-folder';

const python = process.env.SIGHTLINE_PARITY_PYTHON;
const temporary = temporaryFolder();
const FIXTURES = resolve(__dirname, '../parity/fixtures/vision-checkpoints');

it('what is saved names the class that Python makes of it, and how its pictures are prepared', async () => {
  for (const [kind, architecture] of [
    ['vit', 'ViTModel'],
    ['clip', 'CLIPVisionModel'],
  ] as const) {
    const { config, weights } = await loadVisionCheckpoint(join(FIXTURES, kind));
    const folder = join(temporary.path, `named-${kind}`);
    await saveVisionCheckpoint(folder, { config, weights });
    const read = (file: string) =>
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
    expect(read('config.json').architectures).toEqual([architecture]);
    expect(read('preprocessor_config.json')).toHaveProperty('image_mean');
  }
});

const asked = python ? it : () => {};
asked('Python loads what was saved, prepares the picture alike and computes the same', async () => {
  const picture = temporary.write('noise.png', await noisePicture(45, 31).png().toBuffer());
  const cases: unknown[] = [];
  for (const kind of ['vit', 'clip']) {
    const { config, weights } = await loadVisionCheckpoint(join(FIXTURES, kind));
    const folder = join(temporary.path, kind);
    await saveVisionCheckpoint(folder, { config, weights });
    const { data, height, width } = await decodePreprocessed(picture, config.preprocessing as Preprocessing);
    const network = createVisionNetwork(config);
    const params = createParameters(network.specifications(), 1);
    params.load(weights);
    cases.push(
      tf.tidy(() => {
        const pixels = tf.tensor(
          Float32Array.from(data, (level) => level / 255),
          [1, height, width, 3],
        );
        const { patches, pooled } = network.forward(params, pixels);
        const first = (x: tf.Tensor) => (x.arraySync() as number[][])[0] as number[];
        return {
          folder,
          architecture: kind === 'vit' ? 'ViTModel' : 'CLIPVisionModel',
          picture,
          pixels: first(pixels),
          states: first(patches),
          pooled: first(pooled),
        };
      }),
    );
    params.dispose();
  }
  const file = temporary.write('cases.json', JSON.stringify(cases));
  const script = resolve(__dirname, '../parity/vision_check.py');
  const { status, stdout, stderr } = spawnSync(python as string, [script, file], { encoding: 'utf8' });
  expect(status, stderr.slice(-2000) + stdout.slice(-2000)).toBe(0);
  expect(stdout).toMatch(/agrees on 2 checkpoints/);
});
