/**
 * @file Scaled dot-product attention with several heads (Vaswani et al. 2017):
 *
 *     A = softmax(Q·Kᵀ/√d + mask),  y = dropout(A)·V
 *
 * per head of width d = D/H. Keys and values may have fewer heads than queries (grouped queries, Ainslie et al.
 * 2023): each serves H / H_kv neighbouring query heads. The projections are the network's own, because their
 * names and layouts differ. Keys and values of tokens read before may be given (a key–value cache): the scores of
 * both stand side by side under one softmax, so the result is that of reading all tokens at once.
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
  /** What this layer keeps of the tokens before. */
  past?: PastTokens | null;
}

/** Keys and values of tokens that were read before, of one layer. */
export interface PastTokens {
  /** [B, H_kv, C, d], rotated already where they are. */
  keys: tf.Tensor;
  values: tf.Tensor;
  /** Added to their scores [B, 1, 1, C]: 0 for a token, `MASKED` where there is none. */
  mask: tf.Tensor;
  /**
   * Join them with those of these tokens, which a cache that grows wants anyway; C may be 0. Otherwise the products are
   * kept apart, which spares copying a cache that does not grow.
   */
  joined?: boolean;
}

export interface AttentionResult {
  /** [B, Tq, D] */
  output: tf.Tensor;
  /** [B, H, Tq, Tk], before dropout; [B, H, Tq, C + Tk] with a past. */
  probabilities: tf.Tensor;
  /** Of these tokens [B, H_kv, Tk, d], for a cache: rotated keys, and values; with a past that is joined, of all. */
  keys: tf.Tensor;
  values: tf.Tensor;
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
  const { heads, keyValueHeads = heads, rotate } = options;
  const width = queries.shape[2] as number;
  if (width % heads !== 0 || heads % keyValueHeads !== 0) {
    throw new RangeError(
      `attention: width ${width} must be a multiple of ${heads} heads, and they of ${keyValueHeads} key heads`,
    );
  }
  let q = splitHeads(queries, heads); // [B, H, Tq, d]
  let k = splitHeads(keys, keyValueHeads); // [B, G, Tk, d]
  if (rotate) [q, k] = [rotate(q), rotate(k)];
  let v = splitHeads(values, keyValueHeads);
  let { mask = null, past } = options;
  if (past?.joined) {
    mask = joinedMasks(past.mask, mask, q.shape[2] as number, k.shape[2] as number);
    [k, v] = [tf.concat([past.keys, k], 2), tf.concat([past.values, v], 2)];
    past = null;
  }
  const [batch, , time, size] = q.shape as [number, number, number, number];
  const length = k.shape[2] as number;
  // Query heads that share a key head stand side by side: as rows of one product, nothing is repeated.
  const rows = (heads / keyValueHeads) * time;
  const group = (x: tf.Tensor, last: number) =>
    keyValueHeads === heads ? x : tf.reshape(x, [batch, keyValueHeads, rows, last]);
  const ungroup = (x: tf.Tensor, last: number) =>
    keyValueHeads === heads ? x : tf.reshape(x, [batch, heads, time, last]);
  const scaled = (to: tf.Tensor, count: number, added: tf.Tensor | null) => {
    const products = ungroup(tf.matMul(group(q, size), to, false, true), count); // [B, H, Tq, count]
    const scores = tf.mul(products, 1 / Math.sqrt(size));
    return added ? tf.add(scores, added) : scores;
  };
  const own = scaled(k, length, mask); // [B, H, Tq, Tk]
  const room = past ? (past.keys.shape[2] as number) : 0; // C
  const scores = past ? tf.concat([scaled(past.keys, room, past.mask), own], 3) : own;
  const probabilities = tf.softmax(scores);
  const kept = dropout(probabilities, options.dropout ?? 0, options.random);
  const sumOf = (weights: tf.Tensor, of: tf.Tensor, count: number) =>
    ungroup(tf.matMul(group(weights, count), of), size); // [B, H, Tq, d]
  const result = { probabilities, keys: k, values: v };
  if (!past) return { output: mergeHeads(sumOf(kept, v, length)), ...result };
  const [before, now] = tf.split(kept, [room, length], 3) as [tf.Tensor, tf.Tensor];
  const output = tf.add(sumOf(before, past.values, room), sumOf(now, v, length));
  return { output: mergeHeads(output), ...result };
}

/** Masks of what was read before [B, 1, 1, C] and of these tokens, over [B, 1, Tq, C + Tk]. */
function joinedMasks(before: tf.Tensor, own: tf.Tensor | null, time: number, length: number): tf.Tensor {
  const [batch, , , room] = before.shape as [number, number, number, number];
  const wide = tf.broadcastTo(before, [batch, 1, time, room]);
  const now = own ? tf.broadcastTo(own, [batch, 1, time, length]) : tf.zeros([batch, 1, time, length]);
  return tf.concat([wide, now], 3);
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
  const positions = tf.range(0, time, 1, 'int32');
  const later = tf.greater(positions, tf.reshape(positions, [time, 1])); // row i, column j: j > i
  return tf.reshape(tf.mul(tf.cast(later, 'float32'), MASKED), [1, 1, time, time]);
}
