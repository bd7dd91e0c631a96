/**
 * @file Emitters of nodes that move or repeat elements without computing: reshape, transpose, expand, slice, join,
 * pad, gather. Reshapes of reshapes become one, transposes that cancel or move nothing vanish.
 */
import { type ElementType, sizeOf } from './element-types';
import type { Graph, GraphNode, Value } from './graph';

/** Constants up to this many elements are reshaped when the graph is made. */
const SMALL_CONSTANT = 4096;

/** An end before the first element, for slices with a negative step: ONNX takes any very negative number. */
const BEFORE_FIRST = -(2 ** 31);

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** The node that makes `value`, if it is ONNX's `op`. */
export function madeBy(value: Value, op: string): GraphNode | null {
  return value.producer?.op === op && value.producer.domain === '' ? value.producer : null;
}

/** `x` repeated to fill `shape`, by NumPy's rule; `x` itself where it has that shape. */
export function expand(graph: Graph, x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  const inner = madeBy(x, 'Expand')?.inputs[0];
  if (inner && inner.shape.length === x.shape.length) return expand(graph, inner, shape);
  return graph.node('Expand', [x, graph.int64(shape)], { type: x.type, shape });
}

/** A tensor of one number throughout. */
export function full(graph: Graph, shape: readonly number[], number: number, type: ElementType): Value {
  return expand(graph, graph.scalar(number, type), shape);
}

/** The numbers 0, 1, … `count` − 1 as an int32 constant of shape [count]. */
export function range(graph: Graph, count: number): Value {
  return graph.constant(
    Int32Array.from({ length: count }, (_, i) => i),
    'int32',
    [count],
  );
}

export function reshape(graph: Graph, x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  if (x.constant && sizeOf(shape) <= SMALL_CONSTANT) return graph.constant(x.constant, x.type, shape);
  const before = madeBy(x, 'Reshape')?.inputs[0];
  if (before) return reshape(graph, before, shape);
  const wide = madeBy(x, 'Expand')?.inputs[0];
  if (wide && sizeOf(wide.shape) === 1) return expand(graph, reshape(graph, wide, []), shape);
  // Without `allowzero` ONNX reads a 0 as "the size of this axis before".
  const options = shape.includes(0) ? { attributes: { allowzero: 1 } } : {};
  return graph.node('Reshape', [x, graph.int64(shape)], { type: x.type, shape }, options);
}

export function transpose(graph: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis] as number);
  if (permutation.every((axis, i) => axis === i)) return x;
  const before = madeBy(x, 'Transpose');
  if (before) {
    const first = before.attributes.perm as readonly number[];
    const both = permutation.map((axis) => first[axis] as number);
    return transpose(graph, before.inputs[0] as Value, both);
  }
  const wide = madeBy(x, 'Expand')?.inputs[0];
  if (wide && sizeOf(wide.shape) === 1) return expand(graph, reshape(graph, wide, []), shape);
  // Axes of length 1 that change place among the others move no element.
  const moved = permutation.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] as number))) return reshape(graph, x, shape);
  return graph.node('Transpose', [x], { type: x.type, shape }, { attributes: { perm: [...permutation] } });
}

/** The part of `x` from `begin`, `size` elements along each axis; `size` as wide as `x` gives `x`. */
export function slice(graph: Graph, x: Value, begin: readonly number[], size: readonly number[]): Value {
  if (sameShape(x.shape, size)) return x;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => size[axis] !== x.shape[axis]);
  const starts = axes.map((axis) => begin[axis] as number);
  const ends = axes.map((axis) => (begin[axis] as number) + (size[axis] as number));
  return graph.node('Slice', [x, graph.int64(starts), graph.int64(ends), graph.int64(axes)], {
    type: x.type,
    shape: size,
  });
}

/** Along each of `axes`, every `steps`-th element from `starts` to before `ends`; all have the axes' length. */
export function stridedSlice(
  graph: Graph,
  x: Value,
  { axes, starts, ends, steps }: Record<'axes' | 'starts' | 'ends' | 'steps', readonly number[]>,
): Value {
  const shape = [...x.shape];
  for (const [i, axis] of axes.entries()) {
    const [start, end, step] = [starts[i], ends[i], steps[i]] as [number, number, number];
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  }
  // A step backwards that takes the first element ends at −1, which ONNX would read as "the last".
  const written = ends.map((end) => (end < 0 ? BEFORE_FIRST : end));
  const inputs = [x, ...[starts, written, axes, steps].map((numbers) => graph.int64(numbers))];
  return graph.node('Slice', inputs, { type: x.type, shape });
}

/** `x` with the order of the elements along `axes` turned round. */
export function reverse(graph: Graph, x: Value, axes: readonly number[]): Value {
  const turned = axes.filter((axis) => (x.shape[axis] as number) > 1);
  if (turned.length === 0) return x;
  return stridedSlice(graph, x, {
    axes: turned,
    starts: turned.map((axis) => (x.shape[axis] as number) - 1),
    ends: turned.map(() => -1),
    steps: turned.map(() => -1),
  });
}

/** The parts of `x` along `axis`, of the given sizes. */
export function split(graph: Graph, x: Value, sizes: readonly number[], axis: number): Value[] {
  if (sizes.length === 1) return [x];
  const outputs = sizes.map((size) => ({ type: x.type, shape: x.shape.with(axis, size) }));
  return graph.nodeWithOutputs('Split', [x, graph.int64(sizes)], outputs, { attributes: { axis } });
}

export function concat(graph: Graph, parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  if (!first) throw new Error('concat: there is nothing to join');
  if (parts.length === 1) return first;
  const shape = [...first.shape];
  shape[axis] = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  return graph.node('Concat', [...parts], { type: first.type, shape }, { attributes: { axis } });
}

/** `x` with `before[i]` and `after[i]` elements of `number` added at the ends of axis i. */
export function pad(
  graph: Graph,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  number = 0,
): Value {
  if ([...before, ...after].every((width) => width === 0)) return x;
  const shape = x.shape.map(
    (dimension, axis) => dimension + (before[axis] as number) + (after[axis] as number),
  );
  const inputs = [x, graph.int64([...before, ...after]), graph.scalar(number, x.type)];
  return graph.node('Pad', inputs, { type: x.type, shape });
}

/** Rows of `x` along `axis` at whole-number `indices`. */
export function gather(graph: Graph, x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return graph.node('Gather', [x, indices], { type: x.type, shape }, { attributes: { axis } });
}
