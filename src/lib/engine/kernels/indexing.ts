/** @file Look-up by index and its gradient, one-hot vectors, scattering, the largest k. */
import { binary, cast, full, gather, multiply, reshape } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { elementTypeOf } from '../trace/recording-backend';
import { defineKernel } from './kernel';

defineKernel('GatherV2', ({ graph, input, attributes }) => {
  const { axis, batchDims = 0 } = attributes as { axis: number; batchDims?: number };
  const [x, indices] = [input('x'), cast(graph, input('indices'), 'int32')];
  const at = axis < 0 ? axis + x.shape.length : axis;
  if (batchDims === 0) return gather(graph, x, indices, at);
  return batchedGather(graph, x, indices, at, batchDims);
});

/** Look-up within each of the first `batchDims` axes: flattened to one axis, with each batch's offset added. */
function batchedGather(graph: Graph, x: Value, indices: Value, axis: number, batchDims: number): Value {
  const batch = x.shape.slice(0, batchDims);
  const batchSize = batch.reduce((a, b) => a * b, 1);
  const count = x.shape[axis] as number;
  if (axis !== batchDims)
    throw new Error(`gather: axis ${axis} with batchDims ${batchDims} cannot be compiled yet`);
  const rest = x.shape.slice(axis + 1);
  const offsets = Int32Array.from({ length: batchSize }, (_, i) => i * count);
  const perBatch = indices.shape.slice(batchDims);
  const offset = graph.constant(offsets, 'int32', [...batch, ...perBatch.map(() => 1)]);
  const flat = reshape(graph, x, [batchSize * count, ...rest]);
  return gather(graph, flat, binary(graph, 'Add', indices, offset), 0);
}

/** Sum of the rows of `x` that bear the same segment number: the gradient of a look-up. */
defineKernel('UnsortedSegmentSum', ({ graph, input, attributes }) => {
  const [x, segments] = [input('x'), input('segmentIds')];
  const shape = [attributes.numSegments as number, ...x.shape.slice(1)];
  const rows = reshape(graph, cast(graph, segments, 'int64'), [...segments.shape, 1]);
  return scatterAdd(graph, full(graph, shape, 0, x.type), rows, x);
});

/** `data` with `updates` added at `indices` (int64, last axis: coordinates). */
export function scatterAdd(graph: Graph, data: Value, indices: Value, updates: Value): Value {
  return graph.node('ScatterND', [data, indices, updates], data, { attributes: { reduction: 'add' } });
}

defineKernel('ScatterNd', ({ graph, input, attributes }) => {
  const updates = input('updates');
  const zeros = full(graph, attributes.shape as number[], 0, updates.type);
  return scatterAdd(graph, zeros, cast(graph, input('indices'), 'int64'), updates);
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
  const range = graph.constant(
    Int32Array.from({ length: depth as number }, (_, i) => i),
    'int32',
    [depth as number],
  );
  const hit = binary(graph, 'Equal', reshape(graph, indices, [...indices.shape, 1]), range);
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
