/**
 * @file Convolution and pooling over pictures [B, H, W, C]. Weights are kept as PyTorch keeps them, OIHW, and
 * turned to the layout of the product inside the graph. Left out: batch normalization, whose statistics would
 * make a record's result depend on its batch.
 */
import { tf } from '../engine';
import { type Initializer, kaimingNormal, zeros } from './initializers';
import type { ParameterScope, ParameterSpecification } from './parameters';

export interface ConvolutionOptions {
  stride?: number;
  /** Zeros added on each side, as PyTorch counts them. */
  padding?: number;
}

/** x [B, H, W, in] with weight OIHW and bias [out] → [B, H′, W′, out], H′ = ⌊(H + 2·padding − k)/stride⌋ + 1. */
export function convolve(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | null,
  { stride = 1, padding = 0 }: ConvolutionOptions = {},
): tf.Tensor {
  const filter = tf.transpose(weight, [2, 3, 1, 0]) as tf.Tensor4D; // HWIO
  const edges: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ];
  // A filter as large as its stride cuts the picture into tiles; 'floor' drops a remainder, as PyTorch does.
  const y = tf.conv2d(x as tf.Tensor4D, filter, stride, edges, 'NHWC', 1, 'floor');
  return bias ? tf.add(y, bias) : y;
}

/** `convolve` with `name.weight` [out, in, k, k] and, where it exists, `name.bias` [out]. */
export function conv2d(
  params: ParameterScope,
  name: string,
  x: tf.Tensor,
  options: ConvolutionOptions = {},
): tf.Tensor {
  return convolve(x, params.get(`${name}.weight`), params.find(`${name}.bias`), options);
}

/** `name.weight` [outputs, inputs, size, size] and `name.bias` [outputs]. */
export function conv2dSpecifications(
  name: string,
  inputs: number,
  outputs: number,
  size: number,
  initialize: Initializer = kaimingNormal,
): ParameterSpecification[] {
  return [
    { name: `${name}.weight`, shape: [outputs, inputs, size, size], initialize },
    { name: `${name}.bias`, shape: [outputs], initialize: zeros },
  ];
}

/** Largest value of each `size` × `size` window, windows side by side: [B, H, W, C] → [B, H/size, W/size, C]. */
export function maxPool(x: tf.Tensor, size: number): tf.Tensor {
  return tf.maxPool(x as tf.Tensor4D, size, size, 'valid');
}

/** Mean over height and width: [B, H, W, C] → [B, C]. */
export function globalMeanPool(x: tf.Tensor): tf.Tensor {
  return tf.mean(x, [1, 2]);
}
