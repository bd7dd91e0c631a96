/** @file Maximum and average pooling of pictures and volumes, and their gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { add, binary, divide, where } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';
import {
  gatherWindows,
  padForWindows,
  positionsOf,
  toChannelsFirst,
  toChannelsLast,
  type WindowAxis,
  type Windows,
  windowAt,
  windowAttributes,
  windows2d,
  windows3d,
} from './windows';

/** Below every number: what padding counts as when the largest is sought. */
export const LOWEST = -3.4028234663852886e38;

function pictureWindows(shape: readonly number[], attributes: Record<string, unknown>): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as {
    filterSize: number;
    strides: number;
    pad: 'valid';
    dimRoundingMode?: 'floor';
  };
  const picture = shape as [number, number, number, number];
  return windows2d(tf.backend_util.computePool2DInfo(picture, filterSize, strides, 1, pad, dimRoundingMode));
}

function volumeWindows(shape: readonly number[], attributes: Record<string, unknown>): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as {
    filterSize: number;
    strides: number;
    pad: 'valid';
    dimRoundingMode?: 'floor';
  };
  const volume = shape as [number, number, number, number, number];
  return windows3d(tf.backend_util.computePool3DInfo(volume, filterSize, strides, 1, pad, dimRoundingMode));
}

function pool(graph: Graph, op: 'MaxPool' | 'AveragePool', x: Value, windows: Windows): Value {
  const shape = [...x.shape.slice(0, 2), ...windows.axes.map((axis) => axis.output)];
  const attributes = {
    ...windowAttributes(windows),
    ...(op === 'AveragePool' ? { count_include_pad: 0 } : {}),
  };
  return graph.node(op, [x], { type: x.type, shape }, { attributes });
}

/** The gradient goes to the first of the largest elements of each window, as in tfjs. */
function maximumGradient(graph: Graph, x: Value, y: Value, dy: Value, windows: Windows): Value {
  const padded = padForWindows(graph, x, windows, LOWEST);
  const zero = graph.scalar(0);
  let remaining = dy;
  return gatherWindows(graph, windows, x.shape[1] as number, (position) => {
    const hit = binary(graph, 'Equal', windowAt(graph, padded, position, windows), y);
    const part = where(graph, hit, remaining, zero);
    remaining = where(graph, hit, zero, remaining);
    return part;
  });
}

/** Each element of a window receives dy divided by the window's elements; padding does not count. */
function averageGradient(graph: Graph, channels: number, dy: Value, windows: Windows): Value {
  const counts = elementsPerWindow(windows.axes);
  const shape = [1, 1, ...windows.axes.map((axis) => axis.output)];
  const share = divide(graph, dy, graph.constant(Float32Array.from(counts), 'float32', shape));
  return gatherWindows(graph, windows, channels, () => share);
}

function elementsPerWindow(axes: readonly WindowAxis[]): number[] {
  return axes.reduce<number[]>(
    (counts, { input, output, filter, stride, dilation, before }) => {
      const along = Array.from({ length: output }, (_, window) => {
        const places = Array.from({ length: filter }, (_, i) => window * stride - before + i * dilation);
        return places.filter((place) => place >= 0 && place < input).length;
      });
      return counts.flatMap((count) => along.map((number) => count * number));
    },
    [1],
  );
}

for (const [suffix, windowsOf] of [
  ['', pictureWindows],
  ['3D', volumeWindows],
] as const) {
  for (const [kernelName, op] of [
    [`MaxPool${suffix}`, 'MaxPool'],
    [`AvgPool${suffix}`, 'AveragePool'],
  ] as const) {
    defineKernel(kernelName, ({ graph, input, attributes }) => {
      const x = input('x');
      const windows = windowsOf(x.shape, attributes);
      return toChannelsLast(graph, pool(graph, op, toChannelsFirst(graph, x), windows));
    });
  }

  defineKernel(`MaxPool${suffix}Grad`, ({ graph, input, attributes }) => {
    const windows = windowsOf(input('input').shape, attributes);
    const [x, y, dy] = (['input', 'output', 'dy'] as const).map((name) =>
      toChannelsFirst(graph, input(name)),
    ) as [Value, Value, Value];
    return toChannelsLast(graph, maximumGradient(graph, x, y, dy, windows));
  });

  defineKernel(`AvgPool${suffix}Grad`, ({ graph, input, attributes }) => {
    const { shape } = input('input');
    const dy = toChannelsFirst(graph, input('dy'));
    const channels = shape.at(-1) as number;
    return toChannelsLast(graph, averageGradient(graph, channels, dy, windowsOf(shape, attributes)));
  });
}

/** Also where the largest element stands, flattened over [H, W, C] or [N, H, W, C]; of equal ones the first. */
defineKernel('MaxPoolWithArgmax', ({ graph, input, attributes }) => {
  const x = input('x');
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const windows = pictureWindows(x.shape, attributes);
  const picture = toChannelsFirst(graph, x);
  const largest = pool(graph, 'MaxPool', picture, windows);
  const padded = padForWindows(graph, picture, windows, LOWEST);
  const [rows, columns] = windows.axes as [WindowAxis, WindowAxis];
  let place: Value | null = null;
  for (const [row, column] of positionsOf(windows).reverse() as [number, number][]) {
    const here = Int32Array.from({ length: rows.output * columns.output }, (_, i) => {
      const y = Math.floor(i / columns.output) * rows.stride - rows.before + row;
      const across = (i % columns.output) * columns.stride - columns.before + column;
      return (y * width + across) * channels;
    });
    const at = graph.constant(here, 'int32', [1, 1, rows.output, columns.output]);
    const hit = binary(graph, 'Equal', windowAt(graph, padded, [row, column], windows), largest);
    place = place ? where(graph, hit, at, place) : at;
  }
  const offsets = (count: number, step: number, shape: number[]) =>
    graph.constant(
      Int32Array.from({ length: count }, (_, i) => i * step),
      'int32',
      shape,
    );
  let index = add(graph, place as Value, offsets(channels, 1, [channels, 1, 1]));
  const perPicture = attributes.includeBatchInIndex ? height * width * channels : 0;
  index = add(graph, index, offsets(batch, perPicture, [batch, 1, 1, 1]));
  return [toChannelsLast(graph, largest), toChannelsLast(graph, index)];
});
