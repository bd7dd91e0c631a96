/**
 * @file UTF-8 in which signs beyond U+FFFF were written as two halves of three bytes each (CESU-8, Unicode Technical
 * Report 26), as one emoji of SNIPS is. Everything else is left to the strict decoder.
 */

/** The same bytes with each pair of halves, ED A0–AF xx ED B0–BF xx, as the one sign of four bytes that it means. */
export function joinSurrogates(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; ) {
    const code = pairAt(bytes, i);
    if (code === null) {
      out[length++] = bytes[i++] as number;
      continue;
    }
    out[length++] = 0xf0 | (code >> 18);
    out[length++] = 0x80 | ((code >> 12) & 0x3f);
    out[length++] = 0x80 | ((code >> 6) & 0x3f);
    out[length++] = 0x80 | (code & 0x3f);
    i += 6;
  }
  return out.subarray(0, length);
}

/** The code point whose two halves begin at `i`, or null. */
function pairAt(bytes: Uint8Array, i: number): number | null {
  if (bytes[i] !== 0xed || bytes[i + 3] !== 0xed) return null;
  const [high, highEnd, low, lowEnd] = [bytes[i + 1], bytes[i + 2], bytes[i + 4], bytes[i + 5]] as number[];
  if (high === undefined || highEnd === undefined || low === undefined || lowEnd === undefined) return null;
  if ((high & 0xf0) !== 0xa0 || (low & 0xf0) !== 0xb0) return null;
  const upper = ((high & 0x0f) << 6) | (highEnd & 0x3f);
  const lower = ((low & 0x0f) << 6) | (lowEnd & 0x3f);
  return 0x10000 + (upper << 10) + lower;
}
