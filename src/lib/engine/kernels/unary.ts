/** @file Elementwise functions of one operand, activations among them. */
import { add, binary, cast, clip, divide, madeBy, multiply, subtract, unary, where } from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { leakyRelu } from './arithmetic';
import { defineKernel } from './kernel';

type Transform = (graph: Graph, x: Value) => Value;

function defineUnary(kernelName: string, transform: Transform): void {
  defineKernel(kernelName, ({ graph, input }) => transform(graph, input('x')));
}

/** tfjs gives float results for integers here; ONNX wants a float to begin with. */
const onFloats =
  (transform: Transform): Transform =>
  (graph, x) =>
    transform(graph, cast(graph, x, 'float32'));

const FLOAT_FUNCTIONS = {
  Exp: 'Exp',
  Log: 'Log',
  Sqrt: 'Sqrt',
  Tanh: 'Tanh',
  Sigmoid: 'Sigmoid',
  Erf: 'Erf',
  Reciprocal: 'Reciprocal',
  Softplus: 'Softplus',
  Sin: 'Sin',
  Cos: 'Cos',
  Tan: 'Tan',
  Asin: 'Asin',
  Acos: 'Acos',
  Atan: 'Atan',
  Sinh: 'Sinh',
  Cosh: 'Cosh',
  Asinh: 'Asinh',
  Acosh: 'Acosh',
  Atanh: 'Atanh',
};
for (const [kernelName, op] of Object.entries(FLOAT_FUNCTIONS)) {
  defineUnary(
    kernelName,
    onFloats((graph, x) => unary(graph, op, x)),
  );
}

const TYPE_KEEPING_FUNCTIONS = {
  Neg: 'Neg',
  Abs: 'Abs',
  Sign: 'Sign',
  Ceil: 'Ceil',
  Floor: 'Floor',
  Round: 'Round',
};
for (const [kernelName, op] of Object.entries(TYPE_KEEPING_FUNCTIONS)) {
  const whole = op === 'Ceil' || op === 'Floor' || op === 'Round';
  defineUnary(kernelName, (graph, x) => (whole && x.type !== 'float32' ? x : unary(graph, op, x)));
}

defineKernel('Identity', ({ input }) => input('x'));
defineUnary('Square', (graph, x) => multiply(graph, x, x));
defineUnary(
  'Rsqrt',
  onFloats((graph, x) => unary(graph, 'Reciprocal', unary(graph, 'Sqrt', x))),
);
defineUnary('Expm1', onFloats(expMinusOne));
defineUnary('Log1p', onFloats(logOfOnePlus));

/** e^x − 1 = tanh(x/2)·(e^x + 1), without loss for small x. */
function expMinusOne(graph: Graph, x: Value): Value {
  const half = unary(graph, 'Tanh', multiply(graph, x, graph.scalar(0.5)));
  return multiply(graph, half, add(graph, unary(graph, 'Exp', x), graph.scalar(1)));
}

/** log(1 + x) without loss for small x (Kahan): log(u)·x/(u − 1) with u = 1 + x, and x where u = 1. */
function logOfOnePlus(graph: Graph, x: Value): Value {
  const exponent = madeBy(x, 'Exp')?.inputs[0];
  if (exponent) return unary(graph, 'Softplus', exponent);
  const one = graph.scalar(1);
  const sum = add(graph, x, one);
  const difference = subtract(graph, sum, one);
  // Equal where nothing was rounded off, and for an infinite x.
  const exact = binary(graph, 'Equal', difference, x);
  const correction = where(graph, exact, one, divide(graph, x, difference));
  const corrected = multiply(graph, unary(graph, 'Log', sum), correction);
  return where(graph, binary(graph, 'Equal', sum, one), x, corrected);
}

defineUnary('IsNan', (graph, x) => unary(graph, 'IsNaN', x, { type: 'bool' }));
defineUnary('IsInf', (graph, x) => unary(graph, 'IsInf', x, { type: 'bool' }));
defineUnary('IsFinite', (graph, x) =>
  binary(graph, 'LessOrEqual', unary(graph, 'Abs', x), graph.scalar(3.4028234663852886e38)),
);

defineUnary('Relu', (graph, x) => unary(graph, 'Relu', x));
defineUnary('Relu6', (graph, x) => clip(graph, x, 0, 6));
defineUnary('Elu', (graph, x) => unary(graph, 'Elu', x));
defineUnary('Selu', (graph, x) => unary(graph, 'Selu', x));
defineKernel('LeakyRelu', ({ graph, input, attributes }) =>
  leakyRelu(graph, input('x'), attributes.alpha as number),
);

/** 1 above 0, `alpha` elsewhere, NaN included. The gradient of relu is made of it. */
defineKernel('Step', ({ graph, input, attributes }) => {
  const x = input('x');
  const alpha = (attributes.alpha as number) ?? 0;
  const positive = binary(graph, 'Greater', x, graph.scalar(0, x.type));
  if (alpha === 0) return cast(graph, positive, x.type);
  return where(graph, positive, graph.scalar(1, x.type), graph.scalar(alpha, x.type));
});

/** Gradient of elu from its output y: dy·(y + 1) below 0. */
defineKernel('EluGrad', ({ graph, input }) => {
  const [dy, y] = [input('dy'), input('y')];
  const positive = binary(graph, 'GreaterOrEqual', y, graph.scalar(0));
  return where(graph, positive, dy, multiply(graph, dy, add(graph, y, graph.scalar(1))));
});

defineKernel('ClipByValue', ({ graph, input, attributes }) =>
  clip(graph, input('x'), attributes.clipValueMin as number, attributes.clipValueMax as number),
);

defineKernel('Cast', ({ graph, input, attributes }) => {
  const dtype = attributes.dtype;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new Error(`a cast to ${String(dtype)} cannot be compiled; float32, int32 and bool can`);
  }
  return cast(graph, input('x'), dtype);
});
