import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture, decodePixels } from '../../src/lib/vision/picture';
import { noisePicture, rawPicture } from '../support/pictures';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const photographs = sharedData('mobilenet/ref-images');

describe('decodePicture', () => {
  it('gives float32 [height, width, 3] in [0, 1], by hand', async () => {
    // Two rows of three: red, green, blue; black, white, mid-grey.
    const png = await rawPicture(
      [255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 128, 128, 128],
      3,
      2,
      3,
    )
      .png()
      .toBuffer();
    const picture = await decodePicture(png);
    expect([picture.height, picture.width]).toEqual([2, 3]);
    const grey = 128 / 255;
    expect(picture.data).toBeClose([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, grey, grey, grey], {
      absolute: 1e-7,
    });
  });

  it('decodes PNG and lossless WebP alike, and JPEG nearly so', async () => {
    const flat = () =>
      rawPicture(
        Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => [200, 80, 40][i % 3] as number),
        16,
        16,
        3,
      );
    const expected = Float32Array.from(
      { length: 16 * 16 * 3 },
      (_, i) => ([200, 80, 40][i % 3] as number) / 255,
    );
    expect((await decodePicture(await flat().png().toBuffer())).data).toBeClose(expected, { absolute: 1e-6 });
    expect((await decodePicture(await flat().webp({ lossless: true }).toBuffer())).data).toBeClose(expected, {
      absolute: 1e-6,
    });
    expect((await decodePicture(await flat().jpeg({ quality: 100 }).toBuffer())).data).toBeClose(expected, {
      absolute: 2 / 255,
    });
  });

  it('makes grey RGB, with and without alpha', async () => {
    const grey = await rawPicture([0, 100, 200, 255], 2, 2, 1).toColourspace('b-w').png().toBuffer();
    expect([...(await decodePixels(grey)).data]).toEqual([
      0, 0, 0, 100, 100, 100, 200, 200, 200, 255, 255, 255,
    ]);
    const veiled = await rawPicture([0, 255, 0, 0], 2, 1, 2).png().toBuffer();
    expect([...(await decodePixels(veiled)).data]).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it('composites alpha on white, or on the background asked for', async () => {
    // Red at half opacity, and a fully transparent pixel whose hidden colour is green.
    const png = await rawPicture([255, 0, 0, 128, 0, 255, 0, 0], 2, 1, 4).png().toBuffer();
    const white = [...(await decodePixels(png)).data];
    expect(white.slice(3)).toEqual([255, 255, 255]);
    expect(white[0]).toBe(255);
    expect(Math.abs((white[1] as number) - 127)).toBeLessThanOrEqual(1);
    const blue = [...(await decodePixels(png, { background: [0, 0, 255] })).data];
    expect(blue.slice(3)).toEqual([0, 0, 255]);
    // The background must be there before the resize, or the hidden green bleeds into the edge.
    const resized = [...(await decodePixels(png, { size: { height: 1, width: 1 } })).data];
    expect(resized[0]).toBe(255);
    expect(Math.abs((resized[1] as number) - (resized[2] as number))).toBeLessThanOrEqual(1);
  });

  it('turns a picture as its EXIF says', async () => {
    // Orientation 6: the camera was turned; upright, the left column of the file is the top row.
    const jpeg = await rawPicture(
      Uint8Array.from({ length: 32 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 32 < 16 ? 255 : 0)),
      32,
      16,
      3,
    )
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const picture = await decodePicture(jpeg);
    expect([picture.height, picture.width]).toEqual([32, 16]);
    expect(picture.data[0]).toBeGreaterThan(0.9);
    expect(picture.data.at(-1)).toBeLessThan(0.1);
  });

  it('takes the high byte of 16 bits', async () => {
    const wide = Uint16Array.from([0, 0x0100, 0x8000, 0xff00, 0xffff, 0x7fff]);
    const png = await sharp(wide, { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expect([...(await decodePixels(png)).data]).toEqual([0, 1, 128, 255, 255, 127]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = rawPicture([...Array(48).fill(10), ...Array(48).fill(240)], 4, 8, 3);
    const webp = await sharp(await frames.raw().toBuffer(), {
      raw: { width: 4, height: 8, channels: 3, pageHeight: 4 },
    })
      .webp({ lossless: true, delay: [100, 100] })
      .toBuffer();
    expect((await sharp(webp).metadata()).pages).toBe(2);
    const picture = await decodePixels(webp);
    expect([picture.height, picture.width]).toEqual([4, 4]);
    expect([...new Set(picture.data)]).toEqual([10]);
  });

  it('fills, contains or covers, by hand', async () => {
    // 4 × 2, left half black, right half white.
    const png = await rawPicture(
      Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) % 4 < 2 ? 0 : 255)),
      4,
      2,
      3,
    )
      .png()
      .toBuffer();
    const reds = async (options: Parameters<typeof decodePixels>[1]) => {
      const { data, height, width } = await decodePixels(png, { kernel: 'nearest', ...options });
      return [height, width, ...data.filter((_, i) => i % 3 === 0)];
    };
    expect(await reds({ size: 2 })).toEqual([2, 2, 0, 255, 0, 255]);
    expect(await reds({ size: { height: 2, width: 4 } })).toEqual([2, 4, 0, 0, 255, 255, 0, 0, 255, 255]);
    const grey = [7, 7, 7] as const;
    expect(await reds({ size: 4, fit: 'contain', background: grey })).toEqual([
      4, 4, 7, 7, 7, 7, 0, 0, 255, 255, 0, 0, 255, 255, 7, 7, 7, 7,
    ]);
    expect(await reds({ size: 2, fit: 'cover' })).toEqual([2, 2, 0, 255, 0, 255]);
  });

  it('averages where it shrinks by the linear kernel', async () => {
    const { data } = await decodePixels(await noisePicture(64, 64).png().toBuffer(), {
      size: 1,
      kernel: 'linear',
    });
    // The mean of uniform noise is 127.5, and the triangle weights of 64 × 64 pixels leave a deviation of about 2.
    for (const value of data) expect(Math.abs(value - 127.5)).toBeLessThan(10);
  });

  it('refuses sizes that are none, and names the file that cannot be decoded', async () => {
    const png = await noisePicture(4, 4).png().toBuffer();
    await expect(decodePicture(png, { size: 0 })).rejects.toThrow(/picture size: height is 0/);
    await expect(decodePicture(png, { maximumPixels: 15 })).rejects.toThrow(
      /4 × 4 pixels, more than the 15 allowed/,
    );
    const file = folder.write('cut.png', (await noisePicture(40, 40).png().toBuffer()).subarray(0, 800));
    await expect(decodePicture(file)).rejects.toThrow(/cut\.png: the picture cannot be decoded/);
    await expect(decodePicture(join(folder.path, 'none.png'))).rejects.toThrow(/none\.png: no such picture/);
  });

  it.skipIf(!photographs)('decodes a real photograph', async () => {
    const picture = await decodePicture(join(photographs as string, 'parrot.jpg'), { size: 128 });
    expect([picture.height, picture.width, picture.data.length]).toEqual([128, 128, 128 * 128 * 3]);
    const mean = picture.data.reduce((sum, value) => sum + value, 0) / picture.data.length;
    expect(mean).toBeGreaterThan(0.2);
    expect(mean).toBeLessThan(0.8);
  });
});
