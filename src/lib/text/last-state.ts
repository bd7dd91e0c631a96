/** @file What a causal network knows of the whole text: the state of the last token that counts. */
import { tf } from '../engine';

/** States [B, T, D] and mask [B, T] (1 a token, 0 padding; all count where `null`) → [B, D]. */
export function lastStates(states: tf.Tensor, mask: tf.Tensor | null): tf.Tensor {
  const [batch, time, width] = states.shape as [number, number, number];
  if (!mask) return tf.reshape(tf.slice(states, [0, time - 1, 0], [batch, 1, width]), [batch, width]);
  // The last token has the largest position that counts, wherever the padding stands.
  const positions = tf.mul(tf.cast(mask, 'float32'), tf.range(1, time + 1));
  const last = tf.cast(tf.equal(positions, tf.max(positions, 1, true)), 'float32'); // [B, T]
  const chosen = tf.mul(last, tf.cast(mask, 'float32'));
  return tf.sum(tf.mul(states, tf.reshape(chosen, [batch, time, 1])), 1);
}
