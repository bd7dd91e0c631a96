/**
 * @file Changed pictures by sharp: crop, mirror, colour, turn, and a square painted over (cutout, DeVries and Taylor
 * 2017). What is done is drawn first, from one generator, so that the same draw gives the same picture; and only what a
 * record's words permit (label-words.ts) is done.
 */
import sharp from 'sharp';
import type { Generator } from '../random';
import type { PictureAugmentation } from './config';
import type { WordKind } from './label-words';

/** What is done to one picture. Places and sizes are shares of its side. */
export interface PictureChange {
  flip: boolean;
  /** Kept square, or `null`. */
  crop: { left: number; top: number; side: number } | null;
  /** Factors of brightness and saturation, and degrees of hue; `null` leaves the colours. */
  colour: { brightness: number; saturation: number; hue: number } | null;
  cutout: { left: number; top: number; side: number } | null;
  /** Degrees, clockwise. */
  rotation: number;
}

/** Which words of a record forbid what. */
const FORBIDDEN_BY = {
  flip: ['script'],
  crop: ['counts', 'edges'],
  colour: ['colours'],
  cutout: ['counts'],
  rotation: ['turns', 'edges'],
} as const satisfies Record<keyof PictureChange, readonly WordKind[]>;

/** Draws what is done to the picture of a record with words of these kinds. Every draw takes as many numbers. */
export function drawPictureChange(
  config: PictureAugmentation,
  kinds: ReadonlySet<WordKind>,
  generator: Generator,
): PictureChange {
  const permits = (change: keyof PictureChange) => !FORBIDDEN_BY[change].some((kind) => kinds.has(kind));
  const [mirror, size, x, y, light, strength, tone, squareX, squareY, angle] = Array.from(
    { length: 10 },
    () => generator.uniform(),
  ) as [number, number, number, number, number, number, number, number, number, number];
  const spread = (draw: number, by: number) => (2 * draw - 1) * by;
  const side = Math.sqrt(1 - size * (1 - (config.crop ?? 1)));
  const mirrorable = permits('flip') && !(config.sideWords === 'refuse' && kinds.has('sides'));
  return {
    flip: mirrorable && mirror < config.flip,
    crop:
      config.crop !== null && permits('crop') ? { left: x * (1 - side), top: y * (1 - side), side } : null,
    colour:
      config.colour > 0 && permits('colour')
        ? {
            brightness: 1 + spread(light, config.colour),
            saturation: 1 + spread(strength, config.colour),
            hue: spread(tone, 18 * config.colour),
          }
        : null,
    cutout:
      config.cutout > 0 && permits('cutout')
        ? { left: squareX * (1 - config.cutout), top: squareY * (1 - config.cutout), side: config.cutout }
        : null,
    rotation: permits('rotation') ? spread(angle, config.rotation) : 0,
  };
}

/** Whether a change leaves the picture as it is. */
export function isIdentity({ flip, crop, colour, cutout, rotation }: PictureChange): boolean {
  return !flip && !crop && !colour && !cutout && rotation === 0;
}

/** uint8 RGB [height, width, 3], changed; what was given stays as it is. */
export async function changePicture(
  pixels: Uint8Array,
  { height, width }: { height: number; width: number },
  change: PictureChange,
): Promise<Uint8Array> {
  let image = pixels;
  const raw = { raw: { width, height, channels: 3 as const } };
  const mean = meanColour(pixels);
  if (change.rotation !== 0) {
    const background = { r: mean[0], g: mean[1], b: mean[2] };
    const turned = await sharp(image, raw)
      .rotate(change.rotation, { background })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { info } = turned; // larger: its middle is as large as before
    image = await sharp(turned.data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .extract({
        left: Math.floor((info.width - width) / 2),
        top: Math.floor((info.height - height) / 2),
        width,
        height,
      })
      .raw()
      .toBuffer();
  }
  if (change.crop || change.flip || change.colour) {
    let pipeline = sharp(image, raw);
    if (change.crop) {
      const { left, top, side } = change.crop;
      const size = {
        width: Math.max(1, Math.round(side * width)),
        height: Math.max(1, Math.round(side * height)),
      };
      pipeline = pipeline
        .extract({
          left: Math.min(width - size.width, Math.round(left * width)),
          top: Math.min(height - size.height, Math.round(top * height)),
          ...size,
        })
        .resize(width, height, { fit: 'fill' });
    }
    if (change.flip) pipeline = pipeline.flop();
    if (change.colour) pipeline = pipeline.modulate(change.colour);
    image = await pipeline.removeAlpha().raw().toBuffer();
  }
  return change.cutout ? painted(image, { height, width }, change.cutout, mean) : image;
}

function meanColour(pixels: Uint8Array): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < pixels.length; i += 3)
    for (const c of [0, 1, 2] as const) sums[c] += pixels[i + c] as number;
  return sums.map((sum) => Math.round((3 * sum) / pixels.length)) as [number, number, number];
}

/** A copy with a square of the picture's mean colour. */
function painted(
  pixels: Uint8Array,
  { height, width }: { height: number; width: number },
  { left, top, side }: { left: number; top: number; side: number },
  colour: readonly number[],
): Uint8Array {
  const out = Uint8Array.from(pixels);
  const [x0, y0] = [Math.round(left * width), Math.round(top * height)];
  for (let y = y0; y < Math.min(height, y0 + Math.round(side * height)); y++) {
    for (let x = x0; x < Math.min(width, x0 + Math.round(side * width)); x++)
      out.set(colour, 3 * (y * width + x));
  }
  return out;
}
