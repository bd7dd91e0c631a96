/**
 * @file Attention over a picture, drawn on the picture as heat. The colour of a patch is its weight times the number of
 * patches: 1 is what a patch gets when the text looks everywhere alike, and is left as it is; what gets more glows, what
 * gets less is dimmed. All pictures of a figure share one scale, so that a text that looks nowhere in particular looks
 * so. (`pictureGrid` has a veil of its own, scaled for each picture by itself.)
 */
import sharp from 'sharp';
import { InputError } from '../errors';
import { type PictureGridOptions, type PictureItem, pictureGrid } from './picture-grid';
import { encodePng } from './render/png';
import type { FigureSpecification } from './specification';

export interface AttendedPicture extends Omit<PictureItem, 'attention'> {
  /** Weights of patches [rows, columns], from the top left; they sum to 1. */
  weights: readonly (readonly number[])[];
}

export interface AttentionOnPictureOptions extends Omit<PictureGridOptions, 'items'> {
  items: readonly AttendedPicture[];
  /** What is drawn in the strongest colour, as a multiple of an even look; the greatest of all weights unless given. */
  strongest?: number;
}

/** A red that scenes and photographs seldom have. */
const GLOW = [240, 0, 110] as const;
const SHADE = [16, 24, 40] as const;
const EDGE = 480;

/** The grid as a figure. Rejects with an `InputError` that names the item whose weights are no grid, or whose picture cannot be read. */
export async function attentionOnPicture({
  items,
  strongest,
  subtitle,
  ...options
}: AttentionOnPictureOptions): Promise<FigureSpecification> {
  const multiples = items.map(({ weights }, i) => {
    const columns = weights[0]?.length ?? 0;
    if (columns === 0 || weights.some((row) => row.length !== columns)) {
      throw new InputError(`attentionOnPicture: the weights of picture ${i} are no grid of rows and columns`);
    }
    return weights.map((row) => row.map((weight) => weight * columns * weights.length));
  });
  const most = strongest ?? Math.max(1 + 1e-6, ...multiples.flat(2));
  const shown = await Promise.all(
    items.map(async ({ weights: _, image, ...item }, i) => ({
      ...item,
      image: await withHeat(image, multiples[i] as number[][], most, i),
    })),
  );
  const scale = `Glowing: up to ${most.toFixed(1)} times an even look; dark: less than even`;
  return pictureGrid({
    ...options,
    items: shown,
    subtitle: subtitle ? `${subtitle}${/[.?!]$/.test(subtitle) ? '' : '.'} ${scale}` : scale,
  });
}

async function withHeat(
  image: string | Uint8Array,
  multiples: readonly (readonly number[])[],
  most: number,
  index: number,
): Promise<Buffer> {
  const [rows, columns] = [multiples.length, multiples[0]?.length ?? 0];
  const pixels = new Uint8Array(4 * rows * columns);
  multiples.flat().forEach((multiple, i) => {
    pixels.set(heat(multiple, most), 4 * i);
  });
  try {
    const source =
      typeof image === 'string' && image.startsWith('data:')
        ? Buffer.from(image.slice(image.indexOf(',') + 1), 'base64')
        : image;
    const { width = 1, height = 1 } = await sharp(source).metadata();
    const [wide, high] = [EDGE, Math.max(1, Math.round((EDGE * height) / width))];
    const picture = sharp(source)
      .removeAlpha()
      .resize(wide, high, { fit: 'fill', kernel: width < EDGE / 2 ? 'nearest' : 'lanczos3' });
    const layer = await sharp(encodePng(pixels, columns, rows))
      .resize(wide, high, { fit: 'fill', kernel: 'cubic' })
      .png()
      .toBuffer();
    return await picture
      .composite([{ input: layer }])
      .png()
      .toBuffer();
  } catch (error) {
    throw new InputError(
      `attentionOnPicture: picture ${index} cannot be read (${(error as Error).message}); give a PNG, JPEG or WebP`,
      { cause: error },
    );
  }
}

/** RGBA of a weight that is `multiple` times an even one. */
function heat(multiple: number, most: number): number[] {
  if (multiple < 1) return [...SHADE, Math.round(165 * (1 - multiple))];
  return [...GLOW, Math.round(210 * Math.min(1, Math.log(multiple) / Math.log(most)))];
}
