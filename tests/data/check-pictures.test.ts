import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkRecords, readRecords } from '../../src/lib/data';
import { InputError } from '../../src/lib/errors';
import { bombHeader, noisePicture } from '../support/pictures';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
let png: Buffer;
let jpeg: Buffer;

beforeAll(async () => {
  png = await noisePicture(40, 30).png().toBuffer();
  jpeg = await noisePicture(400, 300).jpeg().toBuffer();
  folder.write('images/a.png', png);
  folder.write('images/b.jpg', jpeg);
});

/** The message with which the check of records with these pictures stops. */
async function fault(...images: string[]): Promise<string> {
  const records = images.map((image, i) => ({ id: `${i}`, text: 't', label: 'l', image }));
  const set = await readRecords(folder.write('records.jsonl', jsonLinesOf(records)), 'classification');
  const error = await checkRecords(set).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

describe('checkRecords', () => {
  it('decodes each path once and tells equal contents by their pixels', async () => {
    folder.write('images/copy.png', await sharp(png).png({ compressionLevel: 1 }).toBuffer());
    const images = ['images/a.png', 'images/a.png', 'images/copy.png', 'images/b.jpg'];
    const records = [
      ...images.map((image, i) => ({ id: `${i}`, text: 't', label: 'l', image })),
      { id: 'x', text: 't', label: 'l' },
    ];
    const set = await readRecords(folder.write('good.jsonl', jsonLinesOf(records)), 'classification');
    const seen: number[] = [];
    const { files, contentKeys } = await checkRecords(set, { onProgress: (done) => seen.push(done) });
    expect(files).toBe(3);
    expect(seen).toEqual([1, 2, 3]);
    expect(contentKeys[0]).toBe(contentKeys[1]);
    expect(contentKeys[0]).toBe(contentKeys[2]);
    expect(contentKeys[0]).not.toBe(contentKeys[3]);
    expect(contentKeys[4]).toBeNull();
  });

  it('names line, field and file of a missing picture', async () => {
    const message = await fault('images/a.png', 'images/none.png');
    expect(message).toMatch(
      /records\.jsonl:2: field "image" is "images\/none\.png": .*none\.png: no such picture; put the file there/,
    );
  });

  it.each([
    ['PNG', 'cut.png', () => png.subarray(0, Math.floor(png.length * 0.6))],
    ['JPEG', 'cut.jpg', () => jpeg.subarray(0, Math.floor(jpeg.length * 0.6))],
    ['JPEG that lacks its last bytes', 'short.jpg', () => jpeg.subarray(0, jpeg.length - 60)],
    ['PNG that lacks its last rows', 'short.png', () => png.subarray(0, png.length - 40)],
    [
      'PNG with a damaged middle',
      'damaged.png',
      () => Buffer.concat([png.subarray(0, 900), Buffer.alloc(20), png.subarray(920)]),
    ],
  ])('stops at a truncated or damaged picture: %s', async (_, name, bytes) => {
    folder.write(`images/${name}`, bytes());
    expect(await fault(`images/${name}`)).toMatch(
      /:1: field "image" .*cannot be decoded .*cut short or damaged/,
    );
  });

  it('stops at a file that is no picture, at an empty one, a folder, and other formats', async () => {
    folder.write('images/text.png', 'this is text');
    folder.write('images/empty.png', '');
    mkdirSync(join(folder.path, 'images/folder.png'), { recursive: true });
    folder.write('images/a.gif', await noisePicture(4, 4).gif().toBuffer());
    folder.write('images/a.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const message = await fault(
      'images/text.png',
      'images/empty.png',
      'images/folder.png',
      'images/a.gif',
      'images/a.svg',
    );
    const lines = message.split('\n');
    expect(lines[0]).toMatch(/:1: .*is not a picture that can be read .*use a PNG, JPEG or WebP/);
    expect(lines[1]).toMatch(/:2: .*the picture file is empty/);
    expect(lines[2]).toMatch(/:3: .*is not a file/);
    expect(lines[3]).toMatch(/:4: .*is gif; convert it to PNG, JPEG or WebP/);
    expect(lines[4]).toMatch(/:5: .*is svg; convert it/);
  });

  it('refuses a picture of 30,000 × 30,000 by its header', async () => {
    folder.write('images/bomb.png', bombHeader(30_000, 30_000));
    const start = performance.now();
    expect(await fault('images/bomb.png')).toMatch(
      /has 30000 × 30000 pixels, more than the 64000000 allowed/,
    );
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('follows links that stay inside and refuses those that lead out', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'sightline-outside-'));
    await noisePicture(4, 4).png().toFile(join(outside, 'secret.png'));
    symlinkSync(join(outside, 'secret.png'), join(folder.path, 'images/out.png'));
    symlinkSync(outside, join(folder.path, 'images/out'));
    symlinkSync('a.png', join(folder.path, 'images/in.png'));
    const message = await fault('images/in.png', 'images/out.png', 'images/out/secret.png');
    rmSync(outside, { recursive: true });
    expect(message).not.toMatch(/:1:/);
    expect(message).toMatch(/:2: field "image" is "images\/out\.png": .*a link leads out of the folder/);
    expect(message).toMatch(/:3: field "image" is "images\/out\/secret\.png": .*a link leads out/);
  });

  it('lists ten faults and counts the rest', async () => {
    const message = await fault(...Array.from({ length: 13 }, (_, i) => `images/none-${i}.png`));
    expect(message.split('\n')).toHaveLength(11);
    expect(message).toMatch(/… and 3 more pictures$/);
  });
});
