/**
 * @file Cutting a normalized text into words, within which the pieces are found: BERT's way (white space parts,
 * each punctuation mark is a word) and GPT-2's (a word takes the space before it along).
 */
import type { Span } from './aligned-text';
import { PUNCTUATION, WHITESPACE } from './unicode-ranges';

/** BERT's words. */
export function splitBert(text: string): Span[] {
  const words: Span[] = [];
  let start = -1;
  const close = (end: number) => {
    if (start >= 0) words.push({ text: text.slice(start, end), start, end });
    start = -1;
  };
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at) as number;
    const end = at + (codePoint > 0xffff ? 2 : 1);
    if (WHITESPACE.has(codePoint)) close(at);
    else if (PUNCTUATION.has(codePoint)) {
      close(at);
      words.push({ text: text.slice(at, end), start: at, end });
    } else if (start < 0) start = at;
    at = end;
  }
  close(text.length);
  return words;
}

// White space is spelled out: JavaScript's \s takes U+FEFF in and leaves U+0085 out. Letters and numbers are those
// of the Unicode version of Node: characters newer than the reference's tables (Unicode 16) may be cut otherwise.
const SPACE = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const GPT2 = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|[${SPACE}]+(?![^${SPACE}])|[${SPACE}]+`,
  'gu',
);

/** GPT-2's words; together they are the whole text. */
export function splitByteLevel(text: string): Span[] {
  const words: Span[] = [];
  for (const match of text.matchAll(GPT2)) {
    words.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return words;
}
