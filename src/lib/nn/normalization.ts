/**
 * @file Normalizations over the last axis, with gradients written by hand from the saved normalized value and
 * inverse deviation r. Layer norm (Ba et al. 2016): x̂ = (x − mean)·r, y = g·x̂ + b, and with d = dy·g
 *
 *     dx = r·(d − mean(d) − x̂·mean(d·x̂)),  dg = Σ dy·x̂,  db = Σ dy.
 *
 * RMS norm (Zhang and Sennrich 2019) leaves out the mean: y = g·x/√(mean(x²) + ε), dx = r·(d − x̂·mean(d·x̂)).
 */
import { tf } from '../engine';
import { ones, zeros } from './initializers';
import type { ParameterScope, ParameterSpecification } from './parameters';

type Save = (tensors: tf.Tensor[]) => void;

/** Sums over every axis but the last: [..., D] → [D]. */
function sumRows(x: tf.Tensor): tf.Tensor {
  const width = x.shape[x.rank - 1] as number;
  return tf.sum(tf.reshape(x, [-1, width]), 0);
}

/** x [..., D], gain [D], bias [D] → [..., D]; `epsilon` is added to the variance. */
export function layerNormalize(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.customGrad((...args: unknown[]) => {
    const [a, g, b, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, Save];
    const centred = tf.sub(a, tf.mean(a, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)); // [..., 1]
    const normalized = tf.mul(centred, inverse);
    save([normalized, inverse, g]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [xhat, r, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const d = tf.mul(dy, scale);
      const along = tf.mul(xhat, tf.mean(tf.mul(d, xhat), -1, true));
      const dx = tf.mul(r, tf.sub(tf.sub(d, tf.mean(d, -1, true)), along));
      return [dx, sumRows(tf.mul(dy, xhat)), sumRows(dy)];
    };
    return { value: tf.add(tf.mul(normalized, g), b), gradFunc };
  })(x, gain, bias);
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
