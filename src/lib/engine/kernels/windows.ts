/**
 * @file Windows that slide over the spatial axes of a picture or a volume, laid channels first [N, C, …]: what
 * convolution, pooling and dilation have in common. `windowAt` cuts out, for one position within the window, the
 * elements that all windows meet there; `spread` is its transpose.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { add, concat, full, pad, reshape, slice, stridedSlice, transpose } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';

/** One spatial axis. */
export interface WindowAxis {
  /** Length before. */
  input: number;
  /** How many windows there are. */
  output: number;
  /** Elements of the window. */
  filter: number;
  stride: number;
  /** Distance between neighbouring elements of the window. */
  dilation: number;
  /** Padding at either end. */
  before: number;
  after: number;
}

export interface Windows {
  batch: number;
  inChannels: number;
  outChannels: number;
  axes: WindowAxis[];
}

export function windows2d(info: tf.backend_util.Conv2DInfo): Windows {
  const { padInfo } = info;
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    axes: [
      {
        input: info.inHeight,
        output: info.outHeight,
        filter: info.filterHeight,
        stride: info.strideHeight,
        dilation: info.dilationHeight,
        before: padInfo.top,
        after: padInfo.bottom,
      },
      {
        input: info.inWidth,
        output: info.outWidth,
        filter: info.filterWidth,
        stride: info.strideWidth,
        dilation: info.dilationWidth,
        before: padInfo.left,
        after: padInfo.right,
      },
    ],
  };
}

export function windows3d(info: tf.backend_util.Conv3DInfo): Windows {
  const { padInfo } = info;
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    axes: [
      {
        input: info.inDepth,
        output: info.outDepth,
        filter: info.filterDepth,
        stride: info.strideDepth,
        dilation: info.dilationDepth,
        before: padInfo.front,
        after: padInfo.back,
      },
      ...windows2d(info as unknown as tf.backend_util.Conv2DInfo).axes,
    ],
  };
}

/** ONNX's attributes of a sliding window. */
export function windowAttributes({ axes }: Windows): Record<string, number[]> {
  return {
    kernel_shape: axes.map((axis) => axis.filter),
    strides: axes.map((axis) => axis.stride),
    dilations: axes.map((axis) => axis.dilation),
    pads: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)],
  };
}

/** [N, …, C] → [N, C, …]. */
export function toChannelsFirst(graph: Graph, x: Value): Value {
  const rank = x.shape.length;
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i + 1);
  return transpose(graph, x, [0, rank - 1, ...spatial]);
}

/** [N, C, …] → [N, …, C]. */
export function toChannelsLast(graph: Graph, x: Value): Value {
  const rank = x.shape.length;
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  return transpose(graph, x, [0, ...spatial, 1]);
}

/** Every position within the window, the last axis running fastest. */
export function positionsOf({ axes }: Windows): number[][] {
  return axes.reduce<number[][]>(
    (positions, axis) =>
      positions.flatMap((position) => Array.from({ length: axis.filter }, (_, i) => [...position, i])),
    [[]],
  );
}

/** `x` [N, C, …] with the windows' padding of `number` around it. */
export function padForWindows(graph: Graph, x: Value, { axes }: Windows, number = 0): Value {
  const edges = (end: 'before' | 'after') => [0, 0, ...axes.map((axis) => Math.max(0, axis[end]))];
  return pad(graph, x, edges('before'), edges('after'), number);
}

/** Of padded `x` [N, C, …], what each window meets at `position`: [N, C, …outputs]. */
export function windowAt(graph: Graph, padded: Value, position: readonly number[], { axes }: Windows): Value {
  const starts = axes.map((axis, i) => (position[i] as number) * axis.dilation);
  const lengths = axes.map((axis) => axis.output);
  if (axes.every((axis) => axis.stride === 1)) {
    return slice(graph, padded, [0, 0, ...starts], [...padded.shape.slice(0, 2), ...lengths]);
  }
  return stridedSlice(graph, padded, {
    axes: axes.map((_, i) => i + 2),
    starts,
    ends: axes.map((axis, i) => (starts[i] as number) + (axis.output - 1) * axis.stride + 1),
    steps: axes.map((axis) => axis.stride),
  });
}

/**
 * Adds up, at each place of the padded picture, what `part` gives for each position of the window, and cuts the
 * padding off. Windows that lie side by side are interleaved; others are spread out and summed.
 */
export function gatherWindows(
  graph: Graph,
  windows: Windows,
  channels: number,
  part: (position: number[]) => Value,
): Value {
  const { axes, batch } = windows;
  const tiled = axes.every((axis) => axis.filter === axis.stride && axis.dilation === 1);
  const paddedShape = axes.map((axis) => axis.input + axis.before + axis.after);
  const whole = tiled
    ? interleave(graph, windows, channels, part)
    : overlay(graph, windows, [batch, channels, ...paddedShape], part);
  const missing = paddedShape.map((size, i) => Math.max(0, size - (whole.shape[i + 2] as number)));
  const origin = whole.shape.map(() => 0);
  const grown = pad(graph, whole, origin, [0, 0, ...missing]);
  const starts = axes.map((axis) => axis.before);
  const sizes = axes.map((axis) => axis.input);
  return slice(graph, grown, [0, 0, ...starts], [batch, channels, ...sizes]);
}

/** [N, C, …outputs] a position → [N, C, …outputs · filter]: joined along new axes behind each spatial one. */
function interleave(
  graph: Graph,
  { axes, batch }: Windows,
  channels: number,
  part: (position: number[]) => Value,
): Value {
  const outputs = axes.map((axis) => axis.output);
  const join = (position: number[]): Value => {
    const depth = position.length;
    if (depth === axes.length) return part(position);
    const pieces = Array.from({ length: (axes[depth] as WindowAxis).filter }, (_, i) => {
      const piece = join([...position, i]);
      const inner = axes.slice(depth + 1).map((axis) => axis.output * axis.filter);
      return reshape(graph, piece, [batch, channels, ...outputs.slice(0, depth + 1), 1, ...inner]);
    });
    const joined = concat(graph, pieces, depth + 3);
    const merged = axes.slice(depth).map((axis) => axis.output * axis.filter);
    return reshape(graph, joined, [batch, channels, ...outputs.slice(0, depth), ...merged]);
  };
  return join([]);
}

function overlay(
  graph: Graph,
  windows: Windows,
  shape: number[],
  part: (position: number[]) => Value,
): Value {
  let sum: Value | null = null;
  for (const position of positionsOf(windows)) {
    const apart = spreadOut(graph, part(position), windows);
    const starts = windows.axes.map((axis, i) => (position[i] as number) * axis.dilation);
    const ends = starts.map((start, i) => (shape[i + 2] as number) - start - (apart.shape[i + 2] as number));
    const placed = pad(graph, apart, [0, 0, ...starts], [0, 0, ...ends]);
    sum = sum ? add(graph, sum, placed) : placed;
  }
  return sum ?? full(graph, shape, 0, 'float32');
}

/** stride − 1 zeros between neighbours along each spatial axis. */
function spreadOut(graph: Graph, x: Value, { axes }: Windows): Value {
  if (axes.every((axis) => axis.stride === 1)) return x;
  const front = x.shape.slice(0, 2);
  const each = (f: (axis: WindowAxis) => number[]) => axes.flatMap(f);
  const split = reshape(graph, x, [...front, ...each((axis) => [axis.output, 1])]);
  const none = split.shape.map(() => 0);
  const apart = pad(graph, split, none, [0, 0, ...each((axis) => [0, axis.stride - 1])]);
  const laid = reshape(graph, apart, [...front, ...axes.map((axis) => axis.output * axis.stride)]);
  const sizes = axes.map((axis) => (axis.output - 1) * axis.stride + 1);
  return slice(
    graph,
    laid,
    laid.shape.map(() => 0),
    [...front, ...sizes],
  );
}
