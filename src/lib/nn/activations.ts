/**
 * @file Activations: relu, silu x·σ(x), and the Gaussian error linear unit x·Φ(x) (Hendrycks and Gimpel 2016)
 * in its exact form and in the tanh form that GPT-2 uses (`gelu_new`), both of which the engine fuses.
 */
import { gelu, geluTanh, tf } from '../engine';

export { gelu, geluTanh };

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
