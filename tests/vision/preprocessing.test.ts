import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  decodePreprocessed,
  PictureStore,
  type Pixels,
  type Preprocessing,
  preprocess,
  preprocessedSize,
  preprocessingFromHuggingFace,
  preprocessingToHuggingFace,
  readPreprocessing,
} from '../../src/lib/vision';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';
import { readBmp } from './read-bmp';

interface Case {
  config: Record<string, unknown>;
  shape: [number, number, number];
}

interface Fixture {
  made: (Case & { height: number; width: number; levels: string })[];
  photographs: (Case & {
    path: string;
    sha256: string;
    mean: number[];
    row: number;
    column: number;
    patch: string;
  })[];
}

const fixture = JSON.parse(
  readFileSync(resolve(__dirname, '../parity/fixtures/vision-preprocessing.json'), 'utf8'),
) as Fixture;
const shared =
  sharedData('mobilenet') && sharedData('nlvr') && sharedData('easy-vqa') ? sharedData('') : null;
const folder = temporaryFolder();

/** The picture that `vision_preprocessing.py` makes by the same formula. */
function formula(height: number, width: number): Pixels {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (3 * x * x + 5 * y * y + 7 * x * y + 91 * c) % 256;
  });
  return { data, height, width };
}

/** Two JPEG decoders, or 16 bits of transparency made into 8, may differ by a level. */
const isExact = (path: string) => !/\.jpg$|^emoji/.test(path);

const settings = (config: Record<string, unknown>): Preprocessing =>
  preprocessingFromHuggingFace(config).preprocessing;

describe('preprocessing against Hugging Face on Pillow (photographs need ../shared/data)', () => {
  it.each(fixture.made.map((one, i) => ({ ...one, i })))(
    '$i: $height × $width, filter $config.resample, to $shape: the same levels',
    ({ config, height, width, shape, levels }) => {
      const out = preprocess(formula(height, width), settings(config));
      expect([out.height, out.width, 3]).toEqual(shape);
      expect(Buffer.from(out.data).equals(Buffer.from(levels, 'base64'))).toBe(true);
    },
  );

  it.skipIf(!shared).each(fixture.photographs)(
    '$path through $config.image_processor_type: the same levels, within 1 where decoders may differ',
    async ({ path, config, shape, sha256, mean, row, column, patch }) => {
      const file = join(shared as string, path);
      const out = path.endsWith('.bmp')
        ? preprocess(readBmp(file), settings(config))
        : await decodePreprocessed(file, settings(config));
      expect([out.height, out.width, 3]).toEqual(shape);
      const wanted = Buffer.from(patch, 'base64');
      const found = wanted.map((_, i) => {
        const [x, y] = [Math.floor(i / 3) % 24, Math.floor(i / 72)];
        return out.data[((row + y) * out.width + column + x) * 3 + (i % 3)] as number;
      });
      const largest = wanted.reduce(
        (most, level, i) => Math.max(most, Math.abs(level - (found[i] as number))),
        0,
      );
      expect(largest).toBeLessThanOrEqual(isExact(path) ? 0 : 1);
      const sums = [0, 0, 0];
      for (const [i, level] of out.data.entries()) sums[i % 3] = (sums[i % 3] as number) + level;
      expect(sums.map((sum) => (sum * 3) / out.data.length)).toBeClose(mean, { absolute: 0.05 });
      if (isExact(path)) expect(createHash('sha256').update(out.data).digest('hex')).toBe(sha256);
    },
  );
});

const CLIP = {
  image_processor_type: 'CLIPImageProcessor',
  size: { shortest_edge: 18 },
  crop_size: { height: 16, width: 16 },
};

describe('preprocessor_config.json', () => {
  it('fills in what each processor does where a key is missing, and reads the forms of the first years', () => {
    expect(preprocessingFromHuggingFace({ size: 224, do_resize: true, resample: 2 }).preprocessing).toEqual({
      resize: { height: 224, width: 224 },
      filter: 'bilinear',
      crop: null,
    });
    const openai = { feature_extractor_type: 'CLIPFeatureExtractor', size: 224, crop_size: 224 };
    const { preprocessing, imageMean } = preprocessingFromHuggingFace(openai);
    expect(preprocessing).toEqual({
      resize: { shortestEdge: 224 },
      filter: 'bicubic',
      crop: { height: 224, width: 224 },
    });
    expect(imageMean).toEqual([0.48145466, 0.4578275, 0.40821073]);
  });

  it('puts the factor into mean and deviation, by hand', () => {
    // levels · 1/127.5, minus 1, through 1: 0 to 255 become −1 to 1, as (level/255 − ½)/½ does.
    const halves = preprocessingFromHuggingFace({ rescale_factor: 1 / 127.5, image_mean: 1, image_std: 1 });
    expect(halves.imageMean).toBeClose([0.5, 0.5, 0.5]);
    expect(halves.imageStd).toBeClose([0.5, 0.5, 0.5]);
    // No factor and no normalization: the network sees the levels, level/255 through 1/255.
    const none = preprocessingFromHuggingFace({ do_rescale: false, do_normalize: false });
    expect(none.imageStd).toBeClose([1 / 255, 1 / 255, 1 / 255]);
    expect(none.imageMean).toEqual([0, 0, 0]);
    expect(preprocessingFromHuggingFace({ rescale_factor: 0.00392156862745098 }).imageStd).toEqual([
      0.5, 0.5, 0.5,
    ]);
  });

  it('survives the way to a file and back', async () => {
    const read = preprocessingFromHuggingFace(CLIP);
    folder.write(
      'clip/preprocessor_config.json',
      JSON.stringify(preprocessingToHuggingFace(read, 'CLIPImageProcessor')),
    );
    expect(await readPreprocessing(join(folder.path, 'clip'))).toEqual(read);
    folder.write('new/processor_config.json', JSON.stringify({ image_processor: CLIP }));
    expect(await readPreprocessing(join(folder.path, 'new'))).toEqual(read);
    folder.write('bare/config.json', '{}');
    expect(await readPreprocessing(join(folder.path, 'bare'))).toBeNull();
    expect(preprocessedSize(read.preprocessing)).toEqual({ height: 16, width: 16 });
    expect(preprocessedSize({ ...read.preprocessing, crop: null })).toBeNull();
  });

  it.each([
    [
      { image_processor_type: 'ConvNextImageProcessor' },
      /image_processor_type: "ConvNextImageProcessor" cannot/,
    ],
    [{ resample: 9 }, /resample: expected the number of a filter of Pillow, 0 to 5, found 9/],
    [
      { size: { longest_edge: 5 } },
      /size: expected \{height, width\} or \{shortest_edge\}, in pixels, found \{"longest_edge":5\}/,
    ],
    [{ size: 0 }, /size: expected/],
    [{ do_pad: true }, /do_pad: expected false/],
    [{ image_std: [1, 1] }, /image_std: expected a number a colour/],
    [{ image_std: [1, 0, 1] }, /image_std: expected numbers above 0/],
    [{ rescale_factor: -1 }, /rescale_factor: expected a number above 0, found -1/],
    [{ do_resize: 'yes' }, /do_resize: expected true or false, found "yes"/],
    [{ do_center_crop: true, crop_size: { shortest_edge: 3 } }, /crop_size: expected \{height, width\}/],
  ])('refuses %j', (json, message) => {
    expect(() => preprocessingFromHuggingFace(json, 'here.json')).toThrow(message);
    expect(() => preprocessingFromHuggingFace(json, 'here.json')).toThrow(/^here\.json: /);
  });
});

describe('PictureStore through a preprocessing', () => {
  it('gives its pixels, and names a picture that does not come to the size', async () => {
    const { data, height, width } = formula(40, 61);
    const png = await sharp(data, { raw: { height, width, channels: 3 } })
      .png()
      .toBuffer();
    const path = folder.write('formula.png', png);
    const { preprocessing } = preprocessingFromHuggingFace(CLIP);
    const wanted = preprocess(formula(40, 61), preprocessing).data;
    const batch = await new PictureStore({ size: 16, preprocessing }).batch([path]);
    expect(batch).toBeClose(
      Array.from(wanted, (level) => level / 255),
      { absolute: 1e-6 },
    );
    const uncut = new PictureStore({ size: 16, preprocessing: { ...preprocessing, crop: null } });
    await expect(uncut.batch([path])).rejects.toThrow(
      /formula\.png: the preprocessing leaves it at 18 × 27 pixels and the network takes 16 × 16/,
    );
  });
});
