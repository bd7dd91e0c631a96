/**
 * @file Gradients that tfjs 4.22 lacks or has wrong, registered over its own, for compiled and eager functions
 * alike. Wrong there: operands that broadcast (maximum, minimum, squaredDifference, matMul), cumsum along any axis
 * but the last, mirrorPad, negative axes of prod and gather. Lacking: comparisons, stridedSlice, gatherND,
 * scatterND and tensorScatterUpdate.
 */
import * as tf from '@tensorflow/tfjs-core';

type Attributes = Record<string, unknown>;

function register(
  kernelName: string,
  inputsToSave: string[],
  gradFunc: (dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes) => Record<string, () => tf.Tensor>,
): void {
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attributes) => gradFunc(dy as tf.Tensor, saved, attributes as Attributes),
  });
}

/** tfjs's own gradient with other attributes. */
function adjust(kernelName: string, change: (attributes: Attributes, x: tf.Tensor) => Attributes): void {
  const known = tf.getGradient(kernelName);
  tf.registerGradient({
    ...known,
    gradFunc: (dy, saved, attributes) =>
      known.gradFunc(dy, saved, change(attributes as Attributes, saved[0] as tf.Tensor) as tf.NamedAttrMap),
  });
}

/** dy summed over the axes along which an operand of `shape` was broadcast. */
function sumTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const missing = dy.rank - shape.length;
  const axes = dy.shape.flatMap((size, axis) =>
    axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, [...shape]);
}

/** The gradient of each operand of an elementwise function, summed to the operand's shape. */
function elementwise(
  kernelName: string,
  gradients: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => { a: () => tf.Tensor; b: () => tf.Tensor },
): void {
  register(kernelName, ['a', 'b'], (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    const each = gradients(dy, a, b);
    return { a: () => sumTo(each.a(), a.shape), b: () => sumTo(each.b(), b.shape) };
  });
}

const float = (truth: tf.Tensor) => tf.cast(truth, 'float32');

elementwise('Maximum', (dy, a, b) => ({
  a: () => tf.mul(dy, float(tf.greaterEqual(a, b))),
  b: () => tf.mul(dy, float(tf.less(a, b))),
}));

elementwise('Minimum', (dy, a, b) => ({
  a: () => tf.mul(dy, float(tf.lessEqual(a, b))),
  b: () => tf.mul(dy, float(tf.greater(a, b))),
}));

elementwise('SquaredDifference', (dy, a, b) => ({
  a: () => tf.mul(dy, tf.mul(tf.sub(a, b), 2)),
  b: () => tf.mul(dy, tf.mul(tf.sub(b, a), 2)),
}));

// tfjs has this of greaterEqual alone, so that a mask made by another comparison stops a gradient with an error.
for (const comparison of ['Greater', 'Less', 'LessEqual', 'Equal', 'NotEqual']) {
  elementwise(comparison, (_, a, b) => ({ a: () => tf.zerosLike(a), b: () => tf.zerosLike(b) }));
}

register('BatchMatMul', ['a', 'b'], (dy, saved, attributes) => {
  const [a, b] = saved as [tf.Tensor, tf.Tensor];
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  const byA = () => (transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB));
  const byB = () => {
    if (b.rank === 2 && a.rank > 2 && !transposeA) {
      // One matrix for all: the rows of all batches are the rows of one product.
      const [x, errors] = [a, dy].map((rows) => tf.reshape(rows, [-1, rows.shape.at(-1) as number]));
      return transposeB
        ? tf.matMul(errors as tf.Tensor, x as tf.Tensor, true, false)
        : tf.matMul(x as tf.Tensor, errors as tf.Tensor, true, false);
    }
    return transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false);
  };
  return { a: () => sumTo(byA(), a.shape), b: () => sumTo(byB(), b.shape) };
});

register('Cumsum', ['x'], (dy, _, attributes) => {
  const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean };
  return { x: () => tf.cumsum(dy, axis, exclusive, !reverse) };
});

adjust('Prod', ({ axis, ...rest }, x) => {
  const axes = tf.util.parseAxisParam((axis as number[]) ?? [...x.shape.keys()], x.shape);
  return { ...rest, axis: axes.toSorted((i, j) => i - j) };
});
adjust('GatherV2', ({ axis, ...rest }, x) => ({
  ...rest,
  axis: tf.util.parseAxisParam(axis as number, x.shape)[0],
}));

/** Along one axis, dy put back where the slice took it from, zeros between. */
function unslice(dy: tf.Tensor, axis: number, begin: number, stride: number, size: number): tf.Tensor {
  const count = dy.shape[axis] as number;
  const step = Math.abs(stride);
  const first = stride > 0 ? begin : begin + (count - 1) * stride;
  const length = (count - 1) * step + 1;
  let x = stride > 0 ? dy : tf.reverse(dy, axis);
  const at = (width: [number, number], rank: number, where: number) =>
    Array.from({ length: rank }, (_, i): [number, number] => (i === where ? width : [0, 0]));
  if (step > 1) {
    const apart = tf.expandDims(x, axis + 1);
    const spread = tf.pad(apart, at([0, step - 1], x.rank + 1, axis + 1));
    const laid = tf.reshape(spread, x.shape.with(axis, count * step));
    x = tf.slice(
      laid,
      laid.shape.map(() => 0),
      laid.shape.with(axis, length),
    );
  }
  return tf.pad(x, at([first, size - first - length], x.rank, axis));
}

register('StridedSlice', ['x'], (dy, saved, attributes) => {
  const [x] = saved as [tf.Tensor];
  const a = attributes as Record<'begin' | 'end' | 'strides', number[]> & Record<string, number>;
  const { begin, end, strides } = tf.slice_util.sliceInfo(
    x.shape,
    a.begin,
    a.end,
    a.strides,
    a.beginMask as number,
    a.endMask as number,
    a.ellipsisMask as number,
    a.newAxisMask as number,
    a.shrinkAxisMask as number,
  );
  const dx = () => {
    if (dy.size === 0) return tf.zerosLike(x);
    const taken = tf.reshape(dy, tf.slice_util.computeOutShape(begin, end, strides));
    return x.shape.reduce(
      (sum, size, axis) => unslice(sum, axis, begin[axis] as number, strides[axis] as number, size),
      taken,
    );
  };
  return { x: dx };
});

/** Along one axis, the errors of the mirrored ends added to those of what they mirror. */
function fold(dy: tf.Tensor, axis: number, [before, after]: [number, number], edge: number): tf.Tensor {
  const size = (dy.shape[axis] as number) - before - after;
  const cut = (from: number, length: number) =>
    tf.slice(dy, dy.shape.map(() => 0).with(axis, from), dy.shape.with(axis, length));
  const place = (part: tf.Tensor, from: number) => {
    const rest = size - from - (part.shape[axis] as number);
    return tf.pad(
      part,
      part.shape.map((_, i): [number, number] => (i === axis ? [from, rest] : [0, 0])),
    );
  };
  let sum = cut(before, size);
  if (before > 0) sum = tf.add(sum, place(tf.reverse(cut(0, before), axis), 1 - edge));
  if (after > 0) {
    const mirrored = tf.reverse(cut(before + size, after), axis);
    sum = tf.add(sum, place(mirrored, size - 1 + edge - after));
  }
  return sum;
}

register('MirrorPad', ['x'], (dy, _, attributes) => {
  const { paddings, mode } = attributes as { paddings: [number, number][]; mode: string };
  const edge = mode === 'symmetric' ? 1 : 0;
  return { x: () => paddings.reduce((sum, widths, axis) => fold(sum, axis, widths, edge), dy) };
});

register('GatherNd', ['params', 'indices'], (dy, saved) => {
  const [params, indices] = saved as [tf.Tensor, tf.Tensor];
  return {
    params: () => tf.scatterND(indices, dy, params.shape),
    indices: () => tf.zerosLike(indices),
  };
});

register('ScatterNd', ['indices'], (dy, saved) => {
  const [indices] = saved as [tf.Tensor];
  return { indices: () => tf.zerosLike(indices), updates: () => tf.gatherND(dy, indices) };
});

register('TensorScatterUpdate', ['indices', 'updates'], (dy, saved) => {
  const [indices, updates] = saved as [tf.Tensor, tf.Tensor];
  return {
    // Over fresh ones: tfjs writes the updates into the tensor that it is given.
    tensor: () =>
      tf.mul(dy, tf.tensorScatterUpdate(tf.onesLike(dy), indices as tf.Tensor2D, tf.zerosLike(updates))),
    indices: () => tf.zerosLike(indices),
    updates: () => tf.gatherND(dy, indices),
  };
});
