/**
 * @file Functions with a fused form in the graph: one node forward, a gradient written by hand. In eager calls they
 * are made of plain tfjs ops, with the same values and gradients; so they can be used everywhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import { activeTrace } from './trace-state';

type Save = (tensors: tf.Tensor[]) => void;

/** The graph's own operation while a call is recorded; `null` elsewhere. */
function operation(
  name: string,
  inputs: tf.Tensor[],
  attributes: Record<string, unknown> = {},
): tf.Tensor[] | null {
  return activeTrace()?.operation(name, inputs, attributes) ?? null;
}

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

function cumulativeNormal(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/**
 * x·Φ(x), Φ(x) = ½(1 + erf(x/√2)) (Hendrycks and Gimpel 2016); gelu(1) = 0.8413447. Gradient Φ(x) + x·φ(x), from
 * x alone: nothing else is saved. Shapes [...] → [...].
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((input: unknown, save: unknown) => {
    const a = input as tf.Tensor;
    (save as Save)([a]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [s] = saved as [tf.Tensor];
      const fused = operation('FusedGeluGradient', [dy, s]);
      if (fused) return fused[0] as tf.Tensor;
      const density = tf.mul(tf.exp(tf.mul(tf.square(s), -0.5)), INVERSE_SQRT_2PI);
      return tf.mul(dy, tf.add(cumulativeNormal(s), tf.mul(s, density)));
    };
    const value = operation('FusedGelu', [a])?.[0] ?? tf.mul(a, cumulativeNormal(a));
    return { value, gradFunc };
  })(x);
}

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * ½x(1 + t), t = tanh(u), u = √(2/π)(x + 0.044715x³): GPT-2's `gelu_new`; geluTanh(1) = 0.8411920. Gradient
 * ½(1 + t) + ½x(1 − t²)u′, from x and, where it is fused, the value. Shapes [...] → [...].
 */
export function geluTanh(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((input: unknown, save: unknown) => {
    const a = input as tf.Tensor;
    const value = operation('FusedGeluTanh', [a])?.[0] ?? tf.mul(tf.mul(a, 0.5), tf.add(tanhOfCubic(a), 1));
    (save as Save)([a, value]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [s, y] = saved as [tf.Tensor, tf.Tensor];
      const fused = operation('FusedGeluTanhGradient', [dy, s, y]);
      if (fused) return fused[0] as tf.Tensor;
      const t = tanhOfCubic(s);
      const slope = tf.add(tf.mul(tf.square(s), 3 * SQRT_2_OVER_PI * CUBIC), SQRT_2_OVER_PI);
      const rising = tf.mul(tf.mul(s, tf.sub(1, tf.square(t))), slope);
      return tf.mul(tf.mul(dy, 0.5), tf.add(tf.add(t, 1), rising));
    };
    return { value, gradFunc };
  })(x);
}

function tanhOfCubic(x: tf.Tensor): tf.Tensor {
  const slope = tf.add(tf.mul(tf.square(x), SQRT_2_OVER_PI * CUBIC), SQRT_2_OVER_PI);
  return tf.tanh(tf.mul(x, slope));
}

/** Sums over every axis but the last: [..., D] → [D]. */
function sumRows(x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.reshape(x, [-1, x.shape[x.rank - 1] as number]), 0);
}

/**
 * Layer norm (Ba et al. 2016) over the last axis: y = γ·x̂ + β with x̂ = (x − mean)·r, r = 1/√(variance + ε). With
 * d = dy·γ: dx = r·(d − mean(d) − x̂·mean(d·x̂)), dγ = Σ dy·x̂, dβ = Σ dy.
 * x [..., D], gamma [D], beta [D] → [..., D].
 */
export function layerNormalization(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
): tf.Tensor {
  return tf.customGrad((...args: unknown[]) => {
    const [a, g, b, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, Save];
    const { value, mean, inverse } = normalize(a, g, b, epsilon);
    save([a, mean, inverse, g]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [s, centre, r, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const normalized = tf.mul(tf.sub(s, centre), r);
      const onNormalized = tf.mul(dy, normalized);
      const d = tf.mul(dy, scale);
      const along = tf.mul(normalized, tf.mean(tf.mul(onNormalized, scale), -1, true));
      const dx = tf.mul(r, tf.sub(tf.sub(d, tf.mean(d, -1, true)), along));
      return [dx, sumRows(onNormalized), sumRows(dy)];
    };
    return { value, gradFunc };
  })(x, gamma, beta);
}

function normalize(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number) {
  const fused = operation('FusedLayerNormalization', [x, gamma, beta], { epsilon });
  if (fused) {
    const [value, mean, inverse] = fused as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { value, mean, inverse };
  }
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)); // [..., 1]
  return { value: tf.add(tf.mul(tf.mul(centred, inverse), gamma), beta), mean, inverse };
}
