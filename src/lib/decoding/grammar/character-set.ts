/**
 * @file Sets of characters as sorted ranges of code points, and their UTF-8. A range of code points is a few
 * sequences of byte ranges: U+0000 to U+10FFFF is 00–7F, C2–DF 80–BF, E0 A0–BF 80–BF, and so on. Halves of surrogate
 * pairs are no characters. Source: the "utf8-ranges" construction of Ken Thompson's grep, as in RE2.
 */

/** First and last, both inside. */
export type Range = readonly [number, number];
export type CharacterSet = readonly Range[];

const LAST = 0x10ffff;
const SURROGATES: Range = [0xd800, 0xdfff];

/** Ranges in order, joined where they touch. */
export function union(...sets: readonly CharacterSet[]): CharacterSet {
  const ranges = sets.flat().sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [first, last] of ranges) {
    const before = out.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else out.push([first, last]);
  }
  return out;
}

/** Every character that is not in `set`. */
export function complement(set: CharacterSet): CharacterSet {
  const out: Range[] = [];
  let next = 0;
  for (const [first, last] of union(set, [SURROGATES])) {
    if (first > next) out.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) out.push([next, LAST]);
  return out;
}

const SPACE: CharacterSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const DIGIT: CharacterSet = [[0x30, 0x39]];
const WORD: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const LINE_ENDS: CharacterSet = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/** `\d \D \w \W \s \S` and `.`, as in JavaScript. */
export const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
  '.': complement(LINE_ENDS),
};

/** The UTF-8 of a set: sequences of byte ranges, any of which is one character. */
export function utf8Sequences(set: CharacterSet): Range[][] {
  const out: Range[][] = [];
  const bounds = [0x7f, 0x7ff, 0xffff, LAST];
  for (const [from, to] of set) {
    let first = from;
    for (const bound of bounds) {
      if (first > to || first > bound) continue;
      split(first, Math.min(to, bound), out);
      first = bound + 1;
    }
  }
  return out;
}

/** Splits a range whose characters have equally many bytes, until each byte runs over a range of its own. */
function split(first: number, last: number, out: Range[][]): void {
  if (first <= SURROGATES[1] && last >= SURROGATES[0]) {
    if (first < SURROGATES[0]) split(first, SURROGATES[0] - 1, out);
    if (last > SURROGATES[1]) split(SURROGATES[1] + 1, last, out);
    return;
  }
  const low = encode(first);
  const high = encode(last);
  for (let tail = 1; tail < low.length; tail++) {
    const size = 64 ** tail; // characters that share all but the last `tail` bytes
    if (Math.floor(first / size) === Math.floor(last / size)) break;
    const start = first % size;
    const end = (last + 1) % size;
    if (start !== 0) {
      split(first, first - start + size - 1, out);
      split(first - start + size, last, out);
      return;
    }
    if (end !== 0) {
      split(first, last - end, out);
      split(last - end + 1, last, out);
      return;
    }
  }
  out.push(low.map((byte, i): Range => [byte, high[i] as number]));
}

function encode(codePoint: number): number[] {
  return [...new TextEncoder().encode(String.fromCodePoint(codePoint))];
}
