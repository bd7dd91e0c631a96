/**
 * @file Counter-based random numbers. The i-th number of a stream is a pure function of (key0, key1, i), so
 * nothing has to be stored to resume, and the same numbers can be made in JavaScript and inside a compiled
 * graph. All arithmetic is modulo 2^32:
 *
 *     x = i·0x9E3779B1 + k0;   x = x·(2x + 1)
 *     x = x + ⌊x / 65536⌋ + k1; x = x·(2x + 1)
 *     u = ⌊x / 256⌋ · 2^-24     in [0, 1)
 *
 * x·(2x + 1) mod 2^32 is the permutation of RC6 (Rivest et al. 1998). Left out: cryptographic strength.
 */

export const GOLDEN = 0x9e3779b1;

/** Two 32-bit keys that choose one stream of numbers. */
export type Keys = readonly [number, number];

/** The 32 random bits of counter `index` under `keys`, as an unsigned integer. */
export function randomBits(index: number, keys: Keys): number {
  let x = (Math.imul(index, GOLDEN) + keys[0]) >>> 0;
  x = Math.imul(x, (2 * x + 1) >>> 0) >>> 0;
  x = (x + (x >>> 16) + keys[1]) >>> 0;
  return Math.imul(x, (2 * x + 1) >>> 0) >>> 0;
}

/** `count` uniform float32 numbers in [0, 1). */
export function uniforms(count: number, keys: Keys): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = (randomBits(i, keys) >>> 8) * 2 ** -24;
  return out;
}

/**
 * Two keys from a seed and any further parts (a purpose, a step, a site), by FNV-1a over the parts' text,
 * finished with MurmurHash3's mixer so that neighbouring steps share no bits.
 */
export function deriveKeys(seed: number | string, ...parts: (number | string)[]): Keys {
  const text = [seed, ...parts].join('\u0000');
  return [mix(hash(text, 0x811c9dc5)), mix(hash(text, 0x9747b28c))];
}

function hash(text: string, start: number): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
