/** @file Maximum and average pooling and their gradients, for windows that do not overlap and for those that do. */
import * as tf from '@tensorflow/tfjs-core';
import { add, binary, concat, divide, full, pad, reshape, slice, transpose, where } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { stridedWindow } from './convolution';
import { defineKernel } from './kernel';

interface PoolingAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type PoolingInfo = tf.backend_util.Conv2DInfo;

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

function poolingInfo(shape: readonly number[], attributes: Record<string, unknown>): PoolingInfo {
  const { filterSize, strides, pad: padding, dimRoundingMode } = attributes as unknown as PoolingAttributes;
  const inputShape = shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(
    inputShape,
    filterSize,
    strides,
    1,
    padding as 'valid',
    dimRoundingMode,
  );
}

function pool(graph: Graph, op: string, x: Value, info: PoolingInfo): Value {
  const { top, left, bottom, right } = info.padInfo;
  const shape = [info.batchSize, info.inChannels, info.outHeight, info.outWidth];
  const attributes: Record<string, number[] | number> = {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
  };
  if (op === 'AveragePool') attributes.count_include_pad = 0;
  return graph.node(op, [x], { type: x.type, shape }, { attributes });
}

for (const [kernelName, op] of [
  ['MaxPool', 'MaxPool'],
  ['AvgPool', 'AveragePool'],
] as const) {
  defineKernel(kernelName, ({ graph, input, attributes }) => {
    const x = input('x');
    const info = poolingInfo(x.shape, attributes);
    return transpose(graph, pool(graph, op, transpose(graph, x, TO_CHANNELS_FIRST), info), TO_CHANNELS_LAST);
  });
}

/** The gradient goes to the first of the largest elements of each window, as in tfjs. */
defineKernel('MaxPoolGrad', ({ graph, input, attributes }) => {
  const x = transpose(graph, input('input'), TO_CHANNELS_FIRST);
  const y = transpose(graph, input('output'), TO_CHANNELS_FIRST);
  const dy = transpose(graph, input('dy'), TO_CHANNELS_FIRST);
  const info = poolingInfo(input('input').shape, attributes);
  const { padInfo } = info;
  const lowest = -3.4028234663852886e38;
  const padded = pad(
    graph,
    x,
    [0, 0, padInfo.top, padInfo.left],
    [0, 0, padInfo.bottom, padInfo.right],
    lowest,
  );
  let remaining = dy;
  const zero = graph.scalar(0);
  const dx = windowGradient(graph, info, padded.shape, (row, column) => {
    const hit = binary(graph, 'Equal', stridedWindow(graph, padded, row, column, info), y);
    const part = where(graph, hit, remaining, zero);
    remaining = where(graph, hit, zero, remaining);
    return part;
  });
  return transpose(graph, dx, TO_CHANNELS_LAST);
});

/** Each element of a window receives dy divided by the window's elements; padding does not count. */
defineKernel('AvgPoolGrad', ({ graph, input, attributes }) => {
  const shape = input('input').shape;
  const info = poolingInfo(shape, attributes);
  const dy = transpose(graph, input('dy'), TO_CHANNELS_FIRST);
  const share = divide(
    graph,
    dy,
    graph.constant(elementsPerWindow(info), 'float32', [1, 1, info.outHeight, info.outWidth]),
  );
  const { padInfo } = info;
  const padded = [
    info.batchSize,
    info.inChannels,
    info.inHeight + padInfo.top + padInfo.bottom,
    info.inWidth + padInfo.left + padInfo.right,
  ];
  const dx = windowGradient(graph, info, padded, () => share);
  return transpose(graph, dx, TO_CHANNELS_LAST);
});

function elementsPerWindow(info: PoolingInfo): Float32Array {
  const within = (start: number, size: number, limit: number) =>
    Math.min(start + size, limit) - Math.max(start, 0);
  const counts = new Float32Array(info.outHeight * info.outWidth);
  for (let row = 0; row < info.outHeight; row++) {
    const rows = within(row * info.strideHeight - info.padInfo.top, info.filterHeight, info.inHeight);
    for (let column = 0; column < info.outWidth; column++) {
      const columns = within(column * info.strideWidth - info.padInfo.left, info.filterWidth, info.inWidth);
      counts[row * info.outWidth + column] = rows * columns;
    }
  }
  return counts;
}

/**
 * Adds up, at each place of the padded picture, what `part` gives for each position (row, column) of the window,
 * and cuts the padding off. Windows that do not overlap are interleaved; others are spread out and summed.
 */
function windowGradient(
  graph: Graph,
  info: PoolingInfo,
  paddedShape: readonly number[],
  part: (row: number, column: number) => Value,
): Value {
  const { filterHeight: kh, filterWidth: kw, strideHeight: sh, strideWidth: sw, padInfo } = info;
  const [n, c, height, width] = paddedShape as [number, number, number, number];
  const whole =
    kh === sh && kw === sw
      ? interleave(graph, info, part)
      : overlapping(graph, info, [n, c, height, width], part);
  const [, , madeHeight, madeWidth] = whole.shape as [number, number, number, number];
  const grown = pad(
    graph,
    whole,
    [0, 0, 0, 0],
    [0, 0, Math.max(0, height - madeHeight), Math.max(0, width - madeWidth)],
  );
  return slice(graph, grown, [0, 0, padInfo.top, padInfo.left], [n, c, info.inHeight, info.inWidth]);
}

/** [N,C,OH,OW] per window position → [N,C,OH·kh,OW·kw]. */
function interleave(graph: Graph, info: PoolingInfo, part: (row: number, column: number) => Value): Value {
  const { filterHeight: kh, filterWidth: kw, outHeight, outWidth, batchSize: n, inChannels: c } = info;
  const rows: Value[] = [];
  for (let row = 0; row < kh; row++) {
    const columns: Value[] = [];
    for (let column = 0; column < kw; column++) {
      columns.push(reshape(graph, part(row, column), [n, c, outHeight, outWidth, 1]));
    }
    rows.push(reshape(graph, concat(graph, columns, 4), [n, c, outHeight, 1, outWidth * kw]));
  }
  return reshape(graph, concat(graph, rows, 3), [n, c, outHeight * kh, outWidth * kw]);
}

function overlapping(
  graph: Graph,
  info: PoolingInfo,
  shape: [number, number, number, number],
  part: (row: number, column: number) => Value,
): Value {
  const { filterHeight: kh, filterWidth: kw, strideHeight: sh, strideWidth: sw } = info;
  let sum: Value | null = null;
  for (let row = 0; row < kh; row++) {
    for (let column = 0; column < kw; column++) {
      const spread = spreadOut(graph, part(row, column), sh, sw);
      const [, , h, w] = spread.shape as [number, number, number, number];
      const placed = pad(
        graph,
        spread,
        [0, 0, row, column],
        [0, 0, shape[2] - row - h, shape[3] - column - w],
      );
      sum = sum ? add(graph, sum, placed) : placed;
    }
  }
  return sum ?? full(graph, shape, 0, 'float32');
}

/** [N,C,H,W] with stride − 1 zeros between neighbours: [N, C, (H−1)·sh+1, (W−1)·sw+1]. */
function spreadOut(graph: Graph, x: Value, sh: number, sw: number): Value {
  if (sh === 1 && sw === 1) return x;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const apart = pad(
    graph,
    reshape(graph, x, [n, c, h, 1, w, 1]),
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, sh - 1, 0, sw - 1],
  );
  const laid = reshape(graph, apart, [n, c, h * sh, w * sw]);
  return slice(graph, laid, [0, 0, 0, 0], [n, c, (h - 1) * sh + 1, (w - 1) * sw + 1]);
}
