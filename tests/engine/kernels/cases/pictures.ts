import { tf } from '../../../../src/lib/engine';
import { apart, awayFromZero, between, float, listed, whole } from '../draws';
import type { KernelCase } from '../harness';

type Padding =
  | 'same'
  | 'valid'
  | number
  | [[number, number], [number, number], [number, number], [number, number]];
interface Window {
  picture: number[];
  filter: number[];
  strides?: number | [number, number];
  padding: Padding;
  dilations?: number | [number, number];
  rounding?: 'floor' | 'round' | 'ceil';
}

const EXPLICIT: Padding = [
  [0, 0],
  [1, 2],
  [2, 0],
  [0, 0],
];

const CONVOLUTIONS: Record<string, Window> = {
  same: { picture: [2, 5, 6, 3], filter: [3, 3, 3, 2], padding: 'same' },
  valid: { picture: [2, 5, 6, 3], filter: [3, 2, 3, 2], padding: 'valid' },
  'of one pixel': { picture: [1, 4, 3, 2], filter: [1, 1, 2, 4], padding: 'same' },
  'strides 2, same': { picture: [1, 6, 5, 2], filter: [3, 3, 2, 3], strides: 2, padding: 'same' },
  'strides 2, valid': { picture: [1, 7, 6, 2], filter: [2, 3, 2, 3], strides: 2, padding: 'valid' },
  'strides 2 and 1': { picture: [1, 6, 5, 2], filter: [3, 2, 2, 3], strides: [2, 1], padding: 'same' },
  patches: { picture: [2, 4, 6, 3], filter: [2, 2, 3, 5], strides: 2, padding: 'valid' },
  'stride larger than the filter': {
    picture: [1, 8, 8, 1],
    filter: [2, 2, 1, 2],
    strides: 3,
    padding: 'valid',
  },
  'explicit padding': { picture: [1, 5, 4, 2], filter: [3, 3, 2, 2], padding: EXPLICIT },
  'padding by number': {
    picture: [1, 5, 5, 2],
    filter: [3, 3, 2, 2],
    strides: 2,
    padding: 1,
    rounding: 'floor',
  },
  'more padding than filter': {
    picture: [1, 3, 3, 1],
    filter: [2, 2, 1, 2],
    padding: [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ],
  },
};

const conv =
  ({ strides = 1, padding, dilations = 1, rounding }: Window) =>
  (x: tf.Tensor4D, filter: tf.Tensor4D) =>
    tf.conv2d(x, filter, strides, padding as 'same', 'NHWC', dilations, rounding);
const depthwise =
  ({ strides = 1, padding, dilations = 1, rounding }: Window) =>
  (x: tf.Tensor4D, filter: tf.Tensor4D) =>
    tf.depthwiseConv2d(x, filter, strides, padding as 'same', 'NHWC', dilations, rounding);

const POOLS: Record<
  string,
  {
    picture: number[];
    size: number | [number, number];
    strides: number | [number, number];
    padding: Padding;
    rounding?: 'floor';
  }
> = {
  tiles: { picture: [2, 4, 6, 3], size: 2, strides: 2, padding: 'valid' },
  'tiles with a remainder': { picture: [1, 5, 7, 2], size: 2, strides: 2, padding: 'valid' },
  'tiles, same': { picture: [1, 5, 7, 2], size: 2, strides: 2, padding: 'same' },
  overlapping: { picture: [1, 6, 5, 2], size: 3, strides: 2, padding: 'valid' },
  'overlapping, same': { picture: [1, 6, 5, 2], size: 3, strides: 2, padding: 'same' },
  'stride 1': { picture: [1, 4, 4, 2], size: [2, 3], strides: 1, padding: 'same' },
  gaps: { picture: [1, 7, 7, 1], size: 2, strides: 3, padding: 'valid' },
  'padding by number': { picture: [1, 5, 5, 2], size: 3, strides: 2, padding: 1, rounding: 'floor' },
  whole: { picture: [2, 3, 4, 2], size: [3, 4], strides: 1, padding: 'valid' },
};

const sizeOf = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

export const pictureCases: KernelCase[] = [
  ...Object.entries(CONVOLUTIONS).map(([name, window]) => ({
    name: `conv2d ${name}`,
    inputs: [float(window.picture), float(window.filter)],
    run: conv(window),
  })),
  {
    name: 'conv2d dilated',
    inputs: [float([1, 7, 6, 2]), float([3, 2, 2, 3])],
    run: conv({ picture: [], filter: [], padding: 'same', dilations: [2, 3] }),
    withoutReferenceGradient: true,
    gradient: [],
  },
  {
    name: 'conv2d of one picture',
    inputs: [float([5, 6, 3]), float([3, 3, 3, 2])],
    run: (x, f) => tf.conv2d(x, f, 1, 'same'),
  },
  {
    name: 'conv2d of no picture',
    inputs: [float([0, 5, 6, 3]), float([3, 3, 3, 2])],
    run: (x, f) => tf.conv2d(x, f, 1, 'same'),
    gradient: [],
  },
  { name: 'conv1d', inputs: [float([2, 7, 3]), float([3, 3, 4])], run: (x, f) => tf.conv1d(x, f, 1, 'same') },
  {
    name: 'conv2dTranspose',
    inputs: [float([1, 3, 4, 2]), float([3, 3, 3, 2])],
    run: (x, f) => tf.conv2dTranspose(x, f, [1, 6, 8, 3], 2, 'same'),
  },
  {
    name: 'two conv2d with relu between',
    inputs: [float([1, 5, 5, 2]), float([3, 3, 2, 3]), float([3]), float([3, 3, 3, 2])],
    run: (x, f, b, g) =>
      tf.conv2d(tf.tanh(tf.add(tf.conv2d(x, f, 1, 'same'), b) as tf.Tensor4D), g, 2, 'same'),
  },
  ...Object.entries(CONVOLUTIONS)
    .filter(([name]) => name !== 'strides 2 and 1')
    .flatMap(([name, window]) =>
      [1, 2].map((multiplier) => ({
        name: `depthwiseConv2d ${name}, multiplier ${multiplier}`,
        inputs: [
          float(window.picture),
          float([...window.filter.slice(0, 2), window.picture[3] as number, multiplier]),
        ],
        run: depthwise(window),
      })),
    ),
  {
    name: 'depthwiseConv2d dilated',
    inputs: [float([1, 7, 6, 2]), float([3, 2, 2, 2])],
    run: depthwise({ picture: [], filter: [], padding: 'same', dilations: 2 }),
    gradient: [],
  },
  {
    name: 'separableConv2d',
    inputs: [float([1, 5, 5, 2]), float([3, 3, 2, 2]), float([1, 1, 4, 3])],
    run: (x, d, p) => tf.separableConv2d(x, d, p, 1, 'same'),
  },
  ...Object.entries(POOLS).flatMap(([name, { picture, size, strides, padding, rounding }]) => [
    {
      name: `maxPool ${name}`,
      inputs: [float(picture, apart(sizeOf(picture)))],
      run: (x: tf.Tensor4D) => tf.maxPool(x, size, strides, padding as 'same', rounding),
    },
    {
      name: `avgPool ${name}`,
      inputs: [float(picture)],
      run: (x: tf.Tensor4D) => tf.avgPool(x, size, strides, padding as 'same', rounding),
      // tfjs divides by the whole window where part of it is padding.
      withoutReferenceGradient: padding !== 'valid',
    },
  ]),
  {
    name: 'maxPool of ties',
    inputs: [float([1, 4, 4, 1], listed(1, 2, 2, 1))],
    run: (x) => tf.maxPool(x, 2, 2, 'valid'),
    withoutDifferences: true,
  },
  {
    name: 'maxPool of ties, overlapping',
    inputs: [float([1, 5, 5, 1], listed(1, 2, 2, 1))],
    run: (x) => tf.maxPool(x, 3, 1, 'same'),
    withoutDifferences: true,
  },
  {
    name: 'maxPoolWithArgmax',
    inputs: [float([2, 4, 5, 2], apart(80))],
    gradient: [],
    run: (x) =>
      [false, true].flatMap((batch) => {
        const { result, indexes } = tf.maxPoolWithArgmax(x, 2, 2, 'same', batch) as unknown as {
          result: tf.Tensor;
          indexes: tf.Tensor;
        };
        return [result, indexes];
      }),
  },
  {
    name: 'pool',
    inputs: [float([1, 6, 6, 2], apart(72))],
    run: (x) => tf.pool(x, 2, 'max', 'valid', [1, 1], 2),
  },
  {
    name: 'pool dilated',
    inputs: [float([1, 6, 6, 2], apart(72))],
    run: (x) => [tf.pool(x, 2, 'max', 'valid', [2, 2], 1), tf.pool(x, 2, 'avg', 'same', [2, 2], 1)],
  },
  ...[false, true].flatMap((align) =>
    [false, true]
      .filter((half) => !(align && half))
      .flatMap((half) =>
        [
          [5, 7],
          [2, 3],
          [4, 5],
          [1, 1],
          [8, 10],
        ].map((size) => ({
          name: `resizeBilinear to ${size}${align ? ', corners' : ''}${half ? ', half pixels' : ''}`,
          inputs: [float([2, 4, 5, 2])],
          // tfjs exchanges height and width, and knows no half pixels.
          withoutReferenceGradient: true,
          run: (x: tf.Tensor4D) => tf.image.resizeBilinear(x, size as [number, number], align, half),
        })),
      ),
  ),
  ...[false, true].flatMap((align) =>
    [false, true]
      .filter((half) => !(align && half))
      .flatMap((half) =>
        [
          [5, 7],
          [2, 3],
          [4, 5],
          [1, 1],
          [8, 10],
        ].map((size) => ({
          name: `resizeNearestNeighbor to ${size}${align ? ', corners' : ''}${half ? ', half pixels' : ''}`,
          inputs: [float([2, 4, 5, 2])],
          // tfjs reads beside its errors where there is more than one channel.
          withoutReferenceGradient: true,
          run: (x: tf.Tensor4D) => tf.image.resizeNearestNeighbor(x, size as [number, number], align, half),
        })),
      ),
  ),
  {
    name: 'flipLeftRight',
    inputs: [float([2, 3, 4, 2])],
    gradient: [],
    run: (x) => tf.image.flipLeftRight(x),
  },
  {
    name: 'rotateWithOffset',
    inputs: [float([2, 5, 6, 2])],
    gradient: [],
    run: (x) => [tf.image.rotateWithOffset(x, 0.7), tf.image.rotateWithOffset(x, -0.3, 1.5, [0.2, 0.9])],
  },
  {
    name: 'rotateWithOffset filled by channel',
    inputs: [float([1, 5, 6, 3])],
    gradient: [],
    run: (x) => tf.image.rotateWithOffset(x, 1, [1, 2, 3], 0.5),
  },
  {
    name: 'cropAndResize',
    inputs: [
      float([2, 5, 6, 2]),
      float([3, 4], listed(0.1, 0.2, 0.8, 0.88, 0, 0, 1, 1, -0.2, 0.5, 0.6, 1.3)),
      whole([3], listed(0, 1, 1)),
    ],
    gradient: [],
    run: (x, boxes, at) => [
      tf.image.cropAndResize(x, boxes, at, [3, 4], 'bilinear', 0.5),
      tf.image.cropAndResize(x, boxes, at, [3, 4], 'nearest', 0.5),
      tf.image.cropAndResize(x, boxes, at, [1, 1]),
    ],
  },
  {
    name: 'grayscaleToRGB and rgbToGrayscale',
    inputs: [float([2, 2, 1]), float([2, 2, 3])],
    gradient: [],
    run: (g, c) => [tf.image.grayscaleToRGB(g), tf.image.rgbToGrayscale(c)],
  },
  ...ACTIVATIONS.flatMap((activation) => [
    {
      name: `fused.conv2d ${activation}`,
      inputs: [float([1, 4, 5, 2]), float([3, 3, 2, 3]), float([3])],
      gradient: activation === 'linear' ? [0, 1, 2] : [],
      run: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) =>
        tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation, leakyreluAlpha: 0.3 }),
    },
    {
      name: `fused.depthwiseConv2d ${activation}`,
      inputs: [float([1, 4, 5, 2]), float([3, 3, 2, 2]), float([4])],
      gradient: activation === 'linear' ? [0, 1, 2] : [],
      run: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) =>
        tf.fused.depthwiseConv2d({
          x,
          filter,
          bias,
          strides: 1,
          pad: 'same',
          activation,
          leakyreluAlpha: 0.3,
        }),
    },
  ]),
  {
    name: 'fused.conv2d prelu',
    inputs: [float([1, 4, 5, 2]), float([3, 3, 2, 3]), float([3])],
    gradient: [],
    run: (x, filter, bias) =>
      tf.fused.conv2d({
        x,
        filter,
        bias,
        strides: 1,
        pad: 'same',
        activation: 'prelu',
        preluActivationWeights: tf.tensor1d([0.1, 0.2, 0.3]),
      }),
  },
  {
    name: 'conv3d same',
    inputs: [float([1, 3, 4, 3, 2]), float([2, 3, 2, 2, 3])],
    run: (x, f) => tf.conv3d(x, f, 1, 'same'),
  },
  {
    name: 'conv3d strided',
    inputs: [float([1, 4, 5, 4, 2]), float([2, 2, 2, 2, 3])],
    run: (x, f) => tf.conv3d(x, f, [2, 1, 2], 'valid'),
  },
  {
    name: 'conv3dTranspose',
    inputs: [float([1, 2, 3, 2, 2]), float([2, 2, 2, 3, 2])],
    gradient: [],
    run: (x, f) => tf.conv3dTranspose(x, f, [1, 4, 6, 4, 3], 2, 'same'),
  },
  {
    name: 'maxPool3d',
    inputs: [float([1, 4, 4, 3, 2], apart(96))],
    run: (x) => tf.maxPool3d(x, 2, 2, 'valid'),
  },
  {
    name: 'maxPool3d overlapping',
    inputs: [float([1, 4, 4, 3, 2], apart(96))],
    run: (x) => tf.maxPool3d(x, 2, 1, 'same'),
  },
  { name: 'avgPool3d', inputs: [float([1, 4, 4, 3, 2])], run: (x) => tf.avgPool3d(x, 2, 2, 'valid') },
  {
    name: 'avgPool3d overlapping',
    inputs: [float([1, 4, 4, 3, 2])],
    run: (x) => tf.avgPool3d(x, 2, 1, 'same'),
    withoutReferenceGradient: true,
  },
  {
    name: 'dilation2d',
    inputs: [float([1, 5, 6, 2], apart(60)), float([2, 3, 2], between(-0.01, 0.01))],
    run: (x, f) => tf.dilation2d(x, f, 1, 'same'),
  },
  {
    name: 'dilation2d strided and dilated',
    inputs: [float([1, 7, 6, 2], apart(84)), float([2, 2, 2], between(-0.01, 0.01))],
    run: (x, f) => tf.dilation2d(x, f, [2, 1], 'valid', [1, 2]),
  },
  {
    name: 'transform',
    inputs: [float([1, 4, 5, 2]), float([1, 8], listed(1, 0.1, -0.4, 0.05, 0.9, 0.3, 0, 0.01))],
    gradient: [],
    run: (x, t) =>
      (['constant', 'reflect', 'wrap', 'nearest'] as const).flatMap((fill) => [
        tf.image.transform(x, t, 'bilinear', fill, 0.5),
        tf.image.transform(x, t, 'nearest', fill, 0.5),
      ]),
  },
  {
    name: 'meanPooling by mean',
    inputs: [float([2, 3, 4, 2], awayFromZero())],
    run: (x) => tf.mean(x, [1, 2]),
  },
];
