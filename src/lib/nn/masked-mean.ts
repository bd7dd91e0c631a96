/** @file The mean over the tokens of a text that count. */
import { tf } from '../engine';

/** States [B, T, D] and mask [B, T] (1 a token, 0 padding; all count where `null`) → [B, D]. */
export function maskedMean(states: tf.Tensor, mask: tf.Tensor | null): tf.Tensor {
  if (!mask) return tf.mean(states, 1);
  const weights = tf.expandDims(tf.cast(mask, 'float32'), 2); // [B, T, 1]
  return tf.div(tf.sum(tf.mul(states, weights), 1), tf.maximum(tf.sum(weights, 1), 1));
}
