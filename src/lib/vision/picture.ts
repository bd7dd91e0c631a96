/**
 * @file From a picture file to pixels: sharp decodes PNG, JPEG and WebP to RGB, float32 [height, width, 3] in
 * [0, 1]. EXIF orientation is applied, alpha is composited on a background (white), grey becomes RGB, 16 bits
 * become 8, inks become light, and of an animation the first frame is taken. Colour profiles are not followed, as in
 * Python's readers, on whose pictures the published networks learned. A resize is asked for by size, fit and kernel; the
 * kernel is antialiased as in Pillow. Left out: normalisation by mean and deviation, which belongs to a model.
 */
import { open, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { InputError } from '../errors';

/** Height and width in pixels; a number means a square. */
export type PictureSize = number | { height: number; width: number };

export interface DecodeOptions {
  /** Resize to this size; without it the picture keeps its own. */
  size?: PictureSize;
  /** `fill` stretches (default), `contain` letterboxes on the background, `cover` crops around the centre. */
  fit?: 'fill' | 'contain' | 'cover';
  /** Resampling kernel (default `linear`, antialiased when it shrinks). */
  kernel?: 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3';
  /** What shows through transparency and beside a contained picture: RGB in 0 to 255 (default white). */
  background?: readonly [number, number, number];
  /** Refuse a picture with more pixels than this before decoding it (default `MAXIMUM_PIXELS`). */
  maximumPixels?: number;
}

/** Decoded pixels: uint8 RGB [height, width, 3] in 0 to 255. */
export interface Pixels {
  data: Uint8Array;
  height: number;
  width: number;
}

/** A decoded picture: float32 RGB [height, width, 3] in [0, 1]. */
export interface Picture {
  data: Float32Array;
  height: number;
  width: number;
}

/** 64 megapixels: above any camera picture that a small network looks at, far below what fills the memory. */
export const MAXIMUM_PIXELS = 64_000_000;

const FORMATS = new Set(['png', 'jpeg', 'webp']);

/**
 * Decode a file (by path) or its bytes to uint8 RGB [height, width, 3].
 * @throws InputError where the file is missing, empty, no PNG, JPEG or WebP, cut short, damaged, or larger than
 *   `maximumPixels`; the message names the file and the mend.
 */
export async function decodePixels(
  source: string | Uint8Array,
  options: DecodeOptions = {},
): Promise<Pixels> {
  const bytes = typeof source === 'string' ? await readPictureFile(source) : source;
  const where = typeof source === 'string' ? source : 'the picture';
  const space = await checkHeader(bytes, where, options.maximumPixels ?? MAXIMUM_PIXELS);
  const [r, g, b] = options.background ?? [255, 255, 255];
  const background = { r, g, b };
  let pipeline = sharp(bytes, {
    autoOrient: true,
    failOn: 'error',
    ignoreIcc: true,
    limitInputPixels: false,
  }).flatten({ background });
  if (space === 'cmyk') pipeline = pipeline.pipelineColourspace('cmyk'); // or it goes there and back
  if (options.size !== undefined) {
    const { height, width } = sizeOf(options.size);
    pipeline = pipeline.resize({
      width,
      height,
      background,
      fit: options.fit ?? 'fill',
      kernel: options.kernel ?? 'linear',
      fastShrinkOnLoad: false,
    });
  }
  try {
    const { data, info } = await pipeline
      .toColourspace(space === 'cmyk' ? 'cmyk' : 'srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { height, width, channels } = info;
    if (channels === 3) return { data, height, width };
    if (channels === 4 && space === 'cmyk') return { data: inksToRgb(data), height, width };
    if (channels === 1) return { data: greyToRgb(data), height, width };
    throw new Error(`decoded to ${channels} channels`);
  } catch (error) {
    throw new InputError(
      `${where}: the picture cannot be decoded (${reason(error)}); it is cut short or damaged: fetch or export it anew`,
      { cause: error },
    );
  }
}

/** As `decodePixels`, to float32 [height, width, 3] in [0, 1]. */
export async function decodePicture(
  source: string | Uint8Array,
  options: DecodeOptions = {},
): Promise<Picture> {
  const { data, height, width } = await decodePixels(source, options);
  const out = new Float32Array(data.length);
  toUnit(data, out, 0);
  return { data: out, height, width };
}

/** Write uint8 pixels as float32 in [0, 1] into `out` from `offset` on. */
export function toUnit(pixels: Uint8Array, out: Float32Array, offset: number): void {
  for (let i = 0; i < pixels.length; i++) out[offset + i] = UNIT[pixels[i] as number] as number;
}

/** The 256 values of a channel, so that no division stands in the inner loop. */
const UNIT = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** Height and width of a `PictureSize`. Throws an InputError where they are not whole numbers above 0. */
export function sizeOf(size: PictureSize): { height: number; width: number } {
  const { height, width } = typeof size === 'number' ? { height: size, width: size } : size;
  for (const [field, value] of Object.entries({ height, width })) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new InputError(`picture size: ${field} is ${value}; give a whole number of pixels above 0`);
    }
  }
  return { height, width };
}

async function readPictureFile(path: string): Promise<Buffer> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const gone = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    throw new InputError(
      gone
        ? `${path}: no such picture; put the file there or correct the path`
        : `${path}: the picture cannot be opened (${error.message})`,
      { cause: error },
    );
  });
  if (!info.isFile()) throw new InputError(`${path}: is not a file; give the path of a PNG, JPEG or WebP`);
  if (info.size === 0) throw new InputError(`${path}: the picture file is empty; fetch or export it anew`);
  const handle = await open(path).catch((error: Error) => {
    throw new InputError(`${path}: the picture cannot be read (${error.message})`, { cause: error });
  });
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The colour space of a picture that may be decoded. */
async function checkHeader(bytes: Uint8Array, where: string, maximumPixels: number): Promise<string> {
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw new InputError(
        `${where}: is not a picture that can be read (${reason(error)}); use a PNG, JPEG or WebP file`,
        { cause: error },
      );
    });
  if (!FORMATS.has(header.format)) {
    throw new InputError(`${where}: is ${header.format}; convert it to PNG, JPEG or WebP`);
  }
  if (header.width * header.height > maximumPixels) {
    throw new InputError(
      `${where}: the picture has ${header.width} × ${header.height} pixels, more than the ${maximumPixels} allowed; make it smaller`,
    );
  }
  return header.space;
}

/** Cyan, magenta, yellow and black to what is left of the light: 255·(1 − C/255)·(1 − K/255), rounded. */
function inksToRgb(inks: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: (inks.length / 4) * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3) * 4;
    const light = 255 - (inks[pixel + 3] as number);
    return light - Math.round(((inks[pixel + (i % 3)] as number) * light) / 255);
  });
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const out = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) out.fill(grey[i] as number, i * 3, i * 3 + 3);
  return out;
}

/** The first line of a sharp error, without its trailing stop. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] as string).trim().replace(/\.$/, '');
}
