/** @file Look-up by index and its gradient, one-hot vectors, scattering, counting, the largest k, sorted search. */

import { sizeOf } from '../graph/element-types';
import {
  binary,
  cast,
  concat,
  expand,
  full,
  gather,
  madeBy,
  multiply,
  range,
  reduce,
  reshape,
  slice,
  transpose,
  where,
} from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { elementTypeOf } from '../trace/recording-backend';
import { defineKernel } from './kernel';

/** Indices that a look-up has used: in range, or the look-up fails. The size of the axis by the indices. */
const lookedUp = new WeakMap<Value, number>();

/** What indices are at bottom, however they were reshaped or cast on the way. */
function plainIndices(value: Value): Value {
  const inner = (madeBy(value, 'Reshape') ?? madeBy(value, 'Cast'))?.inputs[0];
  return inner ? plainIndices(inner) : value;
}

defineKernel('GatherV2', ({ graph, input, attributes }) => {
  const { axis, batchDims = 0 } = attributes as { axis: number; batchDims?: number };
  const [x, indices] = [input('x'), cast(graph, input('indices'), 'int32')];
  const at = axis < 0 ? axis + x.shape.length : axis;
  lookedUp.set(plainIndices(indices), x.shape[at] as number);
  return batchDims === 0 ? gather(graph, x, indices, at) : batchedGather(graph, x, indices, at, batchDims);
});

/** Look-up within each of the first `batchDims` axes: flattened to one axis, with each batch's offset added. */
function batchedGather(graph: Graph, x: Value, indices: Value, axis: number, batchDims: number): Value {
  const rank = x.shape.length;
  if (axis !== batchDims) {
    // The axis is brought to the front of the rest and, in the result, put back behind what stood before it.
    const rest = [...x.shape.keys()].slice(batchDims).filter((d) => d !== axis);
    const batch = [...x.shape.keys()].slice(0, batchDims);
    const moved = batchedGather(
      graph,
      transpose(graph, x, [...batch, axis, ...rest]),
      indices,
      batchDims,
      batchDims,
    );
    const found = indices.shape.length - batchDims;
    const places = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
    const between = axis - batchDims;
    return transpose(graph, moved, [
      ...batch,
      ...places(batchDims + found, between),
      ...places(batchDims, found),
      ...places(batchDims + found + between, rank - 1 - axis),
    ]);
  }
  const batch = x.shape.slice(0, batchDims);
  const batchSize = batch.reduce((a, b) => a * b, 1);
  const count = x.shape[axis] as number;
  const offsets = Int32Array.from({ length: batchSize }, (_, i) => i * count);
  const perBatch = indices.shape.slice(batchDims);
  const offset = graph.constant(offsets, 'int32', [...batch, ...perBatch.map(() => 1)]);
  const flat = reshape(graph, x, [batchSize * count, ...x.shape.slice(axis + 1)]);
  return gather(graph, flat, binary(graph, 'Add', indices, offset), 0);
}

/** Sum of the rows of `x` that bear the same segment number: the gradient of a look-up. Others are dropped. */
defineKernel('UnsortedSegmentSum', ({ graph, input, attributes }) => {
  const [x, segments] = [input('x'), cast(graph, input('segmentIds'), 'int32')];
  const count = attributes.numSegments as number;
  const shape = [count, ...x.shape.slice(1)];
  if (lookedUp.get(plainIndices(segments)) === count) {
    return scatterAdd(graph, full(graph, shape, 0, x.type), asCoordinates(graph, segments), x);
  }
  const all = full(graph, [count + 1, ...x.shape.slice(1)], 0, x.type);
  const sums = scatterAdd(graph, all, asCoordinates(graph, orBeyond(graph, segments, count)), x);
  return slice(
    graph,
    sums,
    shape.map(() => 0),
    shape,
  );
});

/** Indices [...] as one coordinate each, [..., 1] int64. */
function asCoordinates(graph: Graph, indices: Value): Value {
  // Reshaped first: WebGPU reshapes int32, but not int64.
  return cast(graph, reshape(graph, indices, [...indices.shape, 1]), 'int64');
}

/** `count` in place of every index that is not one of 0 … `count` − 1. */
function orBeyond(graph: Graph, indices: Value, count: number): Value {
  const beyond = graph.scalar(count, 'int32');
  const low = binary(graph, 'Less', indices, graph.scalar(0, 'int32'));
  const high = binary(graph, 'Greater', indices, beyond);
  return where(graph, binary(graph, 'Or', low, high), beyond, indices);
}

/** `data` with `updates` added at `indices` (int64, last axis: coordinates). */
export function scatterAdd(graph: Graph, data: Value, indices: Value, updates: Value): Value {
  return graph.node('ScatterND', [data, indices, updates], data, { attributes: { reduction: 'add' } });
}

defineKernel('ScatterNd', ({ graph, input, attributes }) => {
  const updates = input('updates');
  const zeros = full(graph, attributes.shape as number[], 0, updates.type);
  return scatterAdd(graph, zeros, cast(graph, input('indices'), 'int64'), updates);
});

/** Values at coordinates, `defaultValue` elsewhere. */
defineKernel('SparseToDense', ({ graph, input, attributes }) => {
  const shape = attributes.outputShape as number[];
  const indices = input('sparseIndices');
  const rank = shape.length;
  const rows = reshape(graph, cast(graph, indices, 'int64'), [sizeOf(indices.shape) / rank, rank]);
  const values = expand(graph, input('sparseValues'), [rows.shape[0] as number]);
  const background = expand(graph, reshape(graph, input('defaultValue'), []), shape);
  return graph.node('ScatterND', [background, rows, values], background);
});

defineKernel('TensorScatterUpdate', ({ graph, input }) => {
  const tensor = input('tensor');
  return graph.node('ScatterND', [tensor, cast(graph, input('indices'), 'int64'), input('updates')], tensor);
});

defineKernel('GatherNd', ({ graph, input }) => {
  const [params, indices] = [input('params'), input('indices')];
  const depth = indices.shape.at(-1) as number;
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  return graph.node('GatherND', [params, cast(graph, indices, 'int64')], { type: params.type, shape });
});

/** Compared with a range, since ONNX's own OneHot is not native on WebGPU. */
defineKernel('OneHot', ({ graph, input, attributes }) => {
  const {
    depth,
    onValue = 1,
    offValue = 0,
    dtype,
  } = attributes as Record<string, number> & { dtype?: 'float32' };
  const indices = cast(graph, input('indices'), 'int32');
  const column = reshape(graph, indices, [...indices.shape, 1]);
  const hit = binary(graph, 'Equal', column, range(graph, depth as number));
  const type = elementTypeOf(dtype ?? 'float32');
  if (onValue === 1 && offValue === 0) return cast(graph, hit, type);
  const scaled = multiply(graph, cast(graph, hit, type), graph.scalar(onValue - offValue, type));
  return binary(graph, 'Add', scaled, graph.scalar(offValue, type));
});

defineKernel('TopK', ({ graph, input, attributes }) => {
  const { k, sorted } = attributes as { k: number; sorted: boolean };
  const x = input('x');
  const shape = [...x.shape.slice(0, -1), k];
  const [values, indices] = graph.nodeWithOutputs(
    'TopK',
    [x, graph.int64([k])],
    [
      { type: x.type, shape },
      { type: 'int64', shape },
    ],
    { attributes: { axis: x.shape.length - 1, largest: 1, sorted: sorted ? 1 : 0 } },
  ) as [Value, Value];
  return [values, cast(graph, indices, 'int32')];
});

/** How often, or with what total weight, each of 0 … size − 1 stands in `x`; larger numbers are not counted. */
defineKernel('Bincount', ({ graph, input, attributes }) =>
  count(graph, input('x'), input('weights'), attributes.size as number, false),
);

defineKernel('DenseBincount', ({ graph, input, attributes }) => {
  const { size, binaryOutput } = attributes as { size: number; binaryOutput?: boolean };
  return count(graph, input('x'), input('weights'), size, binaryOutput ?? false);
});

function count(graph: Graph, x: Value, weights: Value, size: number, once: boolean): Value {
  const [rows, columns] = x.shape.length === 1 ? [1, x.shape[0] as number] : (x.shape as [number, number]);
  const bins = orBeyond(graph, cast(graph, reshape(graph, x, [rows * columns, 1]), 'int32'), size);
  const rowOf = graph.constant(
    Int32Array.from({ length: rows * columns }, (_, i) => Math.floor(i / columns)),
    'int32',
    [rows * columns, 1],
  );
  const places = cast(graph, concat(graph, [rowOf, bins], 1), 'int64');
  const zeros = full(graph, [rows, size + 1], 0, weights.type);
  const unweighted = once || sizeOf(weights.shape) === 0;
  const updates = unweighted
    ? full(graph, [rows * columns], 1, weights.type)
    : reshape(graph, weights, [rows * columns]);
  const sums = once
    ? graph.node('ScatterND', [zeros, places, updates], zeros)
    : scatterAdd(graph, zeros, places, updates);
  const counted = slice(graph, sums, [0, 0], [rows, size]);
  return x.shape.length === 1 ? reshape(graph, counted, [size]) : counted;
}

/** Where in each sorted row each value belongs: the number of elements before it. */
defineKernel('SearchSorted', ({ graph, input, attributes }) => {
  const [sequence, values] = [input('sortedSequence'), input('values')];
  const before = attributes.side === 'left' ? 'Less' : 'LessOrEqual';
  const [rows, length] = sequence.shape as [number, number];
  const elements = reshape(graph, sequence, [rows, 1, length]);
  const sought = reshape(graph, values, [rows, values.shape[1] as number, 1]);
  return reduce(graph, 'ReduceSum', cast(graph, binary(graph, before, elements, sought), 'int32'), [2]);
});
