/**
 * @file Rotary positions (Su et al. 2021) in the half-split layout of Hugging Face's Llama: with
 * θ_i = base^(−2i/d) and position p, the pair (x_i, x_{i+d/2}) turns by the angle p·θ_i:
 *
 *     y = x·cos + rotateHalf(x)·sin,  rotateHalf([a, b]) = [−b, a].
 *
 * Left out: scaled variants for long contexts.
 */
import { tf } from '../engine';

/** Where tokens stand: `of` [B, T] int32, or `null` for 0, 1, …; each below `longest`. */
export interface RotaryPositions {
  of: tf.Tensor | null;
  longest: number;
}

/** Rotation of heads [B, H, T, d] by positions 0, 1, …, or by `positions`. d must be even. */
export function rotary(heads: tf.Tensor, base = 10000, positions: RotaryPositions | null = null): tf.Tensor {
  const [batch, count, time, size] = heads.shape as [number, number, number, number];
  if (size % 2 !== 0) throw new RangeError(`rotary: the head width must be even, got ${size}`);
  const half = size / 2;
  const rows = positions?.longest ?? time;
  const { cosines, sines } = angles(rows, size, base);
  const table = (values: Float32Array) => {
    const all = tf.tensor2d(values, [rows, size]);
    if (!positions?.of) return tf.reshape(tf.slice(all, [0, 0], [time, size]), [1, 1, time, size]);
    const chosen = tf.gather(all, tf.reshape(positions.of, [-1]) as tf.Tensor1D);
    return tf.reshape(chosen, [batch, 1, time, size]);
  };
  const first = tf.slice(heads, [0, 0, 0, 0], [batch, count, time, half]);
  const second = tf.slice(heads, [0, 0, 0, half], [batch, count, time, half]);
  const turned = tf.concat([tf.neg(second), first], 3);
  return tf.add(tf.mul(heads, table(cosines)), tf.mul(turned, table(sines)));
}

interface Angles {
  rows: number;
  size: number;
  base: number;
  cosines: Float32Array;
  sines: Float32Array;
}

/** The last tables made: each layer asks for the same ones, for queries and for keys. */
let known: Angles | null = null;

/** Cosine and sine [rows, size] of p·θ_i. */
function angles(rows: number, size: number, base: number): Angles {
  if (known?.rows === rows && known.size === size && known.base === base) return known;
  const half = size / 2;
  const [cosines, sines] = [new Float32Array(rows * size), new Float32Array(rows * size)];
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < size; i++) {
      const angle = t * base ** ((-2 * (i % half)) / size);
      cosines[t * size + i] = Math.cos(angle);
      sines[t * size + i] = Math.sin(angle);
    }
  }
  known = { rows, size, base, cosines, sines };
  return known;
}
