/** @file Elementwise arithmetic of two operands, comparison, logic and choice. */
import { add, binary, cast, divide, multiply, reshape, subtract, unary, where } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

type Combine = (graph: Graph, a: Value, b: Value) => Value;

/** ONNX has no arithmetic on booleans: tfjs's are counted as 0 and 1 and the result is an int32. */
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
})) {
  defineBinary(kernelName, onNumbers(combine));
}

for (const [kernelName, op] of Object.entries({
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  Equal: 'Equal',
})) {
  defineBinary(kernelName, onNumbers(named(op)));
}

defineBinary('NotEqual', (graph, a, b) => unary(graph, 'Not', binary(graph, 'Equal', a, b)));
defineBinary('LogicalAnd', named('And'));
defineBinary('LogicalOr', named('Or'));
defineKernel('LogicalNot', ({ graph, input }) => unary(graph, 'Not', input('x')));

defineBinary('SquaredDifference', (graph, a, b) => {
  const difference = subtract(graph, a, b);
  return multiply(graph, difference, difference);
});

/** Rounds toward minus infinity, as tfjs does; ONNX's integer division truncates. */
defineBinary('FloorDiv', (graph, a, b) => floorDivide(graph, a, b));

function floorDivide(graph: Graph, a: Value, b: Value): Value {
  if (a.type === 'float32') return unary(graph, 'Floor', divide(graph, a, b));
  const quotient = divide(graph, a, b);
  const remainder = subtract(graph, a, multiply(graph, quotient, b));
  const zero = graph.scalar(0, a.type);
  const inexact = unary(graph, 'Not', binary(graph, 'Equal', remainder, zero));
  const opposite = binary(
    graph,
    'Xor',
    binary(graph, 'Less', remainder, zero),
    binary(graph, 'Less', b, zero),
  );
  return subtract(graph, quotient, cast(graph, binary(graph, 'And', inexact, opposite), a.type));
}

/** The remainder with the divisor's sign, as tfjs and Python have it: a − b·⌊a/b⌋. */
defineBinary('Mod', (graph, a, b) => subtract(graph, a, multiply(graph, b, floorDivide(graph, a, b))));

defineKernel('Prelu', ({ graph, input }) => {
  const x = input('x');
  const negative = binary(graph, 'Less', x, graph.scalar(0));
  return where(graph, negative, multiply(graph, x, input('alpha')), x);
});

defineKernel('Select', ({ graph, input }) => {
  const [condition, yes, no] = [input('condition'), input('t'), input('e')];
  // tf.where accepts a vector condition over the first axis of higher-rank choices.
  const shape =
    condition.shape.length === 1 && yes.shape.length > 1
      ? [condition.shape[0] as number, ...yes.shape.slice(1).map(() => 1)]
      : condition.shape;
  return where(graph, reshape(graph, condition, shape), yes, no);
});

defineKernel('AddN', ({ graph, inputs }) => {
  const [first, ...rest] = inputs;
  if (!first) throw new Error('AddN: there is nothing to add');
  return rest.reduce((sum, value) => add(graph, sum, value), first);
});
