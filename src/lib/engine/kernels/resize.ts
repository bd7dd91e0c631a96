/**
 * @file Pictures [N, H, W, C] in another size. Where each new row and column comes from is known when the graph is
 * made, so both kinds of resizing are products with a constant matrix along height and along width, and their
 * gradients products with its transpose: no scattering, and the same on every provider.
 */
import { cast, gather, matrixProduct, reshape } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

interface ResizeAttributes {
  size: [number, number];
  alignCorners: boolean;
  halfPixelCenters?: boolean;
}

/** How far along the old axis each new place lies, before rounding. */
function sources(from: number, to: number, { alignCorners, halfPixelCenters }: ResizeAttributes): number[] {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, i) => (halfPixelCenters ? scale * (i + 0.5) : scale * i));
}

/** The old row nearest to each new one. */
function nearest(from: number, to: number, attributes: ResizeAttributes): number[] {
  const round = attributes.alignCorners ? Math.round : Math.floor;
  return sources(from, to, attributes).map((source) => Math.max(0, Math.min(from - 1, round(source))));
}

/** Weights [to, from]: of each new row, one at the nearest old one. */
function nearestWeights(from: number, to: number, attributes: ResizeAttributes): Float32Array {
  const weights = new Float32Array(to * from);
  for (const [row, source] of nearest(from, to, attributes).entries()) weights[row * from + source] = 1;
  return weights;
}

/** Weights [to, from]: of each new row, shared by the two old rows between which it lies. */
function linearWeights(from: number, to: number, attributes: ResizeAttributes): Float32Array {
  const weights = new Float32Array(to * from);
  for (const [row, place] of sources(from, to, attributes).entries()) {
    const source = attributes.halfPixelCenters ? place - 0.5 : place;
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(from - 1, Math.ceil(source));
    const share = source - low;
    weights[row * from + low] = (weights[row * from + low] as number) + 1 - share;
    weights[row * from + high] = (weights[row * from + high] as number) + share;
  }
  return weights;
}

/** Along height, then along width: `rows` [H′, H] and `columns` [W′, W] times x [N, H, W, C]. */
function multiplyAlong(graph: Graph, x: Value, rows: Value, columns: Value): Value {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const [height, width] = [rows.shape[0] as number, columns.shape[0] as number];
  const tall = matrixProduct(graph, rows, reshape(graph, x, [n, h, w * c]));
  const wide = matrixProduct(graph, columns, reshape(graph, tall, [n * height, w, c]));
  return reshape(graph, wide, [n, height, width, c]);
}

type Weights = (from: number, to: number, attributes: ResizeAttributes) => Float32Array;

function transposed(weights: Float32Array, rows: number, columns: number): Float32Array {
  return weights.map((_, i) => weights[(i % rows) * columns + Math.floor(i / rows)] as number);
}

function resize(graph: Graph, x: Value, weights: Weights, attributes: ResizeAttributes): Value {
  const along = (axis: 0 | 1) => {
    const [from, to] = [x.shape[axis + 1] as number, attributes.size[axis]];
    return graph.constant(weights(from, to, attributes), 'float32', [to, from]);
  };
  return multiplyAlong(graph, cast(graph, x, 'float32'), along(0), along(1));
}

function resizeGradient(
  graph: Graph,
  dy: Value,
  inputShape: readonly number[],
  weights: Weights,
  attributes: ResizeAttributes,
): Value {
  const along = (axis: 0 | 1) => {
    const [from, to] = [inputShape[axis + 1] as number, dy.shape[axis + 1] as number];
    const matrix = transposed(weights(from, to, attributes), to, from);
    return graph.constant(matrix, 'float32', [from, to]);
  };
  return multiplyAlong(graph, dy, along(0), along(1));
}

defineKernel('ResizeBilinear', ({ graph, input, attributes }) =>
  resize(graph, input('images'), linearWeights, attributes as unknown as ResizeAttributes),
);

defineKernel('ResizeNearestNeighbor', ({ graph, input, attributes }) => {
  const a = attributes as unknown as ResizeAttributes;
  const images = input('images');
  return [0, 1].reduce((x, axis) => {
    const rows = Int32Array.from(nearest(x.shape[axis + 1] as number, a.size[axis] as number, a));
    return gather(graph, x, graph.constant(rows, 'int32', [rows.length]), axis + 1);
  }, images);
});

for (const [kernelName, weights] of [
  ['ResizeBilinearGrad', linearWeights],
  ['ResizeNearestNeighborGrad', nearestWeights],
] as const) {
  defineKernel(kernelName, ({ graph, input, attributes }) =>
    resizeGradient(
      graph,
      input('dy'),
      input('images').shape,
      weights,
      attributes as unknown as ResizeAttributes,
    ),
  );
}
