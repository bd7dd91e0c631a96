/**
 * @file Tokens as boxes in rows: how tokenizers cut one sentence, or what a model reads at each place and what is
 * asked of it there. With `aligned`, box j of every row stands above box j of the next; otherwise each box is as
 * wide as its text, and a row that is too long goes on below.
 */
import { InputError } from '../errors';
import { textWidth } from './render/fonts';
import type { FigureSpecification, Json } from './specification';
import {
  axis,
  baseLayout,
  type Heading,
  heading,
  INK,
  MARGIN,
  MUTED,
  note,
  PAPER,
  SIZES,
  widest,
} from './style';
import { escapeText } from './text-wrapping';

/** `plain`: read as it stands; `asked`: to be predicted; `hidden`: masked; `changed`: replaced; `none`: no box. */
export type TokenTone = 'plain' | 'asked' | 'hidden' | 'changed' | 'none';

export interface ShownToken {
  text: string;
  tone?: TokenTone;
}

export interface TokenRow {
  name: string;
  /** A second, quiet line under the name: "43 tokens". */
  note?: string;
  tokens: readonly ShownToken[];
}

export interface TokenRowsOptions extends Heading {
  rows: readonly TokenRow[];
  aligned?: boolean;
  /** At least this wide; wider where the columns of aligned rows need it. */
  width?: number;
}

const TONES: Readonly<Record<TokenTone, { fill: string; line: string; text: string }>> = {
  plain: { fill: '#D6E6F2', line: '#D6E6F2', text: INK },
  asked: { fill: '#FFF3D6', line: '#E69F00', text: INK },
  hidden: { fill: '#3E4C59', line: '#3E4C59', text: PAPER },
  changed: { fill: '#F7D9E8', line: '#CC79A7', text: INK },
  none: { fill: PAPER, line: PAPER, text: MUTED },
};

const BOX_HEIGHT = 34;
const GAP = 3;
const LINE_GAP = 6;
const ROW_GAP = 18;
/** Room around the boxes, so that the plot's edge does not cut their lines. */
const EDGE = 2;

interface Box extends ShownToken {
  left: number;
  top: number;
  width: number;
}

/** The rows as a figure. Throws `InputError` where there is no row, or a row without tokens. */
export function tokenRows(options: TokenRowsOptions): FigureSpecification {
  const { rows, aligned = false } = options;
  if (rows.length === 0) throw new InputError('tokenRows: no rows');
  const empty = rows.find(({ tokens }) => tokens.length === 0);
  if (empty) throw new InputError(`tokenRows: "${empty.name}" has no tokens`);
  const names = Math.max(
    widest(
      rows.map(({ name }) => name),
      SIZES.label,
      true,
    ),
    widest(
      rows.map((row) => row.note ?? ''),
      SIZES.note,
    ),
  );
  const left = MARGIN + names + 20;
  const columns = aligned ? columnWidths(rows) : null;
  const needed = columns ? columns.reduce((sum, one) => sum + one + GAP, EDGE) : 0;
  const width = Math.ceil(Math.max(options.width ?? 960, left + needed + EDGE + MARGIN));
  const placed = place(rows, columns, width - left - MARGIN - 2 * EDGE);
  const block = heading(options, width);
  const top = block.height + 8;
  const height = top + placed.height + 2 * EDGE + 16;
  const boxes = placed.rows.flat();
  return {
    data: [
      {
        type: 'scatter',
        mode: 'text',
        x: boxes.map((box) => box.left + box.width / 2),
        y: boxes.map((box) => box.top + BOX_HEIGHT / 2),
        text: boxes.map(({ text }) => escapeText(text)),
        textfont: { size: SIZES.label, color: boxes.map(({ tone = 'plain' }) => TONES[tone].text) },
        hoverinfo: 'skip',
      },
    ],
    layout: {
      ...baseLayout(height),
      width, // fixed, so that boxes keep the width of their text in a wide notebook
      margin: { l: left, r: MARGIN, t: top, b: 16 },
      xaxis: axis({ visible: false, range: [-EDGE, width - left - MARGIN - EDGE], fixedrange: true }),
      yaxis: axis({ visible: false, range: [placed.height + EDGE, -EDGE], fixedrange: true }),
      shapes: boxes.map(boxShape),
      annotations: [
        ...block.annotations(left, top),
        ...rows.flatMap((row, r) => rowName(row, (placed.rows[r] as Box[])[0] as Box, names)),
      ],
    },
    size: { width, height },
    description:
      (options.title ? `${options.title}. ` : '') +
      rows.map(({ name, tokens }) => `${name}: ${tokens.map(({ text }) => text).join(' | ')}`).join('; '),
  };
}

function boxWidth({ text }: ShownToken): number {
  return Math.max(16, textWidth(text, SIZES.label) + 12);
}

function columnWidths(rows: readonly TokenRow[]): number[] {
  const count = Math.max(...rows.map(({ tokens }) => tokens.length));
  return Array.from({ length: count }, (_, j) =>
    Math.max(...rows.map(({ tokens }) => (tokens[j] ? boxWidth(tokens[j]) : 0))),
  );
}

function place(
  rows: readonly TokenRow[],
  columns: readonly number[] | null,
  room: number,
): { rows: Box[][]; height: number } {
  let top = 0;
  const placed = rows.map(({ tokens }) => {
    let left = 0;
    const boxes = tokens.map((token, j): Box => {
      const width = columns?.[j] ?? boxWidth(token);
      if (!columns && left > 0 && left + width > room) {
        left = 0;
        top += BOX_HEIGHT + LINE_GAP;
      }
      const box = { ...token, left, top, width };
      left += width + GAP;
      return box;
    });
    top += BOX_HEIGHT + ROW_GAP;
    return boxes;
  });
  return { rows: placed, height: top - ROW_GAP };
}

function boxShape({ left, top, width, tone = 'plain' }: Box): Json {
  const { fill, line } = TONES[tone];
  return {
    type: 'rect',
    layer: 'below',
    x0: left,
    x1: left + width,
    y0: top,
    y1: top + BOX_HEIGHT,
    fillcolor: fill,
    line: { color: line, width: 1.5 },
  };
}

/** The name left of the first box of its row, with the note below it. */
function rowName({ name, note: second }: TokenRow, first: Box, names: number): Json[] {
  const middle = first.top + BOX_HEIGHT / 2;
  const line = (text: string, font: { size: number; color: string }, shift: number): Json => ({
    ...(note({ text, font, x: 0, xshift: -names - 20, y: middle, yshift: shift }) as object),
    yref: 'y',
  });
  const named = line(`<b>${escapeText(name)}</b>`, { size: SIZES.label, color: INK }, second ? 9 : 0);
  return second ? [named, line(escapeText(second), { size: SIZES.note, color: MUTED }, -9)] : [named];
}
