/**
 * @file Binary cross-entropy on logits, in the form that does not overflow:
 *
 *     ℓ = max(x, 0) − x·y + log(1 + e^(−|x|)) = −y·log σ(x) − (1 − y)·log(1 − σ(x)),   dℓ/dx = σ(x) − y
 *
 * Worked number: x = 1, y = 0 → log(1 + e) = 1.3132617. Reference: PyTorch's `BCEWithLogitsLoss`.
 */
import { tf } from '../engine';
import { type Reduction, reduce } from './reduction';

/** Logits [...] and targets [...] in [0, 1] → scalar, or [...] for `none`. Throws where the shapes differ. */
export function binaryCrossEntropyWithLogits(
  logits: tf.Tensor,
  targets: tf.Tensor,
  reduction: Reduction = 'mean',
): tf.Tensor {
  if (logits.shape.join() !== targets.shape.join()) {
    throw new RangeError(
      `binaryCrossEntropyWithLogits: expected targets of shape [${logits.shape}], got [${targets.shape}]`,
    );
  }
  const wanted = tf.cast(targets, 'float32');
  const loss = tf.customGrad((input: unknown, save: unknown) => {
    const x = input as tf.Tensor;
    const tail = tf.log1p(tf.exp(tf.neg(tf.abs(x))));
    (save as (tensors: tf.Tensor[]) => void)([x, wanted]);
    return {
      value: tf.add(tf.sub(tf.maximum(x, 0), tf.mul(x, wanted)), tail),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [z, y] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(dy, tf.sub(tf.sigmoid(z), y));
      },
    };
  });
  return reduce(loss(logits), reduction);
}
