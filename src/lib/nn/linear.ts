/**
 * @file The affine map y = x·Wᵀ + b. Weights are [out, in], as PyTorch keeps them; GPT-2's `Conv1D` keeps
 * [in, out]. Leading axes are folded into rows, so that forward and both gradients are plain 2-D products.
 */
import { tf } from '../engine';
import { type Initializer, truncatedNormal, zeros } from './initializers';
import type { ParameterScope, ParameterSpecification } from './parameters';

/** x [..., in] times weight [out, in] transposed, plus bias [out] → [..., out]. Throws where `in` differs. */
export function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null): tf.Tensor {
  return product(x, weight, bias, true, 'linear');
}

/** x [..., in] times weight [in, out], plus bias [out] → [..., out]: GPT-2's `Conv1D`. */
export function affineInOut(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null): tf.Tensor {
  return product(x, weight, bias, false, 'conv1d');
}

function product(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | null,
  transposed: boolean,
  where: string,
): tf.Tensor {
  const [rows, columns] = weight.shape as [number, number];
  const [inputs, outputs] = transposed ? [columns, rows] : [rows, columns];
  if (x.shape[x.rank - 1] !== inputs) {
    throw new RangeError(`${where}: expected shape [..., ${inputs}], got [${x.shape.join(', ')}]`);
  }
  const flat = x.rank === 2 ? x : tf.reshape(x, [-1, inputs]);
  const y = tf.matMul(flat as tf.Tensor2D, weight as tf.Tensor2D, false, transposed);
  const shifted = bias ? tf.add(y, bias) : y;
  return x.rank === 2 ? shifted : tf.reshape(shifted, [...x.shape.slice(0, -1), outputs]);
}

/** `affine` with the parameters `name.weight` [out, in] and, where it exists, `name.bias` [out]. */
export function linear(params: ParameterScope, name: string, x: tf.Tensor): tf.Tensor {
  return adapted(params, name, x, affine(x, params.get(`${name}.weight`), params.find(`${name}.bias`)));
}

/** `affineInOut` with the parameters `name.weight` [in, out] and `name.bias` [out]. */
export function conv1d(params: ParameterScope, name: string, x: tf.Tensor): tf.Tensor {
  return adapted(params, name, x, affineInOut(x, params.get(`${name}.weight`), params.find(`${name}.bias`)));
}

/** y, with what an adapter beside the projection makes of x. */
function adapted(params: ParameterScope, name: string, x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const added = params.adapter?.(name)?.(x);
  return added ? tf.add(y, added) : y;
}

export interface LinearOptions {
  /** How the weight begins: truncated normal 0.02 unless told. */
  initialize?: Initializer;
  bias?: boolean;
}

/** `name.weight` [outputs, inputs] and `name.bias` [outputs]. */
export function linearSpecifications(
  name: string,
  inputs: number,
  outputs: number,
  { initialize = truncatedNormal(0.02), bias = true }: LinearOptions = {},
): ParameterSpecification[] {
  const weight = { name: `${name}.weight`, shape: [outputs, inputs], initialize };
  return bias ? [weight, { name: `${name}.bias`, shape: [outputs], initialize: zeros }] : [weight];
}

/** `name.weight` [inputs, outputs] and `name.bias` [outputs]: GPT-2's layout. */
export function conv1dSpecifications(
  name: string,
  inputs: number,
  outputs: number,
  { initialize = truncatedNormal(0.02) }: LinearOptions = {},
): ParameterSpecification[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], initialize },
    { name: `${name}.bias`, shape: [outputs], initialize: zeros },
  ];
}
