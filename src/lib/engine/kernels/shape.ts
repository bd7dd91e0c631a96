/** @file Kernels that move or repeat elements without computing: reshape, transpose, slice, join, pad, tile. */
import * as tf from '@tensorflow/tfjs-core';
import {
  concat,
  expand,
  gather,
  pad,
  reshape,
  reverse,
  slice,
  split,
  stridedSlice,
  transpose,
} from '../graph/emit';
import type { Value } from '../graph/graph';
import { defineKernel } from './kernel';

defineKernel('Reshape', ({ graph, input, attributes }) => {
  const x = input('x');
  const size = tf.util.sizeFromShape([...x.shape]);
  return reshape(graph, x, tf.util.inferFromImplicitShape(attributes.shape as number[], size));
});

defineKernel('ExpandDims', ({ graph, input, attributes }) => {
  const x = input('input');
  const dim = attributes.dim as number;
  const shape = [...x.shape];
  shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
  return reshape(graph, x, shape);
});

defineKernel('Transpose', ({ graph, input, attributes }) =>
  transpose(graph, input('x'), attributes.perm as number[]),
);

defineKernel('Slice', ({ graph, input, attributes }) => {
  const x = input('x');
  const { begin, size } = attributes as { begin: number | number[]; size: number | number[] };
  const [starts, sizes] = tf.slice_util.parseSliceParams(
    { shape: [...x.shape] } as tf.TensorInfo,
    begin,
    size,
  );
  return slice(graph, x, starts as number[], sizes as number[]);
});

defineKernel('StridedSlice', ({ graph, input, attributes }) => {
  const x = input('x');
  const a = attributes as { begin: number[]; end: number[]; strides: number[] } & Record<string, number>;
  const plan = tf.slice_util.sliceInfo(
    [...x.shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask as number,
    a.endMask as number,
    a.ellipsisMask as number,
    a.newAxisMask as number,
    a.shrinkAxisMask as number,
  );
  if (plan.isIdentity) return reshape(graph, x, plan.finalShape);
  if (plan.sliceDim0 || plan.isSimpleSlice) {
    const size = tf.slice_util.computeOutShape(plan.begin, plan.end, plan.strides);
    return reshape(graph, slice(graph, x, plan.begin, size), plan.finalShape);
  }
  const cut = stridedSlice(graph, x, {
    axes: [...x.shape.keys()],
    starts: plan.begin,
    ends: plan.end,
    steps: plan.strides,
  });
  return reshape(graph, cut, plan.finalShape);
});

defineKernel('Reverse', ({ graph, input, attributes }) => {
  const x = input('x');
  return reverse(graph, x, tf.util.parseAxisParam(attributes.dims as number[], [...x.shape]));
});

defineKernel('Concat', ({ graph, inputs, attributes }) => {
  const axis = tf.util.parseAxisParam(attributes.axis as number, [
    ...(inputs[0] as Value).shape,
  ])[0] as number;
  return concat(graph, inputs, axis);
});

defineKernel('Pack', ({ graph, inputs, attributes }) => {
  const axis = attributes.axis as number;
  const at = axis < 0 ? axis + (inputs[0] as Value).shape.length + 1 : axis;
  const parts = inputs.map((value) => reshape(graph, value, value.shape.toSpliced(at, 0, 1)));
  return concat(graph, parts, at);
});

defineKernel('Unpack', ({ graph, input, attributes }) => {
  const value = input('value');
  const axis = attributes.axis as number;
  const at = axis < 0 ? axis + value.shape.length : axis;
  const shape = value.shape.toSpliced(at, 1);
  const count = value.shape[at] as number;
  return Array.from({ length: count }, (_, i) => {
    const begin = value.shape.map((_, d) => (d === at ? i : 0));
    return reshape(graph, slice(graph, value, begin, value.shape.with(at, 1)), shape);
  });
});

defineKernel('SplitV', ({ graph, input, attributes }) => {
  const x = input('x');
  const axis = tf.util.parseAxisParam(attributes.axis as number, [...x.shape])[0] as number;
  const sizes = tf.backend_util.prepareSplitSize(
    { shape: [...x.shape] } as tf.Tensor,
    attributes.numOrSizeSplits as number[],
    axis,
  );
  return split(graph, x, sizes, axis);
});

defineKernel('PadV2', ({ graph, input, attributes }) => {
  const { paddings, constantValue = 0 } = attributes as {
    paddings: [number, number][];
    constantValue?: number;
  };
  const [before, after] = [paddings.map((p) => p[0]), paddings.map((p) => p[1])];
  return pad(graph, input('x'), before, after, constantValue);
});

defineKernel('Tile', ({ graph, input, attributes }) => {
  const x = input('x');
  const reps = attributes.reps as number[];
  const shape = x.shape.map((dimension, axis) => dimension * (reps[axis] as number));
  if (x.shape.every((dimension, axis) => dimension === 1 || reps[axis] === 1)) return expand(graph, x, shape);
  return graph.node('Tile', [x, graph.int64(reps)], { type: x.type, shape });
});

/** Each axis is read back and forth past its ends: at the edge itself twice (`symmetric`) or once (`reflect`). */
defineKernel('MirrorPad', ({ graph, input, attributes }) => {
  const { paddings, mode } = attributes as { paddings: [number, number][]; mode: 'reflect' | 'symmetric' };
  const edge = mode === 'symmetric' ? 1 : 0;
  let x = input('x');
  for (const [axis, [before, after]] of paddings.entries()) {
    if (before === 0 && after === 0) continue;
    const size = x.shape[axis] as number;
    const rows = Int32Array.from({ length: before + size + after }, (_, i) => {
      const row = i - before;
      if (row < 0) return -row - edge;
      return row < size ? row : 2 * (size - 1) - row + edge;
    });
    x = gather(graph, x, graph.constant(rows, 'int32', [rows.length]), axis);
  }
  return x;
});
