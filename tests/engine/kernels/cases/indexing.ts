import { tf } from '../../../../src/lib/engine';
import { apart, float, listed, truth, whole, wholeBetween } from '../draws';
import type { KernelCase } from '../harness';

const upTo = (size: number) => wholeBetween(0, size - 1);

export const indexingCases: KernelCase[] = [
  { name: 'gather rows', inputs: [float([5, 3]), whole([4], upTo(5))], run: (x, i) => tf.gather(x, i) },
  {
    name: 'gather the same row often',
    inputs: [float([5, 3]), whole([6], listed(2, 2, 0, 2, 4, 4))],
    run: (x, i) => tf.gather(x, i),
  },
  {
    name: 'gather by a matrix',
    inputs: [float([5, 3]), whole([2, 4], upTo(5))],
    run: (x, i) => tf.gather(x, i),
  },
  {
    name: 'gather axis 1',
    inputs: [float([2, 5, 3]), whole([4], upTo(5))],
    run: (x, i) => tf.gather(x, i, 1),
  },
  {
    name: 'gather axis -1',
    inputs: [float([2, 5, 3]), whole([2, 2], upTo(3))],
    run: (x, i) => tf.gather(x, i, -1),
  },
  { name: 'gather one row', inputs: [float([5, 3]), whole([], listed(3))], run: (x, i) => tf.gather(x, i) },
  {
    name: 'gather int32 and bool',
    inputs: [whole([5]), truth([5]), whole([3], upTo(5))],
    run: (x, y, i) => [tf.gather(x, i), tf.gather(y, i)],
  },
  {
    name: 'gather nothing',
    inputs: [float([5, 3]), whole([0])],
    run: (x, i) => tf.gather(x, i),
    gradient: [],
  },
  {
    name: 'gather batchDims 1',
    inputs: [float([2, 5, 3]), whole([2, 4], upTo(5))],
    run: (x, i) => tf.gather(x, i, 1, 1),
  },
  {
    name: 'gather batchDims 1, axis 2',
    inputs: [float([2, 3, 5]), whole([2, 4], upTo(5))],
    run: (x, i) => tf.gather(x, i, 2, 1),
    gradient: [],
  },
  {
    name: 'gather batchDims 2',
    inputs: [float([2, 3, 5, 2]), whole([2, 3, 4], upTo(5))],
    run: (x, i) => tf.gather(x, i, 2, 2),
    gradient: [],
  },
  {
    name: 'gatherND',
    inputs: [float([3, 4, 2]), whole([5, 2], upTo(3))],
    run: (x, i) => tf.gatherND(x, i),
  },
  {
    name: 'gatherND whole coordinates',
    inputs: [float([3, 4]), whole([2, 3, 2], upTo(3))],
    run: (x, i) => tf.gatherND(x, i),
  },
  {
    name: 'unsortedSegmentSum',
    inputs: [float([6, 2]), whole([6], upTo(4))],
    run: (x, i) => tf.unsortedSegmentSum(x, i, 4),
  },
  {
    name: 'unsortedSegmentSum drops numbers out of range',
    inputs: [float([5, 2]), whole([5], listed(0, -1, 2, 7, 2))],
    run: (x, i) => tf.unsortedSegmentSum(x, i, 3),
    gradient: [],
  },
  {
    name: 'unsortedSegmentSum int32',
    inputs: [whole([6]), whole([6], upTo(4))],
    run: (x, i) => tf.cast(tf.unsortedSegmentSum(x, i, 4), 'int32'),
  },
  {
    name: 'scatterND',
    inputs: [float([4, 2]), whole([4, 1], listed(1, 3, 1, 0))],
    run: (x, i) => tf.scatterND(i, x, [5, 2]),
  },
  {
    name: 'scatterND int32',
    inputs: [whole([3]), whole([3, 2], upTo(3))],
    run: (x, i) => tf.scatterND(i, x, [3, 3]),
  },
  {
    name: 'tensorScatterUpdate',
    inputs: [float([5, 2]), float([2, 2]), whole([2, 1], listed(3, 0))],
    run: (x, u, i) => tf.tensorScatterUpdate(x, i, u),
  },
  {
    name: 'sparseToDense',
    inputs: [whole([3, 2], listed(0, 1, 1, 2, 2, 0)), float([3]), float([])],
    run: (i, v, d) => tf.sparseToDense(i, v, [3, 4], d),
    gradient: [],
  },
  {
    name: 'sparseToDense of one value',
    inputs: [whole([3], listed(0, 2, 3)), whole([], listed(7)), whole([], listed(-1))],
    run: (i, v, d) => tf.sparseToDense(i, v, [5], d),
  },
  {
    name: 'oneHot',
    inputs: [whole([2, 3], wholeBetween(-1, 4))],
    run: (i) => [
      tf.oneHot(i, 4),
      tf.oneHot(i, 4, 0.9, 0.1),
      tf.oneHot(i, 3, 1, 0, 'int32'),
      tf.oneHot(i, 3, 1, 0, 'bool'),
    ],
  },
  {
    name: 'oneHot with whole values',
    inputs: [whole([3], upTo(3))],
    run: (i) => tf.oneHot(i, 3, 5, -2, 'int32'),
  },
  {
    name: 'topk',
    inputs: [float([3, 6], apart(18))],
    run: (x) => {
      const { values, indices } = tf.topk(x, 3);
      return [values, indices];
    },
    gradient: [],
  },
  {
    name: 'topk of ties takes the first',
    inputs: [float([2, 5], listed(1, 3, 3, 2, 3, 0, 0, 0, 0, 0))],
    run: (x) => {
      const { values, indices } = tf.topk(x, 4);
      return [values, indices];
    },
    gradient: [],
  },
  {
    name: 'topk int32',
    inputs: [whole([2, 5], listed(5, -1, 3, 9, 0))],
    run: (x) => {
      const { values, indices } = tf.topk(x, 2);
      return [values, indices];
    },
  },
  {
    name: 'topk of all',
    inputs: [float([4], apart(4))],
    run: (x) => {
      const { values, indices } = tf.topk(x, 4);
      return [values, indices];
    },
    gradient: [],
  },
  {
    name: 'bincount',
    inputs: [whole([9], wholeBetween(0, 6)), float([9])],
    run: (x, w) => tf.bincount(x, w, 5),
    gradient: [],
  },
  {
    name: 'bincount without weights',
    inputs: [whole([9], wholeBetween(0, 6))],
    run: (x) => tf.bincount(x, tf.tensor1d([]), 5),
  },
  {
    name: 'denseBincount',
    inputs: [whole([2, 6], wholeBetween(0, 5)), float([2, 6])],
    run: (x, w) => [
      tf.denseBincount(x, w, 5),
      tf.denseBincount(x, tf.tensor2d([], [0, 0]), 5, true),
      tf.denseBincount(x, tf.tensor2d([], [0, 0]), 5),
    ],
    gradient: [],
  },
  {
    name: 'searchSorted',
    inputs: [
      float([2, 5], listed(-2, -1, 0, 0, 3, 0, 1, 2, 3, 4)),
      float([2, 4], listed(-3, 0, 1, 5, 0, 2.5, 4, 9)),
    ],
    run: (s, v) => [tf.searchSorted(s, v, 'left'), tf.searchSorted(s, v, 'right')],
    gradient: [],
  },
  {
    name: 'lowerBound and upperBound',
    inputs: [float([1, 5], listed(-2, -1, 0, 0, 3)), float([1, 4], listed(-3, 0, 1, 5))],
    run: (s, v) => [tf.lowerBound(s, v), tf.upperBound(s, v)],
    gradient: [],
  },
];
