/** @file Convolution of each channel by filters of its own, `multiplier` of them, and its gradients. */
import { add, concat, matrixProduct, reduce, reshape, swapLastAxes, transpose } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { activate, activationOf } from './activation';
import { convolve, inputGradient, pictureWindows } from './convolution';
import { defineKernel } from './kernel';
import {
  padForWindows,
  positionsOf,
  toChannelsFirst,
  toChannelsLast,
  type Windows,
  windowAt,
} from './windows';

/** tfjs's filter [kh, kw, C, M] as ONNX's weights of C groups [C·M, 1, kh, kw]. */
function weightsOf(graph: Graph, filter: Value): Value {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  return reshape(graph, transpose(graph, filter, [2, 3, 0, 1]), [channels * multiplier, 1, kh, kw]);
}

function depthwise(graph: Graph, x: Value, filter: Value, attributes: Record<string, unknown>): Value {
  const windows = pictureWindows(x.shape, filter.shape, attributes, true);
  const picture = toChannelsFirst(graph, x);
  return toChannelsLast(
    graph,
    convolve(graph, picture, weightsOf(graph, filter), windows, windows.inChannels),
  );
}

defineKernel('DepthwiseConv2dNative', ({ graph, input, attributes }) =>
  depthwise(graph, input('x'), input('filter'), attributes),
);

defineKernel('FusedDepthwiseConv2D', ({ graph, input, optionalInput, attributes }) => {
  const result = depthwise(graph, input('x'), input('filter'), attributes);
  const bias = optionalInput('bias');
  return activate(
    graph,
    bias ? add(graph, result, bias) : result,
    activationOf(attributes),
    optionalInput('preluActivationWeights'),
  );
});

defineKernel('DepthwiseConv2dNativeBackpropInput', ({ graph, input, attributes }) => {
  const [dy, filter] = [input('dy'), input('filter')];
  const windows = pictureWindows(attributes.inputShape as number[], filter.shape, attributes, true);
  const errors = toChannelsFirst(graph, dy);
  return toChannelsLast(
    graph,
    inputGradient(graph, errors, weightsOf(graph, filter), windows, windows.inChannels),
  );
});

defineKernel('DepthwiseConv2dNativeBackpropFilter', ({ graph, input, attributes }) => {
  const [x, dy] = [input('x'), input('dy')];
  const filterShape = attributes.filterShape as number[];
  const windows = pictureWindows(x.shape, filterShape, attributes, true);
  return filterGradient(graph, toChannelsFirst(graph, x), toChannelsFirst(graph, dy), windows, filterShape);
});

/** For each channel, what its windows meet times its errors: [N, C, k, L] · [N, C, L, M], summed over N. */
function filterGradient(graph: Graph, x: Value, dy: Value, windows: Windows, filterShape: number[]): Value {
  const { batch, inChannels: channels, axes } = windows;
  const multiplier = filterShape[3] as number;
  const places = axes.reduce((product, axis) => product * axis.output, 1);
  const padded = padForWindows(graph, x, windows);
  const met = positionsOf(windows).map((position) =>
    reshape(graph, windowAt(graph, padded, position, windows), [batch, channels, 1, places]),
  );
  const errors = reshape(graph, dy, [batch, channels, multiplier, places]);
  const each = matrixProduct(graph, concat(graph, met, 2), swapLastAxes(graph, errors));
  const sums = reduce(graph, 'ReduceSum', each, [0]); // [C, k, M]
  return reshape(graph, transpose(graph, sums, [1, 0, 2]), filterShape);
}
