import { tf } from '../../../../src/lib/engine';
import { apart, between, float, listed, randomShape, truth, whole } from '../draws';
import type { CaseInput, Draw, KernelCase } from '../harness';

// biome-ignore lint/suspicious/noExplicitAny: tfjs gives each reduction a result of its own rank
type Reduce = (x: tf.Tensor, axis?: any, keepDims?: boolean) => tf.Tensor;

/** A reduction over no axis given, one, several, negative ones, kept and not. */
function over(
  name: string,
  run: Reduce,
  draw?: (size: number) => Draw,
  rest: Partial<KernelCase> = {},
): KernelCase[] {
  const shape = randomShape(4, name)
    .map((size) => size + 1)
    .slice(0, 3);
  const size = shape.reduce((a, b) => a * b, 1);
  const input: CaseInput = float(shape, draw?.(size));
  const axes: [string, number | number[] | undefined][] = [
    ['all', undefined],
    ['first', 0],
    ['last', -1],
    ['two', [0, 2]],
    ['two, out of order', [-1, 1]],
    ['none', []],
  ];
  return axes.flatMap(([kind, axis]) =>
    [false, true].map((keep) => ({
      name: `${name} ${kind}${keep ? ' kept' : ''}`,
      inputs: [input],
      run: (x: tf.Tensor) => run(x, axis, keep),
      ...rest,
    })),
  );
}

const argument = (name: string, run: (x: tf.Tensor, axis?: number) => tf.Tensor): KernelCase[] => [
  ...[0, 1, 2, -1].map((axis) => ({
    name: `${name} axis ${axis}`,
    inputs: [float([3, 4, 2])],
    gradient: [],
    run: (x: tf.Tensor) => run(x, axis),
  })),
  { name: `${name} int32`, inputs: [whole([3, 4])], run: (x) => run(x, 1) },
  { name: `${name} bool`, inputs: [truth([3, 4])], run: (x) => run(x, 1) },
  {
    name: `${name} of ties is the first`,
    inputs: [float([2, 5], listed(1, 3, 3, 1, 1, 2, 2, 2, 2, 2))],
    gradient: [],
    run: (x) => run(x, -1),
  },
];

export const reductionCases: KernelCase[] = [
  ...over('sum', tf.sum),
  ...over('mean', tf.mean),
  ...over('max', tf.max, apart),
  ...over('min', tf.min, apart),
  ...over('prod', tf.prod, () => between(0.6, 1.4)),
  ...over('logSumExp', tf.logSumExp),
  {
    name: 'sum of many rows',
    inputs: [float([24, 17]), float([4, 6, 17])],
    run: (x, y) => [
      tf.sum(x, 0),
      tf.sum(x, 0, true),
      tf.sum(y, [0, 1]),
      tf.sum(tf.tanh(tf.reshape(x, [2, 12, 17])), [0, 1]),
    ],
  },
  { name: 'sum int32', inputs: [whole([3, 4])], run: (x) => [tf.sum(x), tf.sum(x, 0)] },
  { name: 'sum bool', inputs: [truth([3, 4])], run: (x) => [tf.sum(x), tf.sum(x, 1, true)] },
  { name: 'mean int32', inputs: [whole([3, 4])], run: (x) => tf.mean(x, 1) },
  { name: 'mean bool', inputs: [truth([3, 4])], run: (x) => tf.mean(x, 1) },
  {
    name: 'max and min int32',
    inputs: [whole([3, 4])],
    run: (x) => [tf.max(x, 1), tf.min(x), tf.prod(x, 0)],
  },
  { name: 'max and min bool', inputs: [truth([3, 4])], run: (x) => [tf.max(x, 1), tf.min(x, 1)] },
  { name: 'prod bool', inputs: [truth([3, 4])], run: (x) => tf.prod(x, 1) },
  { name: 'sum over nothing', inputs: [float([0, 3])], run: (x) => [tf.sum(x), tf.sum(x, 0), tf.sum(x, 1)] },
  {
    name: 'gradient of max shares among ties',
    inputs: [float([2, 3], listed(1, 2, 2, 3, 3, 3))],
    run: (x) => tf.max(x, 1),
    withoutDifferences: true,
  },
  {
    name: 'all',
    inputs: [truth([4, 3], (g) => Number(g.integer(4) > 0))],
    run: (x) => [tf.all(x), tf.all(x, 1), tf.all(x, [0], true)],
  },
  {
    name: 'any',
    inputs: [truth([4, 3], (g) => Number(g.integer(4) === 0))],
    run: (x) => [tf.any(x), tf.any(x, -1), tf.any(x, [0], true)],
  },
  ...argument('argMax', tf.argMax),
  ...argument('argMin', tf.argMin),
  ...[[5], [2, 3], [2, 3, 4]].map((shape) => ({
    name: `softmax [${shape}]`,
    inputs: [float(shape)],
    run: (x: tf.Tensor) => tf.softmax(x),
  })),
  {
    name: 'softmax of masked numbers',
    inputs: [float([2, 3, 5]), float([3, 5], (_, i) => (i % 5 > i / 5 ? -1e9 : 0))],
    gradient: [0],
    run: (x, mask) => tf.softmax(tf.add(x, mask)),
  },
  {
    name: 'softmax where everything is masked',
    inputs: [float([2, 4]), float([4], () => -1e9)],
    gradient: [],
    run: (x, mask) => tf.softmax(tf.add(x, mask)),
  },
  {
    name: 'softmax of large numbers',
    inputs: [float([2, 3], listed(1000, 1001, 999, -1e9, 0, -1e9))],
    run: (x) => tf.softmax(x),
    gradient: [],
  },
  ...[-1, 0, 1].map((axis) => ({
    name: `logSoftmax axis ${axis}`,
    inputs: [float(axis === 0 ? [4] : [3, 4])],
    run: (x: tf.Tensor) => tf.logSoftmax(x, axis === -1 ? -1 : axis),
  })),
  ...[
    [0, false, false],
    [1, true, false],
    [1, false, true],
    [0, true, true],
  ].flatMap(([axis, exclusive, reverse]) => [
    {
      name: `cumsum axis ${axis}, exclusive ${exclusive}, reverse ${reverse}`,
      inputs: [float([3, 4])],
      run: (x: tf.Tensor) => tf.cumsum(x, axis as number, exclusive as boolean, reverse as boolean),
    },
    {
      name: `cumprod axis ${axis}, exclusive ${exclusive}, reverse ${reverse}`,
      inputs: [float([5, 4])],
      gradient: [],
      run: (x: tf.Tensor) => tf.cumprod(x, axis as number, exclusive as boolean, reverse as boolean),
    },
  ]),
  {
    name: 'cumsum int32 and bool',
    inputs: [whole([2, 3]), truth([4])],
    run: (x, y) => [tf.cumsum(x, 1), tf.cumsum(y, 0)],
  },
  { name: 'cumsum along the middle', inputs: [float([2, 3, 2])], run: (x) => tf.cumsum(x, 1) },
  {
    name: 'moments',
    inputs: [float([3, 4, 2])],
    run: (x) => {
      const { mean, variance } = tf.moments(x, [0, 2], true);
      return [mean, variance];
    },
  },
  { name: 'norm', inputs: [float([3, 4])], run: (x) => [tf.norm(x), tf.norm(x, 1, 1)] },
  {
    name: 'batchNorm',
    inputs: [float([2, 3, 2, 4]), float([4]), float([4], between(0.5, 2)), float([4]), float([4])],
    run: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 1e-3),
  },
  {
    name: 'batchNorm without scale and offset',
    inputs: [float([5, 4]), float([4]), float([4], between(0.5, 2))],
    gradient: [],
    run: (x, mean, variance) => tf.batchNorm(x, mean, variance),
  },
  {
    name: 'localResponseNormalization',
    inputs: [float([2, 2, 2, 7])],
    run: (x) => tf.localResponseNormalization(x, 2, 1, 0.5, 0.75),
  },
];
