/** @file Pictures changed: each change does what it says, and only where the record's words permit. */
import { describe, expect, it } from 'vitest';
import {
  augmentationConfigSchema,
  changePicture,
  drawPictureChange,
  type WordKind,
} from '../../src/lib/augmentation';
import { Generator } from '../../src/lib/random';

const SIZE = { height: 16, width: 16 };
const at = (pixels: Uint8Array, x: number, y: number) => [
  ...pixels.subarray(3 * (16 * y + x), 3 * (16 * y + x) + 3),
];
/** Red on the left, grey on the right; the upper row white. */
const picture = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => {
  const [x, y, c] = [Math.floor(i / 3) % 16, Math.floor(i / 48), i % 3];
  if (y === 0) return 255;
  return x < 8 ? ([200, 40, 40][c] as number) : 120;
});
const nothing = { flip: false, crop: null, colour: null, cutout: null, rotation: 0 };

describe('changePicture', () => {
  it('mirrors exactly, and back', async () => {
    const flipped = await changePicture(picture, SIZE, { ...nothing, flip: true });
    expect(at(flipped, 12, 5)).toEqual([200, 40, 40]);
    expect(at(flipped, 3, 5)).toEqual([120, 120, 120]);
    expect(await changePicture(flipped, SIZE, { ...nothing, flip: true })).toEqual(Buffer.from(picture));
  });

  it('crops, and brings to size again', async () => {
    const cropped = await changePicture(picture, SIZE, {
      ...nothing,
      crop: { left: 0, top: 0.5, side: 0.5 },
    });
    expect(cropped.length).toBe(picture.length);
    expect(at(cropped, 15, 0)).toEqual([200, 40, 40]); // the lower left quarter is all red
  });

  it('paints a square of the mean colour over', async () => {
    const covered = await changePicture(picture, SIZE, {
      ...nothing,
      cutout: { left: 0.25, top: 0.25, side: 0.5 },
    });
    const changed = Array.from({ length: 256 }, (_, i) => [i % 16, Math.floor(i / 16)] as const).filter(
      ([x, y]) => at(covered, x, y).join() !== at(picture, x, y).join(),
    );
    expect(changed).toHaveLength(64);
    const mean = [0, 1, 2].map((c) =>
      Math.round(picture.reduce((sum, v, i) => (i % 3 === c ? sum + v : sum), 0) / 256),
    );
    expect(at(covered, 5, 5)).toEqual(mean);
    expect(at(picture, 5, 5)).toEqual([200, 40, 40]); // what was given stays
  });

  it('changes colours, and turns', async () => {
    const colour = { brightness: 0.5, saturation: 1, hue: 0 };
    const darker = await changePicture(picture, SIZE, { ...nothing, colour });
    expect(at(darker, 12, 5)[0]).toBeLessThan(75);
    const turned = await changePicture(picture, SIZE, { ...nothing, rotation: 30 });
    expect(turned.length).toBe(picture.length);
    expect(at(turned, 3, 8)).toEqual([200, 40, 40]);
    expect(at(turned, 12, 8)).toEqual([120, 120, 120]);
    expect(await changePicture(picture, SIZE, { ...nothing, rotation: 30 })).toEqual(turned);
  });
});

describe('drawPictureChange', () => {
  const { pictures: config } = augmentationConfigSchema.parse({
    pictures: { crop: 0.5, flip: 0.5, colour: 0.4, cutout: 0.25, rotation: 10 },
  });
  const draws = (kinds: WordKind[], more: object = {}) =>
    Array.from({ length: 300 }, (_, i) =>
      drawPictureChange({ ...config, ...more }, new Set(kinds), new Generator(1, i)),
    );

  it('draws within the limits, and as often as asked', () => {
    const drawn = draws([]);
    expect(drawn.filter(({ flip }) => flip).length / 300).toBeCloseTo(0.5, 1);
    for (const { crop, cutout, colour, rotation } of drawn) {
      const side = crop?.side as number;
      expect(side ** 2).toBeGreaterThanOrEqual(0.5);
      expect((crop?.left as number) + side).toBeLessThanOrEqual(1);
      expect((cutout?.top as number) + 0.25).toBeLessThanOrEqual(1);
      expect(Math.abs((colour?.brightness as number) - 1)).toBeLessThanOrEqual(0.4);
      expect(Math.abs(rotation)).toBeLessThanOrEqual(10);
    }
  });

  it('never does what the words forbid', () => {
    expect(draws(['sides']).some(({ flip }) => flip)).toBe(false);
    expect(draws(['sides'], { sideWords: 'swap' }).some(({ flip }) => flip)).toBe(true);
    expect(draws(['sides', 'script'], { sideWords: 'swap' }).some(({ flip }) => flip)).toBe(false);
    expect(draws(['colours']).some(({ colour }) => colour)).toBe(false);
    expect(draws(['counts']).some(({ crop, cutout }) => crop || cutout)).toBe(false);
    expect(draws(['edges']).some(({ crop, rotation }) => crop || rotation !== 0)).toBe(false);
    expect(draws(['turns']).some(({ rotation }) => rotation !== 0)).toBe(false);
  });
});
