/** @file Normalization with given moments, and over neighbouring channels (Krizhevsky et al. 2012), with its gradient. */

import { sizeOf } from '../graph/element-types';
import { add, binary, divide, matrixProduct, multiply, reshape, subtract, unary } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

/** scale·(x − mean)/√(variance + ε) + offset. */
defineKernel('FusedBatchNorm', ({ graph, input, optionalInput, attributes }) => {
  const epsilon = (attributes.varianceEpsilon as number) ?? 1e-3;
  const deviation = unary(graph, 'Sqrt', add(graph, input('variance'), graph.scalar(epsilon)));
  const [scale, offset] = [optionalInput('scale'), optionalInput('offset')];
  let normalized = divide(graph, subtract(graph, input('x'), input('mean')), deviation);
  if (scale) normalized = multiply(graph, normalized, scale);
  if (offset) normalized = add(graph, normalized, offset);
  return normalized;
});

interface NeighbourAttributes {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

/** Sums over the channels within `radius` of each: a product with a band of ones. */
function overNeighbours(graph: Graph, x: Value, radius: number): Value {
  const channels = x.shape[3] as number;
  const band = Float32Array.from({ length: channels * channels }, (_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
  );
  const rows = reshape(graph, x, [sizeOf(x.shape) / channels, channels]);
  const sums = matrixProduct(graph, rows, graph.constant(band, 'float32', [channels, channels]));
  return reshape(graph, sums, x.shape);
}

/** n = bias + α·Σ x² over neighbours, and n^−β. */
function norms(graph: Graph, x: Value, { depthRadius, bias, alpha, beta }: NeighbourAttributes) {
  const sums = overNeighbours(graph, multiply(graph, x, x), depthRadius);
  const norm = add(graph, multiply(graph, sums, graph.scalar(alpha)), graph.scalar(bias));
  return { norm, power: binary(graph, 'Pow', norm, graph.scalar(-beta)) };
}

defineKernel('LRN', ({ graph, input, attributes }) => {
  const x = input('x');
  return multiply(graph, x, norms(graph, x, attributes as unknown as NeighbourAttributes).power);
});

/** dx = dy·n^−β − 2αβ·x·Σ dy·y/n over neighbours. */
defineKernel('LRNGrad', ({ graph, input, attributes }) => {
  const a = attributes as unknown as NeighbourAttributes;
  const [x, y, dy] = [input('x'), input('y'), input('dy')];
  const { norm, power } = norms(graph, x, a);
  const shares = overNeighbours(graph, divide(graph, multiply(graph, dy, y), norm), a.depthRadius);
  const indirect = multiply(graph, multiply(graph, x, graph.scalar(2 * a.alpha * a.beta)), shares);
  return subtract(graph, multiply(graph, dy, power), indirect);
});
