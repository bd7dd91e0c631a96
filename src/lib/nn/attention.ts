/**
 * @file Scaled dot-product attention with several heads (Vaswani et al. 2017):
 *
 *     A = softmax(Q·Kᵀ/√d + mask),  y = dropout(A)·V
 *
 * per head of width d = D/H. Keys and values may have fewer heads than queries (grouped queries, Ainslie et al.
 * 2023): each serves H / H_kv neighbouring query heads. The projections are the network's own, because their
 * names and layouts differ.
 */
import { tf } from '../engine';
import { dropout, type ForwardOptions } from './dropout';

/** Added where attention is not allowed: e^(−1e9 − max) is 0 in float32, and sums of two stay finite. */
export const MASKED = -1e9;

export interface AttentionOptions extends ForwardOptions {
  /** Query heads H. */
  heads: number;
  /** Key and value heads; the same as `heads` unless given. */
  keyValueHeads?: number;
  /** Added to the scores, broadcast over [B, H, Tq, Tk]: 0 where attention is allowed, `MASKED` where not. */
  mask?: tf.Tensor | null;
  /** Dropout rate of the probabilities. */
  dropout?: number;
  /** Changes queries and keys [B, H, T, d] before the product: rotary positions. */
  rotate?: (heads: tf.Tensor) => tf.Tensor;
}

export interface AttentionResult {
  /** [B, Tq, D] */
  output: tf.Tensor;
  /** [B, H, Tq, Tk], before dropout. */
  probabilities: tf.Tensor;
}

/** [B, T, H·d] → [B, H, T, d]. */
export function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, time, width] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
}

/** [B, H, T, d] → [B, T, H·d]. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, time, size] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, time, heads * size]);
}

/**
 * Attention of queries [B, Tq, D] over keys and values [B, Tk, D·H_kv/H] → output [B, Tq, D] and the
 * probabilities. Throws where the width is no multiple of the heads, or the heads of the key heads.
 */
export function attention(
  queries: tf.Tensor,
  keys: tf.Tensor,
  values: tf.Tensor,
  options: AttentionOptions,
): AttentionResult {
  const { heads, keyValueHeads = heads, mask = null, rotate } = options;
  const width = queries.shape[2] as number;
  if (width % heads !== 0 || heads % keyValueHeads !== 0) {
    throw new RangeError(
      `attention: width ${width} must be a multiple of ${heads} heads, and they of ${keyValueHeads} key heads`,
    );
  }
  let q = splitHeads(queries, heads); // [B, H, Tq, d]
  let k = splitHeads(keys, keyValueHeads); // [B, G, Tk, d]
  if (rotate) [q, k] = [rotate(q), rotate(k)];
  const v = splitHeads(values, keyValueHeads);
  const [batch, , time, size] = q.shape as [number, number, number, number];
  const length = k.shape[2] as number;
  // Query heads that share a key head stand side by side: as rows of one product, nothing is repeated.
  const rows = (heads / keyValueHeads) * time;
  const group = (x: tf.Tensor, last: number) =>
    keyValueHeads === heads ? x : tf.reshape(x, [batch, keyValueHeads, rows, last]);
  const ungroup = (x: tf.Tensor, last: number) =>
    keyValueHeads === heads ? x : tf.reshape(x, [batch, heads, time, last]);
  const products = ungroup(tf.matMul(group(q, size), k, false, true), length); // [B, H, Tq, Tk]
  const scores = tf.mul(products, 1 / Math.sqrt(size));
  const probabilities = tf.softmax(mask ? tf.add(scores, mask) : scores);
  const kept = dropout(probabilities, options.dropout ?? 0, options.random);
  const output = ungroup(tf.matMul(group(kept, length), v), size); // [B, H, Tq, d]
  return { output: mergeHeads(output), probabilities };
}

/** From a mask [B, T] of 1 (a token) and 0 (padding), what to add to scores: [B, 1, 1, T]. */
export function paddingMask(mask: tf.Tensor): tf.Tensor {
  const [batch, time] = mask.shape as [number, number];
  const absent = tf.sub(1, tf.cast(mask, 'float32'));
  return tf.reshape(tf.mul(absent, MASKED), [batch, 1, 1, time]);
}

/** From the document of each token [B, T] int32, what to add to scores so that none sees another document: [B, 1, T, T]. */
export function documentMask(documents: tf.Tensor): tf.Tensor {
  const [batch, time] = documents.shape as [number, number];
  const rows = tf.reshape(documents, [batch, 1, time, 1]);
  const columns = tf.reshape(documents, [batch, 1, 1, time]);
  return tf.mul(tf.cast(tf.notEqual(rows, columns), 'float32'), MASKED);
}

/** What to add to scores so that no position sees a later one: [1, 1, T, T]. */
export function causalMask(time: number): tf.Tensor {
  const values = new Float32Array(time * time);
  for (let i = 0; i < time; i++) values.fill(MASKED, i * time + i + 1, (i + 1) * time);
  return tf.tensor(values, [1, 1, time, time]);
}
