/** @file Blocks of pixels moved to and from the batch or the channels: reshapes and transposes. */
import * as tf from '@tensorflow/tfjs-core';
import { pad, reshape, slice, transpose } from '../graph/emit';
import { defineKernel } from './kernel';

const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } = tf.backend_util;

/** [N·Π block, …] → [N, …]: each group of Π block entries of the batch becomes the pixels of blocks; crops. */
defineKernel('BatchToSpaceND', ({ graph, input, attributes }) => {
  const x = input('x');
  const { blockShape, crops } = attributes as { blockShape: number[]; crops: number[][] };
  const block = blockShape.reduce((a, b) => a * b, 1);
  const shape = [...x.shape];
  const apart = reshape(graph, x, getReshaped(shape, blockShape, block));
  const together = transpose(graph, apart, getPermuted(apart.shape.length, blockShape.length));
  const whole = reshape(graph, together, getReshapedPermuted(shape, blockShape, block));
  const begin = getSliceBeginCoords(crops, blockShape.length);
  const size = getSliceSize([...whole.shape], crops, blockShape.length);
  // tfjs gives the batch and the block's axes; the others stay whole.
  return slice(
    graph,
    whole,
    whole.shape.map((_, axis) => begin[axis] ?? 0),
    whole.shape.map((length, axis) => size[axis] ?? length),
  );
});

/** The other way: pads, and each pixel of a block becomes an entry of the batch of its own. */
defineKernel('SpaceToBatchND', ({ graph, input, attributes }) => {
  const x = input('x');
  const { blockShape, paddings } = attributes as { blockShape: number[]; paddings: [number, number][] };
  const block = blockShape.reduce((a, b) => a * b, 1);
  const edges: [number, number][] = [[0, 0], ...paddings];
  while (edges.length < x.shape.length) edges.push([0, 0]);
  const padded = pad(
    graph,
    x,
    edges.map(([before]) => before),
    edges.map(([, after]) => after),
  );
  const shape = [...padded.shape];
  const apart = reshape(graph, padded, getReshaped(shape, blockShape, block, false));
  const together = transpose(graph, apart, getPermuted(apart.shape.length, blockShape.length, false));
  return reshape(graph, together, getReshapedPermuted(shape, blockShape, block, false));
});

/** [N, H, W, b²·C] → [N, b·H, b·W, C]. */
defineKernel('DepthToSpace', ({ graph, input, attributes }) => {
  const x = input('x');
  const { blockSize: b, dataFormat } = attributes as { blockSize: number; dataFormat: string };
  if (dataFormat !== 'NHWC') throw new Error('depthToSpace: only NHWC can be compiled');
  const [n, h, w, depth] = x.shape as [number, number, number, number];
  const channels = depth / (b * b);
  const apart = transpose(graph, reshape(graph, x, [n, h, w, b, b, channels]), [0, 1, 3, 2, 4, 5]);
  return reshape(graph, apart, [n, h * b, w * b, channels]);
});
