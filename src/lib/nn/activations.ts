/**
 * @file Activations: relu, silu x·σ(x), and the Gaussian error linear unit x·Φ(x) (Hendrycks and Gimpel 2016)
 * in its exact form and in the tanh form that GPT-2 uses (`gelu_new`). The gradients of both are written by
 * hand, so that a step saves one factor instead of a chain of intermediates.
 */
import { tf } from '../engine';

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** x·Φ(x), Φ(x) = ½(1 + erf(x/√2)); gelu(1) = 0.8413447. Gradient Φ(x) + x·φ(x). Shapes [...] → [...]. */
export function gelu(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((input: unknown, save: unknown) => {
    const a = input as tf.Tensor;
    const cumulative = tf.mul(tf.add(tf.erf(tf.mul(a, Math.SQRT1_2)), 1), 0.5);
    (save as tf.GradSaveFunc)([a, cumulative]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [s, phi] = saved as [tf.Tensor, tf.Tensor];
      const density = tf.mul(tf.exp(tf.mul(tf.square(s), -0.5)), INVERSE_SQRT_2PI);
      return tf.mul(dy, tf.add(phi, tf.mul(s, density)));
    };
    return { value: tf.mul(a, cumulative), gradFunc };
  })(x);
}

/**
 * ½x(1 + tanh(√(2/π)(x + 0.044715x³))); geluTanh(1) = 0.8411920. With t the tanh and u its argument, the
 * gradient is ½(1 + t) + ½x(1 − t²)u′. Shapes [...] → [...].
 */
export function geluTanh(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((input: unknown, save: unknown) => {
    const a = input as tf.Tensor;
    const u = tf.mul(a, tf.add(tf.mul(tf.square(a), SQRT_2_OVER_PI * CUBIC), SQRT_2_OVER_PI));
    const t = tf.tanh(u);
    (save as tf.GradSaveFunc)([a, t]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [s, tanh] = saved as [tf.Tensor, tf.Tensor];
      const slope = tf.add(tf.mul(tf.square(s), 3 * SQRT_2_OVER_PI * CUBIC), SQRT_2_OVER_PI);
      const rising = tf.mul(tf.mul(s, tf.sub(1, tf.square(tanh))), slope);
      return tf.mul(tf.mul(dy, 0.5), tf.add(tf.add(tanh, 1), rising));
    };
    return { value: tf.mul(tf.mul(a, 0.5), tf.add(t, 1)), gradFunc };
  })(x);
}

/** x·σ(x), also called swish (Ramachandran et al. 2017); silu(1) = 0.7310586. Shapes [...] → [...]. */
export function silu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(x));
}

/** max(x, 0). Shapes [...] → [...]. */
export function relu(x: tf.Tensor): tf.Tensor {
  return tf.relu(x);
}

/** Activations by the names that Hugging Face configurations use. */
export const activations = {
  gelu,
  gelu_new: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  relu,
  silu,
  tanh: (x: tf.Tensor): tf.Tensor => tf.tanh(x),
} as const;

export type ActivationName = keyof typeof activations;
export const activationNames = Object.keys(activations) as [ActivationName, ...ActivationName[]];
