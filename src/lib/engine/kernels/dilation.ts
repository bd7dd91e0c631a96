/** @file Morphological dilation: the largest of x + filter over each window, channel by channel; and its gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { add, binary, concat, reduce, reshape, slice, where } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel, type KernelContext } from './kernel';
import { LOWEST } from './pooling';
import {
  gatherWindows,
  padForWindows,
  positionsOf,
  toChannelsFirst,
  toChannelsLast,
  type Windows,
  windowAt,
  windows2d,
} from './windows';

interface Dilation {
  windows: Windows;
  positions: number[][];
  /** x + filter at each position of the window: [N, C, OH, OW]. */
  candidates: Value[];
  largest: Value;
}

function dilate({ graph, input, attributes }: KernelContext): Dilation {
  const [x, filter] = [input('x'), input('filter')];
  const { strides, pad, dilations } = attributes as { strides: number; pad: 'valid'; dilations: number };
  const windows = windows2d(
    tf.backend_util.computeDilation2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number],
      strides,
      pad,
      'NHWC',
      dilations,
    ),
  );
  const padded = padForWindows(graph, toChannelsFirst(graph, x), windows, LOWEST / 2);
  const positions = positionsOf(windows);
  const candidates = positions.map((position) => {
    const met = windowAt(graph, padded, position, windows);
    return add(graph, met, filterAt(graph, filter, position));
  });
  const largest = candidates.reduce((best, candidate) => binary(graph, 'Max', best, candidate));
  return { windows, positions, candidates, largest };
}

/** The filter [kh, kw, C] at one position: [C, 1, 1]. */
function filterAt(graph: Graph, filter: Value, position: readonly number[]): Value {
  const channels = filter.shape[2] as number;
  return reshape(graph, slice(graph, filter, [...position, 0], [1, 1, channels]), [channels, 1, 1]);
}

/** dy where the candidate at a position is the largest and no earlier position is. */
function shares(graph: Graph, { candidates, largest }: Dilation, dy: Value): Value[] {
  const zero = graph.scalar(0);
  let remaining = dy;
  return candidates.map((candidate) => {
    const hit = binary(graph, 'Equal', candidate, largest);
    const share = where(graph, hit, remaining, zero);
    remaining = where(graph, hit, zero, remaining);
    return share;
  });
}

defineKernel('Dilation2D', (context) => toChannelsLast(context.graph, dilate(context).largest));

defineKernel('Dilation2DBackpropInput', (context) => {
  const { graph, input } = context;
  const dilation = dilate(context);
  const parts = shares(graph, dilation, toChannelsFirst(graph, input('dy')));
  const names = dilation.positions.map(String);
  const { windows } = dilation;
  const dx = gatherWindows(
    graph,
    windows,
    windows.inChannels,
    (position) => parts[names.indexOf(String(position))] as Value,
  );
  return toChannelsLast(graph, dx);
});

defineKernel('Dilation2DBackpropFilter', (context) => {
  const { graph, input } = context;
  const parts = shares(graph, dilate(context), toChannelsFirst(graph, input('dy')));
  const { shape } = input('filter');
  const sums = parts.map((part) =>
    reshape(graph, reduce(graph, 'ReduceSum', part, [0, 2, 3]), [1, shape[2] as number]),
  );
  return reshape(graph, concat(graph, sums, 0), shape);
});
