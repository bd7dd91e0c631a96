/**
 * @file Typed emitters of ONNX nodes, with the local simplifications that automatic differentiation calls for:
 * products with ones, sums with zeros, reshapes of reshapes, transposes that cancel, broadcasts that the next
 * operation would make anyway. Each returns a `Value`; none changes what is computed but for the sign of zero.
 */
import type { ElementType } from './element-types';
import { ONNX_TYPE, sizeOf } from './element-types';
import type { Graph, Value } from './graph';
import type { AttributeValue } from './onnx-format';

/** Shape of two operands broadcast together, by NumPy's rule. Throws where they do not fit. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Error(`shapes [${a}] and [${b}] do not broadcast`);
    out.push(x === 1 ? y : x);
  }
  return out;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** The node that makes `value`, if it is an `op`. */
function madeBy(value: Value, op: string) {
  return value.producer?.op === op && value.producer.domain === '' ? value.producer : null;
}

const COMPARISONS = new Set([
  'Equal',
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'And',
  'Or',
  'Xor',
]);

/** An elementwise operation of two operands: Add, Sub, Mul, Div, Pow, Max, Min, Mod, comparisons, And, Or, … */
export function binary(
  graph: Graph,
  op: string,
  a: Value,
  b: Value,
  attributes?: Record<string, AttributeValue>,
): Value {
  const shape = broadcastShapes(a.shape, b.shape);
  const neutral = neutralOperand(op, a, b);
  if (neutral) return expand(graph, neutral, shape);
  let [left, right] = [a, b];
  const wideLeft = madeBy(a, 'Expand')?.inputs[0];
  if (wideLeft && sameShape(broadcastShapes(wideLeft.shape, b.shape), shape)) left = wideLeft;
  const wideRight = madeBy(b, 'Expand')?.inputs[0];
  if (wideRight && sameShape(broadcastShapes(left.shape, wideRight.shape), shape)) right = wideRight;
  const floated = floatTranspose(graph, op, left, right, attributes);
  if (floated) return floated;
  const type: ElementType = COMPARISONS.has(op) ? 'bool' : a.type;
  return graph.node(op, [left, right], { type, shape }, { attributes });
}

/** x·1, x+0, x−0 and x/1 are x. */
function neutralOperand(op: string, a: Value, b: Value): Value | null {
  const neutral = op === 'Mul' || op === 'Div' ? 1 : op === 'Add' || op === 'Sub' ? 0 : null;
  if (neutral === null) return null;
  if (b.uniform === neutral) return a;
  if (a.uniform === neutral && (op === 'Mul' || op === 'Add')) return b;
  return null;
}

const TO_CHANNELS_LAST = [0, 2, 3, 1];
const TO_CHANNELS_FIRST = [0, 3, 1, 2];

function permutationOf(value: Value): readonly number[] | null {
  const node = madeBy(value, 'Transpose');
  return node ? (node.attributes.perm as readonly number[]) : null;
}

/** A picture brought from channels first to channels last, the form in which convolutions leave it; else `null`. */
function channelsFirst(value: Value): Value | null {
  const permutation = permutationOf(value);
  if (!permutation || !sameShape(permutation, TO_CHANNELS_LAST)) return null;
  return value.producer?.inputs[0] ?? null;
}

/**
 * f(transpose(x)) = transpose(f(x)): the transpose behind a convolution sinks through elementwise operations
 * until it meets the transpose before the next convolution, and both vanish.
 */
function floatTranspose(
  graph: Graph,
  op: string,
  a: Value,
  b: Value,
  attributes?: Record<string, AttributeValue>,
): Value | null {
  const [first, second] = [channelsFirst(a), channelsFirst(b)];
  if (!first && !second) return null;
  const left = first ?? asChannelsFirst(graph, a);
  const right = second ?? asChannelsFirst(graph, b);
  if (!left || !right) return null;
  return transpose(graph, binary(graph, op, left, right, attributes), TO_CHANNELS_LAST);
}

/** A scalar, a vector over channels, a constant or an input, re-laid channels first at no cost worth naming; else `null`. */
function asChannelsFirst(graph: Graph, value: Value): Value | null {
  const { shape } = value;
  if (sizeOf(shape) === 1) return reshape(graph, value, []);
  if (shape.length === 1) return reshape(graph, value, [shape[0] as number, 1, 1]);
  if (shape.length === 4) return transpose(graph, value, TO_CHANNELS_FIRST);
  return null;
}

/** An elementwise operation of one operand that keeps the type, or changes it to `type`. */
export function unary(
  graph: Graph,
  op: string,
  x: Value,
  options: { attributes?: Record<string, AttributeValue>; type?: ElementType; domain?: string } = {},
): Value {
  const { type = x.type, ...rest } = options;
  const inner = channelsFirst(x);
  if (inner) return transpose(graph, unary(graph, op, inner, options), TO_CHANNELS_LAST);
  return graph.node(op, [x], { type, shape: x.shape }, rest);
}

/** The same elements in another element type. */
export function cast(graph: Graph, x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  if (x.uniform !== undefined && x.shape.length === 0) {
    return graph.scalar(
      type === 'bool' ? Number(x.uniform !== 0) : integral(type) ? Math.trunc(x.uniform) : x.uniform,
      type,
    );
  }
  return unary(graph, 'Cast', x, { attributes: { to: ONNX_TYPE[type] }, type });
}

function integral(type: ElementType): boolean {
  return type !== 'float32' && type !== 'float16';
}

export function add(graph: Graph, a: Value, b: Value): Value {
  return binary(graph, 'Add', a, b);
}

export function subtract(graph: Graph, a: Value, b: Value): Value {
  return binary(graph, 'Sub', a, b);
}

export function multiply(graph: Graph, a: Value, b: Value): Value {
  return binary(graph, 'Mul', a, b);
}

export function divide(graph: Graph, a: Value, b: Value): Value {
  return binary(graph, 'Div', a, b);
}

/** Elements of `yes` where `condition` holds, else of `no`; all three broadcast. */
export function where(graph: Graph, condition: Value, yes: Value, no: Value): Value {
  const shape = broadcastShapes(broadcastShapes(condition.shape, yes.shape), no.shape);
  const parts = [condition, yes, no].map((value) => ({ value, inner: channelsFirst(value) }));
  if (parts.some((part) => part.inner)) {
    const relaid = parts.map(({ value, inner }) => inner ?? asChannelsFirst(graph, value));
    if (relaid.every((value) => value !== null)) {
      const [c, y, n] = relaid as [Value, Value, Value];
      return transpose(graph, where(graph, c, y, n), TO_CHANNELS_LAST);
    }
  }
  return graph.node('Where', [condition, yes, no], { type: yes.type, shape });
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

export function reshape(graph: Graph, x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  if (x.constant && sizeOf(shape) <= 4096) return graph.constant(x.constant, x.type, shape);
  const before = madeBy(x, 'Reshape')?.inputs[0];
  if (before) return reshape(graph, before, shape);
  const wide = madeBy(x, 'Expand')?.inputs[0];
  if (wide && sizeOf(wide.shape) === 1) return expand(graph, reshape(graph, wide, []), shape);
  return graph.node('Reshape', [x, graph.int64(shape)], { type: x.type, shape });
}

export function transpose(graph: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis] as number);
  if (permutation.every((axis, i) => axis === i)) return x;
  const before = madeBy(x, 'Transpose');
  if (before) {
    const first = before.attributes.perm as readonly number[];
    return transpose(
      graph,
      before.inputs[0] as Value,
      permutation.map((axis) => first[axis] as number),
    );
  }
  // Axes of length 1 that change place among the others move no element.
  const moved = permutation.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] as number))) return reshape(graph, x, shape);
  return graph.node('Transpose', [x], { type: x.type, shape }, { attributes: { perm: [...permutation] } });
}

const REDUCTION_TAKES_AXES_AS_ATTRIBUTE = new Set(['ArgMax', 'ArgMin']);

/** ReduceSum, ReduceMean, ReduceMax, ReduceMin, ReduceProd over `axes` (sorted, not negative). */
export function reduce(
  graph: Graph,
  op: string,
  x: Value,
  axes: readonly number[],
  keepDimensions = false,
): Value {
  if (REDUCTION_TAKES_AXES_AS_ATTRIBUTE.has(op))
    throw new Error(`${op} is not a reduction to be emitted here`);
  const kept = x.shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
  const shape = keepDimensions ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  if (axes.length === 0) return x;
  const inner = channelsFirst(x);
  if (inner) {
    const innerAxes = axes.map((axis) => TO_CHANNELS_LAST[axis] as number).sort((a, b) => a - b);
    const keptAll = reduce(graph, op, inner, innerAxes, true);
    return reshape(graph, transpose(graph, keptAll, TO_CHANNELS_LAST), shape);
  }
  return graph.node(
    op,
    [x, graph.int64(axes)],
    { type: x.type, shape },
    { attributes: { keepdims: keepDimensions ? 1 : 0 } },
  );
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

/** Matrix product of the last two axes, the others broadcast. Transposes are separate nodes that ONNX Runtime fuses. */
export function matrixProduct(graph: Graph, a: Value, b: Value): Value {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, a.shape.at(-2) as number, b.shape.at(-1) as number];
  return graph.node('MatMul', [a, b], { type: a.type, shape });
}

/**
 * The last two axes exchanged. Not composed with a transpose below it: ONNX Runtime fuses this one into the
 * product that follows, and the one below serves the backward pass too.
 */
export function swapLastAxes(graph: Graph, x: Value): Value {
  const rank = x.shape.length;
  const permutation = [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2);
  const before = permutationOf(x);
  if (before && sameShape(before, permutation)) return x.producer?.inputs[0] as Value;
  const shape = permutation.map((axis) => x.shape[axis] as number);
  return graph.node('Transpose', [x], { type: x.type, shape }, { attributes: { perm: permutation } });
}
