/**
 * @file One style for every figure. Colours are those of Okabe and Ito (2008), which people with any colour
 * vision tell apart; each role keeps its colour, and roles differ in lightness too, so that a grey print still
 * reads. Sizes are for a projector: nothing below 12 px on a figure 960 px wide.
 */
import { textWidth } from './render/fonts';
import type { Json, Layout, Role } from './specification';
import { escapeText, wrapLines } from './text-wrapping';

/** Okabe and Ito's palette. */
export const PALETTE = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  vermillion: '#D55E00',
  purple: '#CC79A7',
  sky: '#56B4E9',
  yellow: '#F0E442',
  black: '#000000',
} as const;

/** Greys of the page: ink for text, muted for what is secondary, rule for grid lines. */
export const INK = '#1F2933';
export const MUTED = '#5F6B7A';
export const RULE = '#E4E7EB';
export const PAPER = '#FFFFFF';

export const ROLE_COLORS: Readonly<Record<Role, string>> = {
  'text-only': PALETTE.orange,
  'vision-guided': PALETTE.blue,
  control: '#A9B4C0',
  ceiling: '#B84A00', // vermillion, dark enough for text on white
  other: PALETTE.green,
};

/** Colours of series without a role, in order. */
export const SERIES_COLORS: readonly string[] = [
  PALETTE.blue,
  PALETTE.orange,
  PALETTE.green,
  PALETTE.vermillion,
  PALETTE.purple,
  PALETTE.sky,
  INK,
];

/** Near white to deep blue: one hue, even in lightness, legible in grey. */
export const SEQUENTIAL: readonly (readonly [number, string])[] = [
  [0, '#F4F7FA'],
  [0.25, '#D6E6F2'],
  [0.5, '#8FBEDD'],
  [0.75, '#3F8FC2'],
  [1, '#005083'],
];

export const FONT_FAMILY = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif";
export const SIZES = {
  title: 21,
  subtitle: 15,
  panel: 16,
  label: 15,
  value: 15,
  tick: 14,
  note: 13,
} as const;

/** The colour of a role, or the next of the series colours where the role says nothing. */
export function colorOf(role: Role | undefined, index: number): string {
  if (role && role !== 'other') return ROLE_COLORS[role];
  return SERIES_COLORS[index % SERIES_COLORS.length] as string;
}

/**
 * One colour a name. The first name of a role has the role's; every other name, and a second one of a role, the next series
 * colour that neither a name nor a role among them has; once all are given, they begin again.
 */
export function colorsOf(series: readonly { name: string; role?: Role }[]): Map<string, string> {
  const colors = new Map<string, string>();
  const given = new Set<string>();
  for (const { name, role } of series) {
    if (!role || role === 'other' || colors.has(name) || given.has(ROLE_COLORS[role])) continue;
    colors.set(name, ROLE_COLORS[role]);
    given.add(ROLE_COLORS[role]);
  }
  const free = SERIES_COLORS.filter((color) => !given.has(color));
  let next = 0;
  for (const { name } of series) {
    if (!colors.has(name)) colors.set(name, free[next++ % free.length] as string);
  }
  return colors;
}

/** `#RRGGBB` with an opacity, as plotly wants it. */
export function withOpacity(hex: string, opacity: number): string {
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  return `rgba(${channel(1)}, ${channel(3)}, ${channel(5)}, ${opacity})`;
}

export interface Heading {
  title?: string;
  subtitle?: string;
}

/** Left and right margin of the page, in CSS pixels. */
export const MARGIN = 28;

/** A title block: the room that it takes above the plot, and its annotations once the margins are known. */
export interface HeadingBlock {
  height: number;
  /** `left` and `top` are the plot's margins in CSS pixels. */
  annotations(left: number, top: number): Json[];
}

/** Title and subtitle at the top left of the page, wrapped to its `width`. */
export function heading({ title, subtitle }: Heading, width: number): HeadingBlock {
  const room = width - 2 * MARGIN;
  const bold = { style: { bold: true, italic: false } };
  const lines = [
    ...(title ? wrapLines(title, room, SIZES.title, bold) : []).map((text) => ({
      text: `<b>${escapeText(text)}</b>`,
      font: { size: SIZES.title, color: INK },
      height: 29,
    })),
    ...(subtitle ? wrapLines(subtitle, room, SIZES.subtitle) : []).map((text) => ({
      text: escapeText(text),
      font: { size: SIZES.subtitle, color: MUTED },
      height: 22,
    })),
  ];
  const start = 18;
  const height = lines.reduce((sum, line) => sum + line.height, lines.length > 0 ? start + 12 : 16);
  return {
    height,
    annotations(left, top) {
      let at = start;
      return lines.map(({ text, font, height: lineHeight }) => {
        const shift = top - at;
        at += lineHeight;
        return note({ text, font, x: 0, y: 1, xshift: MARGIN - left, yshift: shift, yanchor: 'top' });
      });
    },
  };
}

/** An annotation without arrow, in paper coordinates, left-aligned unless told otherwise. */
export function note(options: { [key: string]: Json | undefined }): Json {
  return {
    xref: 'paper',
    yref: 'paper',
    xanchor: 'left',
    yanchor: 'middle',
    align: 'left',
    showarrow: false,
    borderpad: 0,
    ...options,
  };
}

/** Width of the widest of some labels, in CSS pixels. */
export function widest(labels: readonly string[], size: number, bold = false): number {
  return Math.max(0, ...labels.map((label) => textWidth(label, size, { bold, italic: false })));
}

/** Room for the tick labels of an axis that shows `values`, in CSS pixels, an estimate on the safe side. */
export function tickRoom(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  const top = Math.max(1e-9, ...finite.map(Math.abs));
  const text =
    top >= 10 ? Math.round(1.1 * top).toLocaleString('en-US') : top >= 0.5 ? '0.00' : top.toPrecision(2);
  return widest([finite.some((value) => value < 0) ? `−${text}` : text], SIZES.tick);
}

/** What every layout begins with. */
export function baseLayout(height: number): Layout {
  return {
    height,
    paper_bgcolor: PAPER,
    plot_bgcolor: PAPER,
    font: { family: FONT_FAMILY, size: SIZES.tick, color: INK },
    hoverlabel: { font: { family: FONT_FAMILY, size: SIZES.tick } },
    showlegend: false,
  };
}

/** A quiet axis: no frame, light grid, readable ticks. */
export function axis(options: { [key: string]: Json | undefined } = {}): { [key: string]: Json | undefined } {
  return {
    showline: false,
    zeroline: false,
    gridcolor: RULE,
    gridwidth: 1,
    ticks: '',
    tickfont: { size: SIZES.tick, color: MUTED },
    automargin: false,
    fixedrange: false,
    ...options,
  };
}
