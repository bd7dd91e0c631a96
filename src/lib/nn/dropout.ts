/**
 * @file Inverted dropout (Srivastava et al. 2014): y = x·m/(1 − rate) with m = 1 with probability 1 − rate, so
 * that E[y] = x and evaluation needs no change. Where a forward function is given no stream, it evaluates.
 */
import { type RandomStream, tf } from '../engine';

/** What every forward function takes: with a `random` stream it trains (dropout is on), without it evaluates. */
export interface ForwardOptions {
  random?: RandomStream;
}

/** Dropout of x [...]; rate 0 or no stream is the identity and draws nothing. Throws unless 0 ≤ rate < 1. */
export function dropout(x: tf.Tensor, rate: number, random: RandomStream | undefined): tf.Tensor {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: the rate must be in [0, 1), got ${rate}`);
  if (rate === 0 || !random) return x;
  const kept = tf.cast(tf.greaterEqual(random.uniform(x.shape), rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}
