/**
 * @file Two-dimensional convolution and its two gradients. tfjs lays pictures channels last, ONNX channels first;
 * the transposes written here sink through what follows and cancel against the next convolution's (`emit.ts`).
 * The gradient recipes are the fastest of those measured on ONNX Runtime's CPU provider that also run on WebGPU.
 */
import * as tf from '@tensorflow/tfjs-core';
import { concat, matrixProduct, pad, reduce, reshape, slice, swapLastAxes, transpose } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

type ConvolutionInfo = tf.backend_util.Conv2DInfo;

interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  inputShape?: [number, number, number, number];
  filterShape?: [number, number, number, number];
}

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

function convolutionInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
  depthwise = false,
): ConvolutionInfo {
  const { strides, pad: padding, dilations = 1, dimRoundingMode, dataFormat = 'NHWC' } = attributes;
  if (dataFormat !== 'NHWC')
    throw new Error('conv2d: only pictures laid channels last (NHWC) can be compiled');
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    padding as 'valid',
    dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
}

function padsOf({ padInfo: { top, left, bottom, right } }: { padInfo: tf.backend_util.PadInfo }): number[] {
  return [top, left, bottom, right];
}

function channelsFirst(graph: Graph, picture: Value): Value {
  return transpose(graph, picture, TO_CHANNELS_FIRST);
}

function channelsLast(graph: Graph, picture: Value): Value {
  return transpose(graph, picture, TO_CHANNELS_LAST);
}

/** Convolution of channels-first `x` [N,C,H,W] with `weights` [O,C/g,kh,kw]. */
function convolve(graph: Graph, x: Value, weights: Value, info: ConvolutionInfo, group = 1): Value {
  const shape = [info.batchSize, weights.shape[0] as number, info.outHeight, info.outWidth];
  return graph.node(
    'Conv',
    [x, weights],
    { type: x.type, shape },
    {
      attributes: {
        kernel_shape: [info.filterHeight, info.filterWidth],
        strides: [info.strideHeight, info.strideWidth],
        dilations: [info.dilationHeight, info.dilationWidth],
        pads: padsOf(info),
        group,
      },
    },
  );
}

defineKernel('Conv2D', ({ graph, input, attributes }) => {
  const [x, filter] = [input('x'), input('filter')];
  const info = convolutionInfo(x.shape, filter.shape, attributes as unknown as ConvolutionAttributes);
  const weights = transpose(graph, filter, [3, 2, 0, 1]);
  return channelsLast(graph, convolve(graph, channelsFirst(graph, x), weights, info));
});

defineKernel('DepthwiseConv2dNative', ({ graph, input, attributes }) => {
  const [x, filter] = [input('x'), input('filter')];
  const info = convolutionInfo(x.shape, filter.shape, attributes as unknown as ConvolutionAttributes, true);
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  const weights = reshape(graph, transpose(graph, filter, [2, 3, 0, 1]), [channels * multiplier, 1, kh, kw]);
  return channelsLast(graph, convolve(graph, channelsFirst(graph, x), weights, info, channels));
});

/** Gradient with respect to the picture: a convolution of dy with the flipped filter, transposed where strided. */
defineKernel('Conv2DBackpropInput', ({ graph, input, attributes }) => {
  const [dy, filter] = [input('dy'), input('filter')];
  const a = attributes as unknown as ConvolutionAttributes;
  const inputShape = a.inputShape as [number, number, number, number];
  const info = convolutionInfo(inputShape, filter.shape, a);
  return channelsLast(graph, inputGradient(graph, channelsFirst(graph, dy), filter, info));
});

function inputGradient(graph: Graph, dy: Value, filter: Value, info: ConvolutionInfo): Value {
  const { padInfo, filterHeight: kh, filterWidth: kw } = info;
  const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
  const weights = transpose(graph, filter, [3, 2, 0, 1]); // [O, C, kh, kw]
  if (info.strideHeight === 1 && info.strideWidth === 1) {
    const flipped = kh === 1 && kw === 1 ? weights : flip(graph, weights);
    const pads = [
      kh - 1 - padInfo.top,
      kw - 1 - padInfo.left,
      kh - 1 - padInfo.bottom,
      kw - 1 - padInfo.right,
    ];
    if (pads.every((width) => width >= 0)) {
      return graph.node(
        'Conv',
        [dy, transpose(graph, flipped, [1, 0, 2, 3])],
        { type: dy.type, shape },
        { attributes: { kernel_shape: [kh, kw], strides: [1, 1], dilations: [1, 1], pads, group: 1 } },
      );
    }
  }
  const leftOver = (size: number, out: number, stride: number, k: number, pads: number) =>
    size - ((out - 1) * stride + k - pads);
  return graph.node(
    'ConvTranspose',
    [dy, weights],
    { type: dy.type, shape },
    {
      attributes: {
        kernel_shape: [kh, kw],
        strides: [info.strideHeight, info.strideWidth],
        dilations: [1, 1],
        pads: padsOf(info),
        output_padding: [
          leftOver(info.inHeight, info.outHeight, info.strideHeight, kh, padInfo.top + padInfo.bottom),
          leftOver(info.inWidth, info.outWidth, info.strideWidth, kw, padInfo.left + padInfo.right),
        ],
        group: 1,
      },
    },
  );
}

/** [O,C,kh,kw] with both spatial axes reversed. */
function flip(graph: Graph, weights: Value): Value {
  const last = graph.int64([-1, -1]);
  const beyond = graph.int64([-(2 ** 31), -(2 ** 31)]);
  return graph.node('Slice', [weights, last, beyond, graph.int64([2, 3]), last], weights);
}

/**
 * Gradient with respect to the filter: for each filter position the strided window of x, all stacked, times dy:
 * [N, kh·kw·C, L] · [N, L, O], summed over N, with L the output positions.
 */
defineKernel('Conv2DBackpropFilter', ({ graph, input, attributes }) => {
  const [x, dy] = [input('x'), input('dy')];
  const a = attributes as unknown as ConvolutionAttributes;
  const filterShape = a.filterShape as [number, number, number, number];
  const info = convolutionInfo(x.shape, filterShape, a);
  const { batchSize, outChannels } = info;
  const positions = info.outHeight * info.outWidth;
  const windows = reshape(graph, windowsOf(graph, channelsFirst(graph, x), info), [
    batchSize,
    info.filterHeight * info.filterWidth * info.inChannels,
    positions,
  ]);
  const errors = reshape(graph, channelsFirst(graph, dy), [batchSize, outChannels, positions]);
  const perPicture = matrixProduct(graph, windows, swapLastAxes(graph, errors));
  return reshape(graph, reduce(graph, 'ReduceSum', perPicture, [0]), filterShape);
});

/** The part of padded `x` [N,C,H,W] that each filter position meets, joined along channels: [N, kh·kw·C, OH, OW]. */
function windowsOf(graph: Graph, x: Value, info: ConvolutionInfo): Value {
  const { padInfo } = info;
  const padded = pad(graph, x, [0, 0, padInfo.top, padInfo.left], [0, 0, padInfo.bottom, padInfo.right]);
  const windows: Value[] = [];
  for (let row = 0; row < info.filterHeight; row++) {
    for (let column = 0; column < info.filterWidth; column++) {
      windows.push(
        stridedWindow(graph, padded, row * info.dilationHeight, column * info.dilationWidth, info),
      );
    }
  }
  return concat(graph, windows, 1);
}

interface WindowInfo {
  outHeight: number;
  outWidth: number;
  strideHeight: number;
  strideWidth: number;
}

/** Every stride-th element of channels-first `x` from (row, column), `outHeight` × `outWidth` of them. */
export function stridedWindow(graph: Graph, x: Value, row: number, column: number, info: WindowInfo): Value {
  const [n, c] = x.shape as [number, number];
  const { outHeight, outWidth, strideHeight, strideWidth } = info;
  if (strideHeight === 1 && strideWidth === 1) {
    return slice(graph, x, [0, 0, row, column], [n, c, outHeight, outWidth]);
  }
  const ends = [row + (outHeight - 1) * strideHeight + 1, column + (outWidth - 1) * strideWidth + 1];
  return graph.node(
    'Slice',
    [
      x,
      graph.int64([row, column]),
      graph.int64(ends),
      graph.int64([2, 3]),
      graph.int64([strideHeight, strideWidth]),
    ],
    { type: x.type, shape: [n, c, outHeight, outWidth] },
  );
}
