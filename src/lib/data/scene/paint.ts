/**
 * @file Colours and patterns of objects, and paths. A colour name stands for a small range of hues, so that no
 * two red things are equal; a pattern is drawn in a lighter tint over the body, so the colour stays the colour.
 */
import type { Generator } from '../../random';
import type { Colour, Pattern } from './attributes';

/** Hue in degrees, saturation and lightness in per cent. */
const BASE: Record<Colour, readonly [number, number, number]> = {
  red: [358, 80, 46],
  orange: [27, 95, 52],
  yellow: [51, 96, 54],
  green: [135, 62, 36],
  blue: [216, 82, 48],
  purple: [276, 58, 44],
  pink: [333, 88, 71],
  black: [230, 12, 14],
};

/** The colours with which one object is drawn. */
export interface Paint {
  /** Fill of the body: a colour, or a reference to the pattern. */
  body: string;
  /** Definitions that `body` refers to, for `<defs>`. */
  defs: string;
  base: string;
  dark: string;
  light: string;
}

/** Paint of one object; `id` must be unique within the picture. */
export function makePaint(id: string, colour: Colour, pattern: Pattern, generator: Generator): Paint {
  const [h, s, l] = BASE[colour];
  const hue = h + 8 * (generator.uniform() - 0.5);
  const lightness = l + 6 * (generator.uniform() - 0.5);
  const tone = (shift: number): string =>
    `hsl(${hue.toFixed(1)},${s}%,${Math.min(94, Math.max(4, lightness + shift)).toFixed(1)}%)`;
  const base = tone(0);
  const tint = tone(colour === 'black' ? 50 : 38);
  return {
    body: pattern === 'plain' ? base : `url(#${id})`,
    defs: pattern === 'plain' ? '' : definePattern(id, pattern, base, tint),
    base,
    dark: tone(colour === 'black' ? -8 : -16),
    light: tone(colour === 'black' ? 24 : 20),
  };
}

function definePattern(id: string, pattern: Exclude<Pattern, 'plain'>, base: string, tint: string): string {
  const tile = {
    striped: `<rect width="9" height="9" fill="${base}"/><rect width="9" height="3.6" fill="${tint}"/>`,
    dotted: `<rect width="9" height="9" fill="${base}"/><circle cx="4.5" cy="4.5" r="2.4" fill="${tint}"/>`,
    checked:
      `<rect width="9" height="9" fill="${base}"/><rect width="4.5" height="4.5" fill="${tint}"/>` +
      `<rect x="4.5" y="4.5" width="4.5" height="4.5" fill="${tint}"/>`,
  }[pattern];
  return `<pattern id="${id}" width="9" height="9" patternUnits="userSpaceOnUse">${tile}</pattern>`;
}

/** Path data of a circle, or of an ellipse where two radii are given. */
export function ellipse(cx: number, cy: number, rx: number, ry = rx): string {
  return `M${cx - rx} ${cy}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`;
}

/** Path data of a rectangle, its corners rounded by `r`. */
export function box(x: number, y: number, width: number, height: number, r = 0): string {
  if (r === 0) return `M${x} ${y}h${width}v${height}h${-width}Z`;
  const [w, h] = [width - 2 * r, height - 2 * r];
  return (
    `M${x + r} ${y}h${w}a${r} ${r} 0 0 1 ${r} ${r}v${h}a${r} ${r} 0 0 1 ${-r} ${r}` +
    `h${-w}a${r} ${r} 0 0 1 ${-r} ${-r}v${-h}a${r} ${r} 0 0 1 ${r} ${-r}Z`
  );
}

/** Path data of a polygon through the points x, y, x, y, … */
export function polygon(...points: number[]): string {
  let out = '';
  for (let i = 0; i < points.length; i += 2) out += `${i === 0 ? 'M' : 'L'}${points[i]} ${points[i + 1]}`;
  return `${out}Z`;
}
