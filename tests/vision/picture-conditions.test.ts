import { beforeAll, describe, expect, it } from 'vitest';
import {
  type PictureStatistics,
  pictureStatistics,
  transformPicture,
} from '../../src/lib/vision/picture-conditions';
import { PictureStore } from '../../src/lib/vision/picture-store';
import { rawPicture } from '../support/pictures';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
let statistics: PictureStatistics;

beforeAll(async () => {
  // Two pictures of 2 × 2: all (0, 51, 102) and all (102, 51, 0).
  const files = await Promise.all(
    [
      [0, 51, 102],
      [102, 51, 0],
    ].map(async (colour, i) =>
      folder.write(
        `${i}.png`,
        await rawPicture([...colour, ...colour, ...colour, ...colour], 2, 2, 3)
          .png()
          .toBuffer(),
      ),
    ),
  );
  // A file that several records share counts once.
  statistics = await pictureStatistics(new PictureStore({ size: 2 }), [
    files[0] as string,
    null,
    ...files,
    files[0] as string,
  ]);
});

/** Statistics for pictures of another size with the given channels. */
function made(height: number, width: number): PictureStatistics {
  const mean = new Float32Array(height * width * 3).fill(0.25);
  return { height, width, mean, channelMean: [0.5, 0.5, 0.5], channelDeviation: [0.1, 0.1, 0.1] };
}

const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => i / count);

describe('pictureStatistics', () => {
  it('equals the mean and deviation by hand', () => {
    expect(statistics.mean).toBeClose([0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]);
    expect(statistics.channelMean).toBeClose([0.2, 0.2, 0.2]);
    expect(statistics.channelDeviation).toBeClose([0.2, 0, 0.2], { absolute: 1e-6 });
  });

  it('wants a picture', async () => {
    await expect(pictureStatistics(new PictureStore({ size: 2 }), [null])).rejects.toThrow(
      /no record has a picture/,
    );
  });
});

describe('transformPicture', () => {
  it('blanks, takes the mean, or leaves alone', () => {
    const picture = ramp(12);
    transformPicture(picture, 'none', 'a', { seed: 1, statistics });
    expect(picture).toEqual(ramp(12));
    transformPicture(picture, 'mean', 'a', { seed: 1, statistics });
    expect(picture).toEqual(statistics.mean);
    transformPicture(picture, 'blank', 'a', { seed: 1, statistics });
    expect(picture).toEqual(new Float32Array(12));
  });

  it('noise depends on seed and record alone, and has the stated mean and deviation', () => {
    const noise = (seed: number, key: string) => {
      const picture = ramp(64 * 64 * 3);
      transformPicture(picture, 'noise', key, { seed, statistics: made(64, 64) });
      return picture;
    };
    expect(noise(1, 'a')).toEqual(noise(1, 'a'));
    expect(noise(1, 'a')).not.toEqual(noise(1, 'b'));
    expect(noise(1, 'a')).not.toEqual(noise(2, 'a'));
    const values = noise(3, 'c');
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // 12,288 numbers: standard error of the mean 0.0009, of the deviation 0.0007; five of each.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.0045);
    expect(Math.abs(Math.sqrt(variance) - 0.1)).toBeLessThan(0.0035);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
  });

  it('patch-shuffled moves whole patches and keeps every pixel', () => {
    const before = ramp(16 * 12 * 3);
    for (let seed = 0; seed < 20; seed++) {
      const picture = before.slice();
      transformPicture(picture, 'patch-shuffled', 'a', { seed, statistics: made(16, 12), patch: 4 });
      expect(picture).not.toEqual(before);
      expect([...picture].sort()).toEqual([...before].sort());
      // Within a patch neighbours stay neighbours: the row below is one picture row (36 numbers) further on.
      expect((picture[36] as number) - (picture[0] as number)).toBeCloseTo(36 / 576, 6);
    }
  });

  it('refuses pictures of another size, and too few patches', () => {
    expect(() => transformPicture(ramp(3), 'blank', 'a', { seed: 1, statistics })).toThrow(
      /3 numbers, needs 12/,
    );
    expect(() => transformPicture(ramp(12), 'patch-shuffled', 'a', { seed: 1, statistics })).toThrow(
      /no two patches of 8/,
    );
  });
});
