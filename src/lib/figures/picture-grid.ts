/**
 * @file Pictures with what is said of them: the text, the true answer and each model's answer, marked right (✓) or
 * wrong (✗) by sign as well as by colour. A picture may carry an attention map, laid over it as light on a
 * darkened picture.
 */
import sharp from 'sharp';
import { InputError } from '../errors';
import { encodePng } from './render/png';
import type { FigureSpecification, Json, Role } from './specification';
import {
  baseLayout,
  colorOf,
  type Heading,
  heading,
  INK,
  MARGIN,
  MUTED,
  note,
  PALETTE,
  SIZES,
} from './style';
import { escapeText, wrapLines } from './text-wrapping';

/** One model's answer about a picture. */
export interface PictureAnswer {
  /** Who answers: "guided". */
  name: string;
  text: string;
  role?: Role;
  correct?: boolean;
}

export interface PictureItem {
  /** Path of a picture, its bytes, or a data URI. */
  image: string | Uint8Array;
  /** The question or sentence that goes with it. */
  text?: string;
  /** The true answer. */
  truth?: string;
  answers?: readonly PictureAnswer[];
  /** Weights of patches, [rows, columns], from the picture's top left. */
  attention?: readonly (readonly number[])[];
}

export interface PictureGridOptions extends Heading {
  items: readonly PictureItem[];
  columns?: number;
  width?: number;
  /** Greatest height of a picture in CSS pixels; default 200. */
  pictureHeight?: number;
}

const GAP = 28;
const LINE = 21;

/**
 * The grid as a figure; pictures are scaled down and stand inside it as data URIs. Rejects with an `InputError`
 * that names the item where a picture cannot be read.
 */
export async function pictureGrid(options: PictureGridOptions): Promise<FigureSpecification> {
  const { items, width = 960, pictureHeight = 200 } = options;
  if (items.length === 0) throw new InputError('pictureGrid: no pictures');
  const columns = Math.min(options.columns ?? 4, items.length);
  const cell = (width - 2 * MARGIN - GAP * (columns - 1)) / columns;
  const pictures = await Promise.all(items.map((item, i) => loadPicture(item, i, cell, pictureHeight)));
  const captions = items.map((item) => captionLines(item, cell));
  const block = heading(options, width);
  const rows = Array.from({ length: Math.ceil(items.length / columns) }, (_, row) => {
    const members = items.map((_, i) => i).slice(row * columns, (row + 1) * columns);
    const picture = Math.max(...members.map((i) => (pictures[i] as Picture).height));
    const caption = LINE * Math.max(...members.map((i) => (captions[i] as Line[]).length));
    return { members, picture, height: picture + 12 + caption };
  });
  const plotWidth = width - 2 * MARGIN;
  const plotHeight = rows.reduce((sum, row) => sum + row.height, GAP * (rows.length - 1));
  const margin = { l: MARGIN, r: MARGIN, t: block.height + 8, b: MARGIN };
  const annotations: Json[] = block.annotations(margin.l, margin.t);
  const images: Json[] = [];
  let top = 0;
  for (const row of rows) {
    row.members.forEach((i, column) => {
      const picture = pictures[i] as Picture;
      const x = (column * (cell + GAP)) / plotWidth;
      images.push({
        source: picture.uri,
        xref: 'paper',
        yref: 'paper',
        x,
        y: 1 - (top + row.picture - picture.height) / plotHeight,
        sizex: picture.width / plotWidth,
        sizey: picture.height / plotHeight,
        xanchor: 'left',
        yanchor: 'top',
        sizing: 'contain',
        layer: 'above',
      });
      (captions[i] as Line[]).forEach((line, l) => {
        annotations.push(
          note({
            text: line.html,
            font: { size: SIZES.tick, color: line.color },
            x,
            y: 1 - (top + row.picture + 12) / plotHeight,
            yanchor: 'top',
            yshift: -l * LINE,
          }),
        );
      });
    });
    top += row.height + GAP;
  }
  const hidden = { visible: false, range: [0, 1], fixedrange: true };
  return {
    data: [{ type: 'scatter', x: [], y: [], hoverinfo: 'skip' }],
    layout: {
      ...baseLayout(margin.t + plotHeight + margin.b),
      width, // fixed, so that captions fit under their pictures
      margin,
      xaxis: hidden,
      yaxis: hidden,
      images,
      annotations,
    },
    size: { width, height: margin.t + plotHeight + margin.b },
    description: describe(options),
  };
}

interface Picture {
  uri: string;
  width: number;
  height: number;
}

async function loadPicture(
  item: PictureItem,
  index: number,
  cell: number,
  tallest: number,
): Promise<Picture> {
  const { image } = item;
  try {
    const source = typeof image === 'string' && image.startsWith('data:') ? bytesOfUri(image) : image;
    const { width = 1, height = 1 } = await sharp(source).metadata();
    const scale = Math.min(cell / width, tallest / height);
    const shown = {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    };
    // twice the shown size for sharp screens; small pictures are enlarged with hard edges, as pixels are
    const kernel = scale >= 2 ? 'nearest' : 'lanczos3';
    const resized = sharp(source).resize(2 * shown.width, 2 * shown.height, { fit: 'fill', kernel });
    const overlay = item.attention
      ? await attentionLayer(item.attention, 2 * shown.width, 2 * shown.height)
      : null;
    const bytes = await (overlay ? resized.composite([{ input: overlay }]) : resized).png().toBuffer();
    return { ...shown, uri: `data:image/png;base64,${bytes.toString('base64')}` };
  } catch (error) {
    const name = typeof image === 'string' && !image.startsWith('data:') ? ` "${image}"` : '';
    throw new InputError(
      `pictureGrid: picture ${index}${name} cannot be read (${(error as Error).message}); give a PNG, JPEG or WebP`,
      { cause: error },
    );
  }
}

/** A dark veil, lifted where attention is high. */
async function attentionLayer(
  weights: readonly (readonly number[])[],
  width: number,
  height: number,
): Promise<Buffer> {
  const [rows, columns] = [weights.length, weights[0]?.length ?? 0];
  if (columns === 0 || weights.some((row) => row.length !== columns)) {
    throw new Error(`its attention rows have ${weights.map((row) => row.length).join(', ')} weights`);
  }
  const flat = weights.flat();
  const [low, high] = [Math.min(...flat), Math.max(...flat)];
  const pixels = new Uint8Array(4 * rows * columns);
  flat.forEach((weight, i) => {
    const strength = high > low ? (weight - low) / (high - low) : 1;
    pixels.set([16, 24, 40, Math.round(215 * (1 - strength))], 4 * i);
  });
  const kernel = 'cubic';
  return sharp(encodePng(pixels, columns, rows))
    .resize(width, height, { fit: 'fill', kernel })
    .png()
    .toBuffer();
}

function bytesOfUri(uri: string): Buffer {
  const comma = uri.indexOf(',');
  const base64 = uri.slice(0, comma).endsWith(';base64');
  const body = uri.slice(comma + 1);
  return base64 ? Buffer.from(body, 'base64') : Buffer.from(decodeURIComponent(body));
}

interface Line {
  html: string;
  color: string;
}

function captionLines(item: PictureItem, width: number): Line[] {
  const lines: Line[] = [];
  const add = (text: string, color: string, maxLines: number, bold = false) => {
    const style = { bold, italic: false };
    for (const line of wrapLines(text, width - 4, SIZES.tick, { style, maxLines })) {
      lines.push({ html: bold ? `<b>${escapeText(line)}</b>` : escapeText(line), color });
    }
  };
  if (item.text) add(item.text, INK, 4);
  if (item.truth !== undefined) add(`true: ${item.truth}`, MUTED, 2);
  (item.answers ?? []).forEach((answer, i) => {
    const sign = answer.correct === undefined ? '' : answer.correct ? '✓ ' : '✗ ';
    const color =
      answer.correct === undefined
        ? colorOf(answer.role, i)
        : answer.correct
          ? '#00785A'
          : PALETTE.vermillion;
    add(`${sign}${answer.name}: ${answer.text}`, color, 3, true);
  });
  return lines;
}

function describe({ title, items }: PictureGridOptions): string {
  const parts = items.slice(0, 8).map((item, i) => {
    const answers = (item.answers ?? []).map((answer) => `${answer.name} says ${answer.text}`);
    const truth = item.truth === undefined ? [] : [`true ${item.truth}`];
    return `${i + 1}: ${[item.text ?? 'a picture', ...truth, ...answers].join('; ')}`;
  });
  return `${title ? `${title}. ` : ''}${items.length} pictures. ${parts.join('. ')}.`;
}
