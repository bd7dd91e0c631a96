/**
 * @file Convolution of pictures and volumes and its two gradients. tfjs lays them channels last, ONNX channels
 * first; the transposes written here sink through what follows and cancel against the next convolution's
 * (`graph/layout.ts`). The gradient recipes are the fastest of those measured on ONNX Runtime's CPU provider that
 * also run on WebGPU.
 */
import * as tf from '@tensorflow/tfjs-core';
import { add, concat, matrixProduct, reduce, reshape, reverse, swapLastAxes, transpose } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { activate, activationOf } from './activation';
import { defineKernel } from './kernel';
import {
  padForWindows,
  positionsOf,
  toChannelsFirst,
  toChannelsLast,
  type Windows,
  windowAt,
  windowAttributes,
  windows2d,
  windows3d,
} from './windows';

export interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  inputShape?: number[];
  filterShape?: number[];
}

/** The windows of a convolution by tfjs's attributes, for pictures [N, H, W, C]. */
export function pictureWindows(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: Record<string, unknown>,
  depthwise = false,
): Windows {
  const a = attributes as unknown as ConvolutionAttributes;
  const { strides, pad, dilations = 1, dimRoundingMode, dataFormat = 'NHWC' } = a;
  if (dataFormat !== 'NHWC')
    throw new Error('conv2d: only pictures laid channels last (NHWC) can be compiled');
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad as 'valid',
    dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
  return windows2d(info);
}

function volumeWindows(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: Record<string, unknown>,
): Windows {
  const {
    strides,
    pad,
    dilations = 1,
    dataFormat = 'NDHWC',
  } = attributes as unknown as {
    strides: number;
    pad: 'valid';
    dilations?: number;
    dataFormat?: string;
  };
  if (dataFormat !== 'NDHWC')
    throw new Error('conv3d: only volumes laid channels last (NDHWC) can be compiled');
  return windows3d(
    tf.backend_util.computeConv3DInfo(
      inputShape as [number, number, number, number, number],
      filterShape as [number, number, number, number, number],
      strides,
      dilations,
      pad,
    ),
  );
}

/** tfjs's filter [k…, in, out] as ONNX's [out, in, k…]. */
function outputsFirst(graph: Graph, filter: Value): Value {
  const rank = filter.shape.length;
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i);
  return transpose(graph, filter, [rank - 1, rank - 2, ...spatial]);
}

/** Convolution of channels-first `x` [N, C, …] with `weights` [O, C/group, k…]. */
export function convolve(graph: Graph, x: Value, weights: Value, windows: Windows, group = 1): Value {
  const shape = [windows.batch, weights.shape[0] as number, ...windows.axes.map((axis) => axis.output)];
  const attributes = { ...windowAttributes(windows), group };
  return graph.node('Conv', [x, weights], { type: x.type, shape }, { attributes });
}

/**
 * Gradient with respect to the picture, of dy [N, O, …] with the forward `weights` [O, C/group, k…]: a convolution
 * with the flipped filter, inputs and outputs exchanged; transposed where the windows are strided.
 */
export function inputGradient(graph: Graph, dy: Value, weights: Value, windows: Windows, group = 1): Value {
  const { axes, batch, inChannels } = windows;
  const shape = [batch, inChannels, ...axes.map((axis) => axis.input)];
  const reach = (end: 'before' | 'after') =>
    axes.map((axis) => (axis.filter - 1) * axis.dilation - axis[end]);
  const pads = [...reach('before'), ...reach('after')];
  if (axes.every((axis) => axis.stride === 1) && pads.every((width) => width >= 0)) {
    const spatial = axes.map((_, i) => i + 2);
    const flipped = reverse(graph, weights, spatial);
    const exchanged = exchangeChannels(graph, flipped, group);
    const attributes = { ...windowAttributes(windows), pads, group };
    return graph.node('Conv', [dy, exchanged], { type: dy.type, shape }, { attributes });
  }
  // What the last window leaves uncovered.
  const output_padding = axes.map(
    ({ input, output, filter, stride, dilation, before, after }) =>
      input - ((output - 1) * stride + (filter - 1) * dilation + 1 - before - after),
  );
  return graph.node(
    'ConvTranspose',
    [dy, weights],
    { type: dy.type, shape },
    { attributes: { ...windowAttributes(windows), output_padding, group } },
  );
}

/** [O, C/g, k…] → [C, O/g, k…], group by group. */
function exchangeChannels(graph: Graph, weights: Value, group: number): Value {
  const [outputs, inputs, ...sizes] = weights.shape as [number, number, ...number[]];
  const spatial = sizes.map((_, i) => i + 3);
  if (group === 1) return transpose(graph, weights, [1, 0, ...sizes.map((_, i) => i + 2)]);
  const grouped = reshape(graph, weights, [group, outputs / group, inputs, ...sizes]);
  const exchanged = transpose(graph, grouped, [0, 2, 1, ...spatial]);
  return reshape(graph, exchanged, [group * inputs, outputs / group, ...sizes]);
}

/**
 * Gradient with respect to the filter [k…, C, O]: for each filter position the window of x, all stacked, times
 * dy: [N, k·C, L] · [N, L, O], summed over N, with L the output positions.
 */
function filterGradient(graph: Graph, x: Value, dy: Value, windows: Windows): Value {
  const { batch, inChannels, outChannels, axes } = windows;
  const places = axes.reduce((product, axis) => product * axis.output, 1);
  const positions = positionsOf(windows);
  const padded = padForWindows(graph, x, windows);
  const stacked = concat(
    graph,
    positions.map((position) => windowAt(graph, padded, position, windows)),
    1,
  );
  const met = reshape(graph, stacked, [batch, positions.length * inChannels, places]);
  const errors = reshape(graph, dy, [batch, outChannels, places]);
  const each = matrixProduct(graph, met, swapLastAxes(graph, errors));
  const filterShape = [...axes.map((axis) => axis.filter), inChannels, outChannels];
  return reshape(graph, reduce(graph, 'ReduceSum', each, [0]), filterShape);
}

for (const [names, windowsOf] of [
  [['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'], pictureWindows],
  [['Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2'], volumeWindows],
] as const) {
  defineKernel(names[0], ({ graph, input, attributes }) => {
    const [x, filter] = [input('x'), input('filter')];
    const windows = windowsOf(x.shape, filter.shape, attributes);
    const made = convolve(graph, toChannelsFirst(graph, x), outputsFirst(graph, filter), windows);
    return toChannelsLast(graph, made);
  });

  defineKernel(names[1], ({ graph, input, attributes }) => {
    const [dy, filter] = [input('dy'), input('filter')];
    const windows = windowsOf(attributes.inputShape as number[], filter.shape, attributes);
    const errors = toChannelsFirst(graph, dy);
    return toChannelsLast(graph, inputGradient(graph, errors, outputsFirst(graph, filter), windows));
  });

  defineKernel(names[2], ({ graph, input, attributes }) => {
    const [x, dy] = [input('x'), input('dy')];
    const windows = windowsOf(x.shape, attributes.filterShape as number[], attributes);
    return filterGradient(graph, toChannelsFirst(graph, x), toChannelsFirst(graph, dy), windows);
  });
}

defineKernel('FusedConv2D', ({ graph, input, optionalInput, attributes }) => {
  const [x, filter, bias] = [input('x'), input('filter'), optionalInput('bias')];
  const windows = pictureWindows(x.shape, filter.shape, attributes);
  const made = convolve(graph, toChannelsFirst(graph, x), outputsFirst(graph, filter), windows);
  const result = toChannelsLast(graph, made);
  return activate(
    graph,
    bias ? add(graph, result, bias) : result,
    activationOf(attributes),
    optionalInput('preluActivationWeights'),
  );
});
