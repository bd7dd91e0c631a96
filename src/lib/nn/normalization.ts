/**
 * @file Normalizations over the last axis. Layer norm (Ba et al. 2016), y = g·(x − mean)/√(variance + ε) + b, is a
 * fused function of the engine. RMS norm (Zhang and Sennrich 2019) leaves out the mean: y = g·x̂, x̂ = x·r with
 * r = 1/√(mean(x²) + ε); its gradient is written by hand from x̂ and r: with d = dy·g
 *
 *     dx = r·(d − x̂·mean(d·x̂)),  dg = Σ dy·x̂.
 */
import { layerNormalization, tf } from '../engine';
import { ones, zeros } from './initializers';
import type { ParameterScope, ParameterSpecification } from './parameters';

type Save = (tensors: tf.Tensor[]) => void;

/** Sums over every axis but the last: [..., D] → [D]. */
function sumRows(x: tf.Tensor): tf.Tensor {
  const width = x.shape[x.rank - 1] as number;
  return tf.sum(tf.reshape(x, [-1, width]), 0);
}

/** x [..., D], gain [D], bias [D] → [..., D]; `epsilon` is added to the variance. One node in the compiled graph. */
export function layerNormalize(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return layerNormalization(x, gain, bias, epsilon);
}

/** x [..., D], gain [D] → [..., D]; `epsilon` is added to the mean square. */
export function rmsNormalize(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.customGrad((...args: unknown[]) => {
    const [a, g, save] = args as [tf.Tensor, tf.Tensor, Save];
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(a), -1, true), epsilon)); // [..., 1]
    const normalized = tf.mul(a, inverse);
    save([normalized, inverse, g]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [xhat, r, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const d = tf.mul(dy, scale);
      const dx = tf.mul(r, tf.sub(d, tf.mul(xhat, tf.mean(tf.mul(d, xhat), -1, true))));
      return [dx, sumRows(tf.mul(dy, xhat))];
    };
    return { value: tf.mul(normalized, g), gradFunc };
  })(x, gain);
}

/** `layerNormalize` with `name.weight` and `name.bias` [D]. */
export function layerNorm(params: ParameterScope, name: string, x: tf.Tensor, epsilon: number): tf.Tensor {
  return layerNormalize(x, params.get(`${name}.weight`), params.get(`${name}.bias`), epsilon);
}

/** `rmsNormalize` with `name.weight` [D]. */
export function rmsNorm(params: ParameterScope, name: string, x: tf.Tensor, epsilon: number): tf.Tensor {
  return rmsNormalize(x, params.get(`${name}.weight`), epsilon);
}

/** `name.weight` = 1 and `name.bias` = 0, both [width]. */
export function layerNormSpecifications(name: string, width: number): ParameterSpecification[] {
  return [
    { name: `${name}.weight`, shape: [width], initialize: ones },
    { name: `${name}.bias`, shape: [width], initialize: zeros },
  ];
}

/** `name.weight` = 1 [width]. */
export function rmsNormSpecifications(name: string, width: number): ParameterSpecification[] {
  return [{ name: `${name}.weight`, shape: [width], initialize: ones }];
}
