/**
 * @file Emitters of elementwise nodes, with the simplifications that automatic differentiation calls for: products
 * with ones, sums with zeros, broadcasts that the operation would make anyway.
 */
import { type ElementType, ONNX_TYPE, sizeOf } from './element-types';
import type { Graph, Value } from './graph';
import { sinkTranspose } from './layout';
import { expand, madeBy, reshape, sameShape } from './movement';
import type { AttributeValue } from './onnx-format';
import { sinkReshape } from './rows';

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

const TRUTH_VALUED = new Set([
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
  const chosen = op === 'Mul' ? (scaledMask(graph, a, b) ?? scaledMask(graph, b, a)) : null;
  if (chosen && sameShape(chosen.shape, shape)) return chosen;
  // Of operands that repeat themselves the result does, too: it is computed once and then repeated.
  const [narrowA, narrowB] = [beforeExpand(a), beforeExpand(b)];
  if (sizeOf(broadcastShapes(narrowA.shape, narrowB.shape)) < sizeOf(shape))
    return expand(graph, binary(graph, op, narrowA, narrowB, attributes), shape);
  const left = withoutExpand(a, b.shape, shape);
  const right = withoutExpand(b, left.shape, shape);
  const combine = ([x, y]: Value[]) => binary(graph, op, x as Value, y as Value, attributes);
  const sunk =
    sinkTranspose(graph, [left, right], combine) ?? sinkReshape(graph, [left, right], shape, combine);
  if (sunk) return sunk;
  const type: ElementType = TRUTH_VALUED.has(op) ? 'bool' : a.type;
  return graph.node(op, [left, right], { type, shape }, { attributes });
}

function beforeExpand(value: Value): Value {
  return madeBy(value, 'Expand')?.inputs[0] ?? value;
}

/** What `value` was before it was expanded, where the other operand makes the result as wide. */
function withoutExpand(value: Value, other: readonly number[], shape: readonly number[]): Value {
  const narrow = beforeExpand(value);
  return sameShape(broadcastShapes(narrow.shape, other), shape) ? narrow : value;
}

/** A truth value as a number, times c: c or 0, in one pass. A product with ∞ or NaN is not that. */
function scaledMask(graph: Graph, mask: Value, factor: Value): Value | null {
  const truth = madeBy(mask, 'Cast')?.inputs[0];
  if (truth?.type !== 'bool' || factor.shape.length > 0 || !Number.isFinite(factor.uniform)) return null;
  return where(graph, truth, factor, graph.scalar(0, mask.type));
}

/** x·1, x+0, x−0 and x/1 are x. */
function neutralOperand(op: string, a: Value, b: Value): Value | null {
  const neutral = op === 'Mul' || op === 'Div' ? 1 : op === 'Add' || op === 'Sub' ? 0 : null;
  if (neutral === null) return null;
  if (b.uniform === neutral) return a;
  if (a.uniform === neutral && (op === 'Mul' || op === 'Add')) return b;
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
  const sunk = sinkTranspose(graph, [x], ([inner]) => unary(graph, op, inner as Value, options));
  if (sunk) return sunk;
  const narrow = beforeExpand(x);
  if (narrow !== x) return expand(graph, unary(graph, op, narrow, options), x.shape);
  const before = madeBy(x, 'Reshape')?.inputs[0];
  // Not below a cast to int64, which WebGPU cannot reshape.
  if (before && type !== 'int64') return reshape(graph, unary(graph, op, before, options), x.shape);
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

export function not(graph: Graph, x: Value): Value {
  return unary(graph, 'Not', x);
}

/** x within [low, high]; NaN stays. */
export function clip(graph: Graph, x: Value, low: number, high: number): Value {
  return binary(graph, 'Min', binary(graph, 'Max', x, graph.scalar(low, x.type)), graph.scalar(high, x.type));
}

/** Elements of `yes` where `condition` holds, else of `no`; all three broadcast. */
export function where(graph: Graph, condition: Value, yes: Value, no: Value): Value {
  if (yes.type === 'bool') {
    // ONNX Runtime has no Where of truth values.
    const kept = binary(graph, 'And', condition, yes);
    return binary(graph, 'Or', kept, binary(graph, 'And', not(graph, condition), no));
  }
  const shape = broadcastShapes(broadcastShapes(condition.shape, yes.shape), no.shape);
  const narrowYes = withoutExpand(yes, broadcastShapes(condition.shape, no.shape), shape);
  const narrowNo = withoutExpand(no, broadcastShapes(condition.shape, narrowYes.shape), shape);
  const operands = [condition, narrowYes, narrowNo];
  const combine = ([c, y, n]: Value[]) => where(graph, c as Value, y as Value, n as Value);
  const sunk = sinkTranspose(graph, operands, combine) ?? sinkReshape(graph, operands, shape, combine);
  return sunk ?? graph.node('Where', operands, { type: yes.type, shape });
}
