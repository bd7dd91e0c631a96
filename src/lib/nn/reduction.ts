/** @file How the losses of single items become one number. */
import { tf } from '../engine';

/** `mean` over the items that count, `sum`, or `none`: one loss an item. */
export type Reduction = 'mean' | 'sum' | 'none';

/** Losses [N] → a scalar, or [N] unchanged for `none`. */
export function reduce(losses: tf.Tensor, reduction: Reduction): tf.Tensor {
  if (reduction === 'none') return losses;
  return reduction === 'mean' ? tf.mean(losses) : tf.sum(losses);
}
