import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../../src/lib/vision/picture';
import { decodePictures, PictureStore } from '../../src/lib/vision/picture-store';
import { noisePicture } from '../support/pictures';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const files: string[] = [];

beforeAll(async () => {
  for (let i = 0; i < 6; i++)
    files.push(folder.write(`${i}.png`, await noisePicture(10, 10, i).png().toBuffer()));
});

describe('PictureStore', () => {
  it('gives [B, size, size, 3] in order, zeros for null', async () => {
    const paths = [files[2] as string, null, files[0] as string, files[2] as string];
    const batch = await decodePictures(paths, { size: 8 });
    const stride = 8 * 8 * 3;
    expect(batch).toHaveLength(4 * stride);
    for (const [row, path] of paths.entries()) {
      const expected =
        path === null ? new Float32Array(stride) : (await decodePicture(path, { size: 8 })).data;
      expect(batch.slice(row * stride, (row + 1) * stride)).toEqual(expected);
    }
  });

  it('fills the array it is given and refuses one of another length', async () => {
    const store = new PictureStore({ size: 4 });
    const out = new Float32Array(2 * 48).fill(9);
    expect(await store.batch([null, files[0] as string], out)).toBe(out);
    expect(out.slice(0, 48)).toEqual(new Float32Array(48));
    await expect(store.batch([null], out)).rejects.toThrow(/out has 96 numbers, needs 48/);
  });

  it('decodes once while memory lasts, and the longest unused leaves first', async () => {
    const gone = await Promise.all(
      [0, 1, 2].map(async (i) => folder.write(`gone-${i}.png`, await noisePicture(4, 4, i).png().toBuffer())),
    );
    const [a, b, c] = gone as [string, string, string];
    const store = new PictureStore({ size: 4, memoryBytes: 2 * 48 });
    await store.batch([a, b]);
    await store.batch([a]);
    await store.batch([c]);
    for (const path of gone) rmSync(path);
    await store.batch([a, c]);
    await expect(store.batch([b])).rejects.toThrow(/no such picture/);
  });

  it('prefetches, and keeps no failure', async () => {
    const late = folder.write('late.png', '');
    const store = new PictureStore({ size: 4 });
    store.prefetch([late, files[1] as string, null]);
    await expect(store.batch([late])).rejects.toThrow(/empty/);
    folder.write('late.png', await noisePicture(4, 4).png().toBuffer());
    expect((await store.batch([late]))[0]).toBeGreaterThanOrEqual(0);
  });

  it('decodes every picture of a large batch with few at once', async () => {
    const paths = Array.from({ length: 300 }, (_, i) => files[i % 6] as string);
    const batch = await new PictureStore({ size: 4, memoryBytes: 0 }).batch(paths);
    expect(batch.slice(0, 48)).toEqual(batch.slice(6 * 48, 7 * 48));
    expect(batch.slice(299 * 48)).toEqual(batch.slice(5 * 48, 6 * 48));
  });
});
