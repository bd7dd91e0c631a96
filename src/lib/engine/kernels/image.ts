/** @file Pictures [N, H, W, C] mirrored, rotated, and cut out along boxes. */
import * as tf from '@tensorflow/tfjs-core';
import {
  add,
  binary,
  cast,
  clip,
  gather,
  multiply,
  range,
  reshape,
  reverse,
  subtract,
  unary,
  where,
} from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

defineKernel('FlipLeftRight', ({ graph, input }) => reverse(graph, input('image'), [2]));

/** Where each pixel comes from is known when the graph is made; what lies outside takes the fill value. */
defineKernel('RotateWithOffset', ({ graph, input, attributes }) => {
  const image = input('image');
  const { radians, fillValue, center } = attributes as {
    radians: number;
    fillValue: number | [number, number, number];
    center: number | [number, number];
  };
  const [n, height, width, channels] = image.shape as [number, number, number, number];
  const [centerX, centerY] = tf.backend_util.getImageCenter(center, height, width) as [number, number];
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)];
  const from = new Int32Array(height * width);
  const inside = new Uint8Array(height * width);
  for (let i = 0; i < height * width; i++) {
    const [x, y] = [(i % width) - centerX, Math.floor(i / width) - centerY];
    const column = Math.round(x * cosine - y * sine + centerX);
    const row = Math.round(x * sine + y * cosine + centerY);
    if (column < 0 || column >= width || row < 0 || row >= height) continue;
    from[i] = row * width + column;
    inside[i] = 1;
  }
  const pixels = reshape(graph, image, [n, height * width, channels]);
  const moved = gather(graph, pixels, graph.constant(from, 'int32', [from.length]), 1);
  // A fourth channel is opacity: it is filled with 255.
  const fill = Float32Array.from({ length: channels }, (_, channel) => {
    if (typeof fillValue === 'number') return fillValue;
    return channel === 3 ? 255 : (fillValue[channel] as number);
  });
  const background = cast(graph, graph.constant(fill, 'float32', [channels]), image.type);
  const known = graph.constant(inside, 'bool', [height * width, 1]);
  return reshape(graph, where(graph, known, moved, background), image.shape);
});

/** The places along one axis at which a box is read: [boxes, crop] from its two ends [boxes, 1] in 0 … 1. */
function places(graph: Graph, low: Value, high: Value, crop: number, size: number): Value {
  const scaled = (value: Value) => multiply(graph, value, graph.scalar(size - 1));
  if (crop === 1) return scaled(multiply(graph, add(graph, low, high), graph.scalar(0.5)));
  const step = multiply(graph, subtract(graph, high, low), graph.scalar((size - 1) / (crop - 1)));
  return add(graph, scaled(low), multiply(graph, cast(graph, range(graph, crop), 'float32'), step));
}

/** Parts of pictures, one a box, brought to one size by the nearest pixel or between four. */
defineKernel('CropAndResize', ({ graph, input, attributes }) => {
  const [image, boxes, boxInd] = [input('image'), input('boxes'), cast(graph, input('boxInd'), 'int32')];
  const { cropSize, method, extrapolationValue } = attributes as {
    cropSize: [number, number];
    method: 'bilinear' | 'nearest';
    extrapolationValue: number;
  };
  const [n, height, width, channels] = image.shape as [number, number, number, number];
  const count = boxes.shape[0] as number;
  const [y1, x1, y2, x2] = [0, 1, 2, 3].map((i) =>
    gather(graph, boxes, graph.constant(Int32Array.of(i), 'int32', [1]), 1),
  ) as [Value, Value, Value, Value];
  const rows = reshape(graph, places(graph, y1, y2, cropSize[0], height), [count, cropSize[0], 1]);
  const columns = reshape(graph, places(graph, x1, x2, cropSize[1], width), [count, 1, cropSize[1]]);
  const outside = (at: Value, size: number) =>
    binary(
      graph,
      'Or',
      binary(graph, 'Less', at, graph.scalar(0)),
      binary(graph, 'Greater', at, graph.scalar(size - 1)),
    );
  const beyond = binary(graph, 'Or', outside(rows, height), outside(columns, width));

  const flat = reshape(graph, cast(graph, image, 'float32'), [n * height * width, channels]);
  const first = multiply(graph, reshape(graph, boxInd, [count, 1, 1]), graph.scalar(height * width, 'int32'));
  /** Pixels at whole rows and columns: [boxes, crop height, crop width, C]. */
  const pixels = (row: Value, column: Value) => {
    const y = cast(graph, clip(graph, row, 0, height - 1), 'int32');
    const x = cast(graph, clip(graph, column, 0, width - 1), 'int32');
    const place = add(graph, multiply(graph, y, graph.scalar(width, 'int32')), x);
    return gather(graph, flat, add(graph, first, place), 0);
  };
  const last = (value: Value) => reshape(graph, value, [...value.shape, 1]);
  const between = (a: Value, b: Value, share: Value) =>
    add(graph, a, multiply(graph, subtract(graph, b, a), last(share)));
  const nearest = (value: Value) => unary(graph, 'Floor', add(graph, value, graph.scalar(0.5)));
  const floor = (value: Value) => unary(graph, 'Floor', value);
  const ceil = (value: Value) => unary(graph, 'Ceil', value);
  const across = subtract(graph, columns, floor(columns));
  const row = (y: Value) => between(pixels(y, floor(columns)), pixels(y, ceil(columns)), across);
  const found =
    method === 'nearest'
      ? pixels(nearest(rows), nearest(columns))
      : between(row(floor(rows)), row(ceil(rows)), subtract(graph, rows, floor(rows)));
  return where(graph, last(beyond), graph.scalar(extrapolationValue), found);
});
