/** @file Kernels that make tensors from numbers or from a shape: zeros, ones, fill, ranges, diagonals. */
import type * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../graph/element-types';
import { binary, full, pad, range, reshape, where } from '../graph/emit';
import { elementTypeOf } from '../trace/recording-backend';
import { defineKernel } from './kernel';

defineKernel('ZerosLike', ({ graph, input }) => full(graph, input('x').shape, 0, input('x').type));
defineKernel('OnesLike', ({ graph, input }) => full(graph, input('x').shape, 1, input('x').type));

defineKernel('Fill', ({ graph, attributes }) => {
  const { shape, value, dtype } = attributes as { shape: number[]; value: number; dtype?: tf.DataType };
  return full(graph, shape, value, elementTypeOf(dtype ?? 'float32'));
});

defineKernel('Range', ({ graph, attributes }) => {
  const { start, stop, step, dtype } = attributes as {
    start: number;
    stop: number;
    step: number;
    dtype: tf.DataType;
  };
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const numbers = Array.from({ length: count }, (_, i) => start + i * step);
  const type = elementTypeOf(dtype);
  return graph.constant(type === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers), type, [
    count,
  ]);
});

defineKernel('LinSpace', ({ graph, attributes }) => {
  const { start, stop, num } = attributes as { start: number; stop: number; num: number };
  const step = num > 1 ? (stop - start) / (num - 1) : 0;
  const numbers = Float32Array.from({ length: num }, (_, i) => start + i * step);
  return graph.constant(numbers, 'float32', [num]);
});

/** x of shape s on the diagonal of a tensor of shape s × s, zeros elsewhere. */
defineKernel('Diag', ({ graph, input }) => {
  const x = input('x');
  const size = sizeOf(x.shape);
  const places = range(graph, size);
  const onDiagonal = binary(graph, 'Equal', reshape(graph, places, [size, 1]), places);
  const zero = graph.scalar(0, x.type);
  return reshape(graph, where(graph, onDiagonal, reshape(graph, x, [size]), zero), [...x.shape, ...x.shape]);
});

/** The shape that two shapes broadcast to; that they fit is not checked, since only the graph knows them. */
defineKernel('BroadcastArgs', ({ graph, input }) => {
  const shapes = [input('s0'), input('s1')];
  const rank = Math.max(...shapes.map((shape) => sizeOf(shape.shape)));
  const [a, b] = shapes.map((shape) => pad(graph, shape, [rank - sizeOf(shape.shape)], [0], 1));
  if (!a || !b) throw new Error('BroadcastArgs: two shapes are needed');
  const one = graph.scalar(1, 'int32');
  return where(graph, binary(graph, 'Equal', a, one), b, a);
});
