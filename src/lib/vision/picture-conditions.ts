/**
 * @file Pictures spoiled on purpose, for controls: what a model still scores without them it did not see.
 *
 *     blank            all zeros (black)
 *     mean             the mean training picture, pixel by pixel
 *     noise            normal noise with the training pictures' mean and deviation a channel, cut to [0, 1]
 *     patch-shuffled   the picture's patches in another order: its colours remain, its layout goes
 *
 * Noise and order depend on (seed, key of the record) alone, not on the batch a record stands in. Left out:
 * diffusion noise of a chosen strength, which keeps part of the picture and belongs to guidance (VCD).
 */
import { Generator } from '../random';
import type { PictureStore } from './picture-store';

/** What is done to the pixels of a picture. */
export type PictureTransform = 'none' | 'blank' | 'mean' | 'noise' | 'patch-shuffled';

/** What the transforms need to know of the training pictures. */
export interface PictureStatistics {
  height: number;
  width: number;
  /** float32 [height, width, 3], the mean picture. */
  mean: Float32Array;
  /** Mean of each channel over pictures and pixels, [3]. */
  channelMean: [number, number, number];
  /** Standard deviation of each channel over pictures and pixels, [3]. */
  channelDeviation: [number, number, number];
}

/**
 * Statistics over the distinct files of `paths` (nulls left out).
 * @throws RangeError where there is no picture.
 */
export async function pictureStatistics(
  store: PictureStore,
  paths: readonly (string | null)[],
): Promise<PictureStatistics> {
  const files = [...new Set(paths)].filter((path) => path !== null);
  if (files.length === 0) throw new RangeError('pictureStatistics: no record has a picture');
  const { height, width } = store;
  const sum = new Float64Array(height * width * 3);
  const squares = [0, 0, 0];
  for (let start = 0; start < files.length; start += 64) {
    const block = await Promise.all(files.slice(start, start + 64).map((path) => store.pixels(path)));
    for (const pixels of block) {
      for (let i = 0; i < pixels.length; i++) {
        const value = (pixels[i] as number) / 255;
        sum[i] = (sum[i] as number) + value;
        squares[i % 3] = (squares[i % 3] as number) + value * value;
      }
    }
  }
  const count = files.length * height * width;
  const channel = (c: number): number =>
    sum.reduce((total, value, i) => (i % 3 === c ? total + value : total), 0) / count;
  const channelMean: [number, number, number] = [channel(0), channel(1), channel(2)];
  const deviation = (c: 0 | 1 | 2): number =>
    Math.sqrt(Math.max(0, (squares[c] as number) / count - channelMean[c] ** 2));
  return {
    height,
    width,
    mean: Float32Array.from(sum, (value) => value / files.length),
    channelMean,
    channelDeviation: [deviation(0), deviation(1), deviation(2)],
  };
}

export interface TransformOptions {
  seed: number;
  statistics: PictureStatistics;
  /** Edge of a patch in pixels (default 8); a rest at the right and lower edge stays where it is. */
  patch?: number;
}

/**
 * Spoil one picture in place.
 * @param picture float32 [height, width, 3] in [0, 1], of the size that `statistics` has.
 * @param key names the record, so that the same record gets the same noise in every batch and run.
 */
export function transformPicture(
  picture: Float32Array,
  transform: PictureTransform,
  key: string | number,
  options: TransformOptions,
): void {
  const { statistics, seed } = options;
  if (picture.length !== statistics.mean.length) {
    throw new RangeError(
      `transformPicture: the picture has ${picture.length} numbers, needs ${statistics.mean.length}`,
    );
  }
  switch (transform) {
    case 'none':
      return;
    case 'blank':
      picture.fill(0);
      return;
    case 'mean':
      picture.set(statistics.mean);
      return;
    case 'noise':
      fillWithNoise(picture, new Generator(seed, 'noise', key), statistics);
      return;
    case 'patch-shuffled':
      shufflePatches(picture, new Generator(seed, 'patches', key), statistics, options.patch ?? 8);
  }
}

function fillWithNoise(picture: Float32Array, generator: Generator, statistics: PictureStatistics): void {
  const { channelMean, channelDeviation } = statistics;
  for (let i = 0; i < picture.length; i++) {
    const c = (i % 3) as 0 | 1 | 2;
    picture[i] = Math.min(1, Math.max(0, channelMean[c] + channelDeviation[c] * generator.normal()));
  }
}

function shufflePatches(
  picture: Float32Array,
  generator: Generator,
  { height, width }: PictureStatistics,
  patch: number,
): void {
  const rows = Math.floor(height / patch);
  const columns = Math.floor(width / patch);
  if (rows * columns < 2) {
    throw new RangeError(`patch-shuffled: a picture of ${height} × ${width} has no two patches of ${patch}`);
  }
  const places = Array.from({ length: rows * columns }, (_, i) => i);
  let order = generator.shuffle(places);
  while (order.every((from, to) => from === to)) order = generator.shuffle(places);
  const before = picture.slice();
  order.forEach((from, to) => {
    for (let y = 0; y < patch; y++) {
      const row = (place: number): number =>
        ((Math.floor(place / columns) * patch + y) * width + (place % columns) * patch) * 3;
      picture.set(before.subarray(row(from), row(from) + patch * 3), row(to));
    }
  });
}
