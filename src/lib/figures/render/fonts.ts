/**
 * @file The letters of figures: Inter, from an npm package, read by opentype.js. Text is measured by the real
 * advance widths and drawn as outlines, so that a picture is the same on a machine with other fonts or none.
 *
 *     width(text) = font size · Σ advance(character) / units per em
 *
 * Left out: kerning, ligatures, right-to-left scripts. Characters that Inter lacks (Chinese, emoji) are for the
 * system's fonts to draw; they are measured as one em wide.
 */
import { readFileSync } from 'node:fs';
import { type Font, type PathCommand, parse } from 'opentype.js';

/** Weight and slant of a piece of text. */
export interface FontStyle {
  bold: boolean;
  italic: boolean;
}

export const PLAIN: FontStyle = { bold: false, italic: false };

/** Height above and below the baseline of a line of text, in em: Inter's own. */
export const ASCENT = 0.97;
export const DESCENT = 0.24;

const FILES = {
  regular: '400Regular/Inter_400Regular.ttf',
  bold: '600SemiBold/Inter_600SemiBold.ttf',
  italic: '400Regular_Italic/Inter_400Regular_Italic.ttf',
  boldItalic: '600SemiBold_Italic/Inter_600SemiBold_Italic.ttf',
} as const;

const loaded = new Map<keyof typeof FILES, Font>();

/** The font of a style; bold is semi-bold (600), which suits small sizes better. Read once, when first used. */
function fontOf({ bold, italic }: FontStyle): Font {
  const name = bold ? (italic ? 'boldItalic' : 'bold') : italic ? 'italic' : 'regular';
  const known = loaded.get(name);
  if (known) return known;
  const bytes = readFileSync(require.resolve(`@expo-google-fonts/inter/${FILES[name]}`));
  const font = parse(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
  );
  loaded.set(name, font);
  return font;
}

/** Whether the bundled font can draw every character. */
export function isCovered(text: string, style: FontStyle = PLAIN): boolean {
  const font = fontOf(style);
  return [...text].every((character) => font.charToGlyphIndex(character) !== 0);
}

/** Width of a line of text in the unit of `size` (CSS pixels). */
export function textWidth(text: string, size: number, style: FontStyle = PLAIN): number {
  const font = fontOf(style);
  let units = 0;
  for (const character of text) {
    const index = font.charToGlyphIndex(character);
    units += index === 0 ? font.unitsPerEm : font.charToGlyph(character).advanceWidth;
  }
  return (units * size) / font.unitsPerEm;
}

/** SVG path data of a line of text whose baseline starts at (x, y). */
export function textOutline(
  text: string,
  x: number,
  y: number,
  size: number,
  style: FontStyle = PLAIN,
): string {
  const font = fontOf(style);
  const scale = size / font.unitsPerEm;
  let at = x;
  let path = '';
  for (const character of text) {
    const glyph = font.charToGlyph(character);
    path += glyph.getPath(at, y, size).commands.map(commandText).join('');
    at += glyph.advanceWidth * scale;
  }
  return path;
}

/** One path command, hundredths of a pixel. (opentype.js's own `toPathData` runs "35.86" and "-0" together.) */
function commandText({ type, x1, y1, x2, y2, x, y }: PathCommand): string {
  const numbers = [x1, y1, x2, y2, x, y].filter((value) => value !== undefined);
  return type + numbers.map((value) => String(Math.round(value * 100) / 100)).join(' ');
}
