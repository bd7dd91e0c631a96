/**
 * @file GPT-2's byte alphabet: each byte is written as one visible character, so that a vocabulary is a list of
 * strings and no text is unknown. Source: Radford et al. 2019, `bytes_to_unicode` of the GPT-2 code.
 *
 *     ! … ~, ¡ … ¬, ® … ÿ   stand for themselves
 *     the other 68 bytes    are U+0100, U+0101, … in order: a space is Ġ, a line feed Ċ
 */

const VISIBLE = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
] as const;

const CHARACTERS: string[] = [];
for (let byte = 0, next = 0x100; byte < 256; byte++) {
  const visible = VISIBLE.some(([first, last]) => byte >= first && byte <= last);
  CHARACTERS.push(String.fromCharCode(visible ? byte : next++));
}

/** The alphabet, sorted by code point: the order in which a trained vocabulary begins. */
export const BYTE_ALPHABET: readonly string[] = [...CHARACTERS].sort();

const encoder = new TextEncoder();

/** Each byte of a text's UTF-8 as its character. Halves of surrogate pairs become U+FFFD. */
export function toByteCharacters(text: string): string {
  let out = '';
  for (const byte of encoder.encode(text)) out += CHARACTERS[byte];
  return out;
}

/** For each byte of a well-formed text's UTF-8: where the character it belongs to begins and ends, in UTF-16 units. */
export function byteOrigins(text: string): { starts: number[]; ends: number[] } {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at) as number;
    const end = at + (codePoint > 0xffff ? 2 : 1);
    const bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    for (let i = 0; i < bytes; i++) {
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return { starts, ends };
}
