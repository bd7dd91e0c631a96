/** @file Elementwise arithmetic of two operands, comparison, logic and choice. */
import { add, binary, cast, divide, multiply, not, subtract, unary, where } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { Real } from '../graph/onnx-format';
import { defineKernel } from './kernel';
import { uniformAtLeast } from './random';

type Combine = (graph: Graph, a: Value, b: Value) => Value;

/** ONNX has no arithmetic on booleans: they are counted as 0 and 1, and the result is an int32. */
function onNumbers(combine: Combine): Combine {
  return (graph, a, b) =>
    a.type === 'bool'
      ? combine(graph, cast(graph, a, 'int32'), cast(graph, b, 'int32'))
      : combine(graph, a, b);
}

function defineBinary(kernelName: string, combine: Combine): void {
  defineKernel(kernelName, ({ graph, input }) => combine(graph, input('a'), input('b')));
}

const named =
  (op: string): Combine =>
  (graph, a, b) =>
    binary(graph, op, a, b);

for (const [kernelName, combine] of Object.entries({
  Add: add,
  Sub: subtract,
  Multiply: multiply,
  Maximum: named('Max'),
  Minimum: named('Min'),
  RealDiv: divide,
  Pow: named('Pow'),
  SquaredDifference: squaredDifference,
})) {
  defineBinary(kernelName, onNumbers(combine));
}

for (const [kernelName, op] of Object.entries({
  Greater: 'Greater',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  Equal: 'Equal',
})) {
  defineBinary(kernelName, onNumbers(named(op)));
}

defineBinary(
  'GreaterEqual',
  onNumbers((graph, a, b) => uniformAtLeast(graph, a, b) ?? binary(graph, 'GreaterOrEqual', a, b)),
);
defineBinary(
  'NotEqual',
  onNumbers((graph, a, b) => not(graph, binary(graph, 'Equal', a, b))),
);
defineBinary('LogicalAnd', named('And'));
defineBinary('LogicalOr', named('Or'));
defineBinary('BitwiseAnd', named('BitwiseAnd'));
defineKernel('LogicalNot', ({ graph, input }) => not(graph, input('x')));

function squaredDifference(graph: Graph, a: Value, b: Value): Value {
  const difference = subtract(graph, a, b);
  return multiply(graph, difference, difference);
}

/** Rounds toward minus infinity and gives whole numbers, as tfjs does. */
defineBinary('FloorDiv', (graph, a, b) =>
  a.type === 'float32'
    ? cast(graph, unary(graph, 'Floor', divide(graph, a, b)), 'int32')
    : floorDivide(graph, a, b),
);

/** Whole numbers: ONNX's division truncates, and a divisor of 0 is an error; tfjs's quotient is 0 then. */
function floorDivide(graph: Graph, a: Value, b: Value): Value {
  const { divisor, byZero } = safeDivisor(graph, b);
  const quotient = divide(graph, a, divisor);
  const remainder = subtract(graph, a, multiply(graph, quotient, divisor));
  const zero = graph.scalar(0, a.type);
  const inexact = not(graph, binary(graph, 'Equal', remainder, zero));
  const signs = [remainder, divisor].map((value) => binary(graph, 'Less', value, zero)) as [Value, Value];
  const opposite = binary(graph, 'Xor', ...signs);
  const down = cast(graph, binary(graph, 'And', inexact, opposite), a.type);
  const result = subtract(graph, quotient, down);
  return byZero ? where(graph, byZero, zero, result) : result;
}

/** A divisor in which every 0 is a 1, and where that was; nothing changes where it is known not to be 0. */
function safeDivisor(graph: Graph, b: Value): { divisor: Value; byZero: Value | null } {
  if (b.uniform !== undefined && b.uniform !== 0) return { divisor: b, byZero: null };
  const byZero = binary(graph, 'Equal', b, graph.scalar(0, b.type));
  return { divisor: where(graph, byZero, graph.scalar(1, b.type), b), byZero };
}

/** The remainder with the divisor's sign, as in tfjs and Python. */
defineBinary('Mod', (graph, a, b) => {
  const zero = graph.scalar(0, a.type);
  if (a.type !== 'float32') {
    const { divisor, byZero } = safeDivisor(graph, b);
    const remainder = binary(graph, 'Mod', a, divisor);
    return byZero ? where(graph, byZero, zero, remainder) : remainder;
  }
  // fmod is exact, a − b·⌊a/b⌋ is not; its sign is that of a.
  const remainder = binary(graph, 'Mod', a, b, { fmod: 1 });
  const opposite = binary(graph, 'Less', multiply(graph, remainder, b), zero);
  return where(graph, opposite, add(graph, remainder, b), remainder);
});

/** The angle of (b, a): atan(a/b), turned by π on the left half plane, ±π/2 on the axis b = 0. */
defineBinary('Atan2', (graph, a, b) => {
  const zero = graph.scalar(0);
  const above = binary(graph, 'GreaterOrEqual', a, zero);
  const onAxis = binary(graph, 'Equal', b, zero);
  const side = (angle: number) => where(graph, above, graph.scalar(angle), graph.scalar(-angle));
  const slope = unary(graph, 'Atan', divide(graph, a, where(graph, onAxis, graph.scalar(1), b)));
  const left = binary(graph, 'Less', b, zero);
  const angle = where(graph, left, add(graph, slope, side(Math.PI)), slope);
  const upright = where(graph, binary(graph, 'Equal', a, zero), zero, side(Math.PI / 2));
  return where(graph, onAxis, upright, angle);
});

export function leakyRelu(graph: Graph, x: Value, alpha: number): Value {
  return unary(graph, 'LeakyRelu', x, { attributes: { alpha: new Real(alpha) } });
}

export function prelu(graph: Graph, x: Value, alpha: Value): Value {
  return where(graph, binary(graph, 'Less', x, graph.scalar(0)), multiply(graph, x, alpha), x);
}

defineKernel('Prelu', ({ graph, input }) => prelu(graph, input('x'), input('alpha')));

defineKernel('Select', ({ graph, input }) => where(graph, input('condition'), input('t'), input('e')));

defineKernel('AddN', ({ graph, inputs }) => {
  const [first, ...rest] = inputs;
  if (!first) throw new Error('AddN: there is nothing to add');
  return rest.reduce((sum, value) => add(graph, sum, value), first);
});
