import { tf } from '../../../../src/lib/engine';
import { float, truth, whole } from '../draws';
import type { KernelCase } from '../harness';

const strided = (name: string, shape: number[], run: (x: tf.Tensor) => tf.Tensor): KernelCase => ({
  name: `stridedSlice ${name}`,
  inputs: [float(shape)],
  run,
});

export const shapeCases: KernelCase[] = [
  {
    name: 'reshape',
    inputs: [float([2, 6])],
    run: (x) => [tf.reshape(x, [3, 4]), tf.reshape(x, [-1]), tf.reshape(x, [1, 12, 1])],
  },
  {
    name: 'reshape of nothing',
    inputs: [float([0, 6])],
    run: (x) => [tf.reshape(x, [3, 0]), tf.reshape(x, [0, 2, 3])],
  },
  { name: 'reshape of one number', inputs: [float([1, 1])], run: (x) => tf.reshape(x, []) },
  {
    name: 'reshape bool and int32',
    inputs: [truth([2, 3]), whole([2, 3])],
    run: (x, y) => [tf.reshape(x, [6]), tf.reshape(y, [3, 2])],
  },
  {
    name: 'expandDims',
    inputs: [float([2, 3])],
    run: (x) => [tf.expandDims(x, 0), tf.expandDims(x, 1), tf.expandDims(x, -1), tf.expandDims(x, -2)],
  },
  { name: 'squeeze', inputs: [float([1, 2, 1, 3])], run: (x) => [tf.squeeze(x), tf.squeeze(x, [2])] },
  ...[
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [0, 2, 1],
    [2, 0, 1],
  ].map((perm) => ({
    name: `transpose ${perm}`,
    inputs: [float([2, 3, 4])],
    run: (x: tf.Tensor) => tf.transpose(x, perm),
  })),
  {
    name: 'transpose with axes of one',
    inputs: [float([2, 1, 3, 1])],
    run: (x) => [tf.transpose(x, [1, 0, 3, 2]), tf.transpose(x, [3, 2, 1, 0])],
  },
  {
    name: 'transpose twice',
    inputs: [float([2, 3, 4])],
    run: (x) => tf.transpose(tf.transpose(x, [1, 2, 0]), [1, 2, 0]),
  },
  {
    name: 'transpose int32 and bool',
    inputs: [whole([2, 3]), truth([2, 3])],
    run: (x, y) => [tf.transpose(x), tf.transpose(y)],
  },
  { name: 'transpose of nothing', inputs: [float([0, 3])], run: (x) => tf.transpose(x) },
  {
    name: 'slice',
    inputs: [float([4, 5])],
    run: (x) => [
      tf.slice(x, [1, 2], [2, 3]),
      tf.slice(x, [1], [2]),
      tf.slice(x, [0, 3], [-1, -1]),
      tf.slice(x, 2),
    ],
  },
  { name: 'slice of nothing', inputs: [float([4, 5])], run: (x) => tf.slice(x, [1, 2], [0, 3]) },
  {
    name: 'slice int32 and bool',
    inputs: [whole([5]), truth([5])],
    run: (x, y) => [tf.slice(x, [1], [3]), tf.slice(y, [0], [2])],
  },
  strided('steps', [6, 7], (x) => tf.stridedSlice(x, [1, 0], [6, 7], [2, 3])),
  strided('backwards', [6, 7], (x) => tf.stridedSlice(x, [5, 6], [0, 1], [-2, -1])),
  strided('negative ends', [6, 7], (x) => tf.stridedSlice(x, [-4, -6], [-1, -1], [1, 2])),
  strided('begin and end masks', [6, 7], (x) => tf.stridedSlice(x, [3, 3], [4, 4], [1, 2], 1, 2)),
  strided('backwards with masks', [6, 7], (x) => tf.stridedSlice(x, [3, 3], [4, 4], [-1, -2], 3, 3)),
  strided('ellipsis', [2, 3, 4, 5], (x) => tf.stridedSlice(x, [0, 0, 1], [1, 0, 4], [1, 1, 2], 0, 0, 2)),
  strided('new axis', [4, 5], (x) => tf.stridedSlice(x, [0, 1, 0], [1, 3, 2], [1, 1, 1], 0, 0, 0, 1)),
  {
    name: 'stridedSlice shrink axis',
    inputs: [float([4, 5], (_, i) => i)],
    run: (x) => tf.stridedSlice(x, [1, 1], [2, 4], [1, 2], 0, 0, 0, 0, 1),
    // tfjs reads elsewhere.
    expected: [[6, 8]],
  },
  strided('nothing', [4, 5], (x) => tf.stridedSlice(x, [3, 1], [3, 4], [1, 1])),
  strided('everything', [4, 5], (x) => tf.stridedSlice(x, [0, 0], [4, 5], [1, 1])),
  {
    name: 'reverse',
    inputs: [float([2, 3, 4])],
    run: (x) => [tf.reverse(x), tf.reverse(x, 1), tf.reverse(x, [0, -1]), tf.reverse(x, [])],
  },
  {
    name: 'reverse int32 and bool',
    inputs: [whole([4]), truth([4])],
    run: (x, y) => [tf.reverse(x), tf.reverse(y)],
  },
  ...[0, 1, -1].map((axis) => ({
    name: `concat axis ${axis}`,
    inputs: axis === 0 ? [float([2, 3]), float([1, 3])] : [float([2, 3]), float([2, 1]), float([2, 2])],
    run: (...all: tf.Tensor[]) => tf.concat(all, axis),
  })),
  {
    name: 'concat with nothing',
    inputs: [float([0, 3]), float([2, 3])],
    run: (a, b) => tf.concat([a, b, a], 0),
  },
  { name: 'concat of nothing', inputs: [float([0, 3]), float([0, 3])], run: (a, b) => tf.concat([a, b], 0) },
  {
    name: 'concat int32 and bool',
    inputs: [whole([2]), truth([2])],
    run: (a, b) => [tf.concat([a, a]), tf.concat([b, b])],
  },
  { name: 'concat of one twice', inputs: [float([2, 3])], run: (a) => tf.concat([a, a], 1) },
  ...[0, 1, 2, -1].map((axis) => ({
    name: `stack axis ${axis}`,
    inputs: [float([2, 3]), float([2, 3])],
    run: (...all: tf.Tensor[]) => tf.stack(all, axis),
  })),
  { name: 'stack scalars', inputs: [float([]), float([])], run: (...all) => tf.stack(all) },
  { name: 'stack of one', inputs: [float([3])], run: (x) => tf.stack([x, x, x]) },
  ...[0, 1, -1].map((axis) => ({
    name: `unstack axis ${axis}`,
    inputs: [float([2, 3])],
    run: (x: tf.Tensor) => tf.unstack(x, axis),
  })),
  {
    name: 'split',
    inputs: [float([2, 6])],
    run: (x) => [...tf.split(x, 3, 1), ...tf.split(x, [1, 2, 3], 1), ...tf.split(x, 2, 0)],
  },
  { name: 'split with -1', inputs: [float([2, 6])], run: (x) => tf.split(x, [2, -1, 1], -1) },
  {
    name: 'split of which one part is used',
    inputs: [float([2, 6])],
    run: (x) => tf.split(x, 3, 1)[1] as tf.Tensor,
  },
  {
    name: 'pad',
    inputs: [float([2, 3])],
    run: (x) => [
      tf.pad(x, [
        [1, 2],
        [0, 1],
      ]),
      tf.pad(x, [
        [0, 0],
        [0, 0],
      ]),
      tf.pad(
        x,
        [
          [0, 0],
          [3, 0],
        ],
        -1.5,
      ),
    ],
  },
  { name: 'pad int32', inputs: [whole([3])], run: (x) => tf.pad(x, [[1, 1]], 7) },
  { name: 'pad bool', inputs: [truth([3])], run: (x) => tf.pad(x, [[1, 1]]) },
  {
    name: 'pad of nothing',
    inputs: [float([0, 2])],
    run: (x) =>
      tf.pad(x, [
        [1, 1],
        [0, 0],
      ]),
  },
  {
    name: 'mirrorPad reflect',
    inputs: [float([3, 4])],
    run: (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [0, 3],
        ],
        'reflect',
      ),
  },
  {
    name: 'mirrorPad symmetric',
    inputs: [float([3, 4])],
    run: (x) =>
      tf.mirrorPad(
        x,
        [
          [3, 1],
          [0, 4],
        ],
        'symmetric',
      ),
  },
  { name: 'tile', inputs: [float([2, 3])], run: (x) => [tf.tile(x, [2, 3]), tf.tile(x, [1, 2])] },
  {
    name: 'tile of ones',
    inputs: [float([1, 3])],
    run: (x) => [tf.tile(x, [4, 1]), tf.tile(x, [2, 2]), tf.tile(x, [1, 1])],
  },
  {
    name: 'tile int32 and bool',
    inputs: [whole([2]), truth([2])],
    run: (x, y) => [tf.tile(x, [2]), tf.tile(y, [3])],
  },
  { name: 'tile to nothing', inputs: [float([2, 3])], run: (x) => tf.tile(x, [0, 1]), gradient: [] },
  {
    name: 'broadcastTo',
    inputs: [float([3, 1])],
    run: (x) => [tf.broadcastTo(x, [3, 4]), tf.broadcastTo(x, [2, 3, 4]), tf.broadcastTo(x, [3, 1])],
  },
  {
    name: 'BroadcastArgs',
    inputs: [whole([2], (_, i) => [3, 1][i] as number), whole([3], (_, i) => [2, 1, 4][i] as number)],
    run: (s0, s1) => tf.engine().runKernel('BroadcastArgs', { s0, s1 }) as tf.Tensor,
  },
  {
    name: 'zerosLike and onesLike',
    inputs: [float([2, 3]), whole([2]), truth([2])],
    gradient: [],
    run: (a, b, c) => [a, b, c].flatMap((x) => [tf.zerosLike(x), tf.onesLike(x)]),
  },
  {
    name: 'fill, range, linspace, eye',
    inputs: [float([2])],
    gradient: [],
    run: () => [
      tf.fill([2, 3], 1.5),
      tf.fill([2], 3, 'int32'),
      tf.fill([0, 2], 1),
      tf.range(0, 5),
      tf.range(5, 0, -2),
      tf.range(0, 1, 0.25),
      tf.range(0, 6, 2, 'int32'),
      tf.linspace(-1, 2, 7),
      tf.linspace(3, 3, 1),
      tf.eye(3),
    ],
  },
  { name: 'diag', inputs: [float([4])], gradient: [], run: (x) => tf.diag(x) },
  { name: 'diag of a matrix', inputs: [float([2, 3])], gradient: [], run: (x) => tf.diag(x) },
  { name: 'diag int32', inputs: [whole([3])], run: (x) => tf.diag(x) },
  { name: 'depthToSpace', inputs: [float([2, 2, 3, 8])], gradient: [], run: (x) => tf.depthToSpace(x, 2) },
  {
    name: 'spaceToBatchND',
    inputs: [float([1, 3, 4, 2])],
    run: (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 1],
          [1, 1],
        ],
      ),
  },
  {
    name: 'batchToSpaceND',
    inputs: [float([4, 2, 3, 1])],
    run: (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
  },
  {
    name: 'spaceToBatchND on one axis',
    inputs: [float([2, 4, 3])],
    run: (x) => tf.spaceToBatchND(x, [2], [[0, 0]]),
  },
  { name: 'bandPart', inputs: [float([4, 4])], gradient: [], run: (x) => tf.linalg.bandPart(x, 1, 2) },
];
