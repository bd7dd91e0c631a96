/**
 * @file Cross-entropy of integer labels against logits. With p = softmax(z), label y of N that count, smoothing
 * ε over C classes and class weights w:
 *
 *     ℓ = −(1 − ε)·w_y·log p_y − (ε/C)·Σ_c w_c·log p_c,   L = Σ ℓ / Σ w_y      (`mean`)
 *
 * and the gradient, written by hand, is (1 − ε)·w_y·(p − onehot(y)) + (ε/C)·(Σw·p − w), divided likewise.
 * Definition as PyTorch's `CrossEntropyLoss`; smoothing is Szegedy et al. (2016). Where no label counts, the
 * loss is 0 (PyTorch: not a number). Worked number: z = [2, 1, 0], y = 0 → log(1 + e⁻¹ + e⁻²) = 0.4076060.
 */
import { tf } from '../engine';
import type { Reduction } from './reduction';

/** A label that does not count: padding, or a token that the task does not ask for. */
export const IGNORED = -100;

export interface CrossEntropyOptions {
  /** ε in [0, 1): how much of the target is spread over all classes. */
  labelSmoothing?: number;
  /** One weight a class [C]; 1 each unless given. */
  classWeights?: readonly number[];
  reduction?: Reduction;
}

/**
 * Loss of logits [..., C] float32 and labels [...] int32 (0 ≤ label < C, or −100: not counted) → scalar, or
 * [N] for `none`, N the number of labels. Throws where the shapes do not fit or the labels are not int32.
 */
export function crossEntropy(
  logits: tf.Tensor,
  labels: tf.Tensor,
  options: CrossEntropyOptions = {},
): tf.Tensor {
  const { labelSmoothing: smoothing = 0, classWeights, reduction = 'mean' } = options;
  const classes = logits.shape[logits.rank - 1] as number;
  if (labels.dtype !== 'int32')
    throw new TypeError(`crossEntropy: labels must be int32, got ${labels.dtype}`);
  if (logits.size !== labels.size * classes) {
    throw new RangeError(
      `crossEntropy: expected labels of shape [${logits.shape.slice(0, -1)}], got [${labels.shape}]`,
    );
  }
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new RangeError(`crossEntropy: labelSmoothing must be in [0, 1), got ${smoothing}`);
  }
  if (classWeights && classWeights.length !== classes) {
    throw new RangeError(`crossEntropy: expected ${classes} class weights, got ${classWeights.length}`);
  }
  const rows = labels.size;
  const flatLabels = tf.reshape(labels, [rows]);
  const loss = tf.customGrad((input: unknown, saveTensors: unknown) => {
    const z = input as tf.Tensor;
    const save = saveTensors as (tensors: tf.Tensor[]) => void;
    const shifted = tf.sub(z, tf.max(z, -1, true)); // [N, C]
    const exponentials = tf.exp(shifted);
    const total = tf.sum(exponentials, -1, true); // [N, 1]
    const logTotal = tf.reshape(tf.log(total), [rows]);
    const counts = tf.cast(tf.greaterEqual(flatLabels, 0), 'float32'); // [N]
    const classOf = tf.cast(tf.maximum(flatLabels, tf.scalar(0, 'int32')), 'int32');
    const at = tf.stack([tf.range(0, rows, 1, 'int32'), classOf], 1) as tf.Tensor2D; // [N, 2]
    const weights = classWeights ? tf.tensor1d([...classWeights]) : null;
    const labelWeights = weights ? tf.mul(counts, tf.gather(weights, classOf as tf.Tensor1D)) : counts;
    const sharp = tf.mul(labelWeights, 1 - smoothing); // (1 − ε)·w_y
    let losses = tf.mul(sharp, tf.sub(logTotal, tf.gatherND(shifted, at)));
    let spread: tf.Tensor | null = null; // ε/C, where the label counts
    let weightTotal = classes;
    if (smoothing > 0) {
      spread = tf.mul(counts, smoothing / classes);
      weightTotal = classWeights ? classWeights.reduce((sum, w) => sum + w, 0) : classes;
      const weighted = tf.sum(weights ? tf.mul(shifted, weights) : shifted, -1);
      losses = tf.add(losses, tf.mul(spread, tf.sub(tf.mul(logTotal, weightTotal), weighted)));
    }
    const divisor = tf.maximum(tf.sum(labelWeights), 1e-12);
    save([exponentials, total, at, sharp, divisor, ...(spread ? [spread] : [])]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [e, sum, index, sharpness, count, smooth] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor2D,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor | undefined,
      ];
      const share = reduction === 'mean' ? tf.div(dy, count) : dy; // scalar or [N]
      const onLabel = tf.mul(sharpness, share); // [N]
      const onAll = smooth ? tf.mul(smooth, share) : null;
      const column = onAll ? tf.add(onLabel, tf.mul(onAll, weightTotal)) : onLabel;
      let gradient = tf.mul(e, tf.div(tf.reshape(column, [rows, 1]), sum)); // [N, C]
      if (onAll) {
        const away = tf.reshape(onAll, [rows, 1]);
        gradient = tf.sub(
          gradient,
          classWeights ? tf.mul(away, tf.tensor2d([...classWeights], [1, classes])) : away,
        );
      }
      const atLabel = tf.sub(tf.gatherND(gradient, index), onLabel);
      return tf.tensorScatterUpdate(gradient, index, atLabel);
    };
    const value =
      reduction === 'none' ? losses : reduction === 'sum' ? tf.sum(losses) : tf.div(tf.sum(losses), divisor);
    return { value, gradFunc };
  });
  return loss(tf.reshape(logits, [rows, classes]));
}
