/**
 * @file How much each class counts in the loss, so that rare ones are not drowned: given by name, or `balanced`,
 *
 *     w_c = N / (C·n_c)
 *
 * with n_c of N training labels in class c and C the classes that occur (scikit-learn's `class_weight="balanced"`).
 * Losses are then Σ w_y·ℓ / Σ w_y over a batch, as in PyTorch. Worked: labels a a a b: w_a = 4/(2·3) = 2/3, w_b = 2.
 */
import { tf } from '../engine';
import { InputError } from '../errors';
import { nearest } from '../nn/nearest';

export type ClassWeights = 'balanced' | Record<string, number>;

/**
 * One weight a class [C], by place in `names`; `null` where all weigh 1. `counts` says how often each class occurs in
 * training, perhaps never where `data.limit` draws few; `known` are those that occur in the whole training file. Throws an
 * `InputError` where a weight is for a class that is not known.
 */
export function classWeightsOf(
  setting: ClassWeights | null | undefined,
  names: readonly string[],
  counts: ArrayLike<number>,
  known: readonly string[] = names,
): number[] | null {
  if (!setting) return null;
  const present = names.filter((_, c) => (counts[c] as number) > 0);
  if (setting === 'balanced') {
    const total = names.reduce((sum, _, c) => sum + (counts[c] as number), 0);
    return names.map((_, c) => (counts[c] ? total / (present.length * counts[c]) : 1));
  }
  for (const [name, weight] of Object.entries(setting)) {
    if (known.includes(name)) continue;
    throw new InputError(
      `training.classWeights.${name} is ${weight}, but no training record has the label ${JSON.stringify(name)}; did you mean ${nearest(name, known)}? (${known.join(', ')})`,
    );
  }
  return names.map((name) => setting[name] ?? 1);
}

/** Mean of losses [B], each counted by the weight of its label [B] int32; the plain mean without weights → scalar. */
export function weightedMean(
  losses: tf.Tensor,
  labels: tf.Tensor,
  weights: readonly number[] | null,
): tf.Tensor {
  if (!weights) return tf.mean(losses);
  const each = tf.gather(tf.tensor1d([...weights]), labels as tf.Tensor1D); // [B]
  return tf.div(tf.sum(tf.mul(losses, each)), tf.sum(each));
}
