/**
 * @file The two plain losses. Mean squared error: (1/N)·Σ(x − y)²; x = [1, 2], y = [0, 4] → 2.5. Negative log
 * likelihood: −(1/N)·Σ log p_y from log-probabilities; log p = [log 0.7, log 0.3], y = 0 → 0.3566749.
 */
import { tf } from '../engine';
import { IGNORED } from './cross-entropy';
import { type Reduction, reduce } from './reduction';

/** Predictions [...] and targets [...] → scalar, or [...] for `none`. Throws where the shapes differ. */
export function meanSquaredError(
  predictions: tf.Tensor,
  targets: tf.Tensor,
  reduction: Reduction = 'mean',
): tf.Tensor {
  if (predictions.shape.join() !== targets.shape.join()) {
    throw new RangeError(
      `meanSquaredError: expected targets of shape [${predictions.shape}], got [${targets.shape}]`,
    );
  }
  return reduce(tf.square(tf.sub(predictions, targets)), reduction);
}

/**
 * Log-probabilities [..., C] and labels [...] int32 (−100: not counted) → scalar, or [N] for `none`. From
 * logits, `crossEntropy` is quicker and exact where a probability underflows.
 */
export function negativeLogLikelihood(
  logProbabilities: tf.Tensor,
  labels: tf.Tensor,
  reduction: Reduction = 'mean',
): tf.Tensor {
  const classes = logProbabilities.shape[logProbabilities.rank - 1] as number;
  if (logProbabilities.size !== labels.size * classes) {
    throw new RangeError(
      `negativeLogLikelihood: expected labels of shape [${logProbabilities.shape.slice(0, -1)}], got [${labels.shape}]`,
    );
  }
  const flat = tf.reshape(labels, [labels.size]);
  const counts = tf.cast(tf.notEqual(flat, tf.scalar(IGNORED, 'int32')), 'float32');
  const chosen = tf.oneHot(tf.maximum(flat, tf.scalar(0, 'int32')) as tf.Tensor1D, classes);
  const rows = tf.reshape(logProbabilities, [labels.size, classes]);
  const losses = tf.mul(tf.neg(tf.sum(tf.mul(rows, chosen), -1)), counts);
  if (reduction !== 'mean') return reduce(losses, reduction);
  return tf.div(tf.sum(losses), tf.maximum(tf.sum(counts), 1));
}
