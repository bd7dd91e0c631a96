/** @file What a vision network is shown, as a picture again: for looking at noise, crops and other disturbances. */
import sharp from 'sharp';
import { InputError } from '../errors';

/** PNG of pixels [S, S, 3]; what lies outside [0, 1] is cut off, as a screen would. */
export async function pictureOfPixels(pixels: ArrayLike<number>): Promise<Buffer> {
  const side = Math.sqrt(pixels.length / 3);
  if (!Number.isInteger(side) || side === 0) {
    throw new InputError(`pictureOfPixels: ${pixels.length} numbers are no square picture of three colours`);
  }
  const bytes = Uint8Array.from(pixels, (value) => Math.round(255 * Math.max(0, Math.min(1, value))));
  return sharp(bytes, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}
