import { tf } from '../../../../src/lib/engine';
import { awayFromZero, between, float, listed, randomShape, truth, whole } from '../draws';
import type { Draw, KernelCase } from '../harness';

type Unary = (x: tf.Tensor) => tf.Tensor;

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, -1];

/** A function over a random shape, no elements, and single numbers. */
function elementwise(name: string, run: Unary, draw?: Draw, rest: Partial<KernelCase> = {}): KernelCase[] {
  return [
    { name: `${name} ${randomShape(3, name)}`, inputs: [float(randomShape(3, name), draw)], run, ...rest },
    { name: `${name} scalar`, inputs: [float([], draw)], run, ...rest },
    { name: `${name} empty`, inputs: [float([2, 0])], run, ...rest },
  ];
}

/** What tfjs says of NaN, infinities, 0 and ±1. */
const special = (name: string, run: Unary, rest: Partial<KernelCase> = {}): KernelCase => ({
  name: `${name} of NaN, ±∞, 0, ±1`,
  inputs: [float([SPECIAL.length], listed(...SPECIAL))],
  run,
  gradient: [],
  ...rest,
});

const onWhole = (name: string, run: Unary): KernelCase => ({
  name: `${name} int32`,
  inputs: [whole([9], (_, i) => i - 4)],
  run,
});

export const unaryCases: KernelCase[] = [
  ...elementwise('exp', tf.exp),
  ...elementwise('expm1', tf.expm1),
  ...elementwise('log', tf.log, between(0.2, 3)),
  ...elementwise('log1p', tf.log1p, between(-0.5, 3)),
  ...elementwise('sqrt', tf.sqrt, between(0.2, 3)),
  ...elementwise('rsqrt', tf.rsqrt, between(0.2, 3)),
  ...elementwise('square', tf.square),
  ...elementwise('reciprocal', tf.reciprocal, awayFromZero(0.3)),
  ...elementwise('abs', tf.abs, awayFromZero()),
  ...elementwise('neg', tf.neg),
  ...elementwise('sign', tf.sign, awayFromZero()),
  ...elementwise('ceil', tf.ceil, (g) => g.integer(8) - 3.7),
  ...elementwise('floor', tf.floor, (g) => g.integer(8) - 3.7),
  ...elementwise('round', tf.round, (g) => g.integer(8) - 3.7),
  ...elementwise('sin', tf.sin),
  ...elementwise('cos', tf.cos),
  ...elementwise('tan', tf.tan, between(-1, 1)),
  ...elementwise('asin', tf.asin, between(-0.8, 0.8)),
  ...elementwise('acos', tf.acos, between(-0.8, 0.8)),
  ...elementwise('atan', tf.atan),
  ...elementwise('sinh', tf.sinh),
  ...elementwise('cosh', tf.cosh),
  ...elementwise('asinh', tf.asinh),
  ...elementwise('acosh', tf.acosh, between(1.3, 3)),
  ...elementwise('atanh', tf.atanh, between(-0.7, 0.7)),
  ...elementwise('erf', tf.erf),
  ...elementwise('tanh', tf.tanh),
  ...elementwise('sigmoid', tf.sigmoid),
  ...elementwise('softplus', tf.softplus),
  ...elementwise('relu', tf.relu, awayFromZero()),
  ...elementwise('relu6', tf.relu6, (g) => g.integer(9) - 1.5),
  ...elementwise('elu', tf.elu, awayFromZero()),
  ...elementwise('selu', tf.selu, awayFromZero()),
  ...elementwise('leakyRelu', (x) => tf.leakyRelu(x, 0.3), awayFromZero()),
  ...elementwise('step', (x) => tf.step(x), awayFromZero()),
  ...elementwise('step with slope', (x) => tf.step(x, 0.25), awayFromZero()),
  ...elementwise(
    'clipByValue',
    (x) => tf.clipByValue(x, -0.5, 0.7),
    (g) => g.integer(9) / 2 - 2.2,
  ),
  ...elementwise('isNaN', tf.isNaN, undefined, { gradient: [] }),
  ...elementwise('logSigmoid', tf.logSigmoid),
  {
    name: 'expm1 of small numbers',
    inputs: [float([5], listed(1e-8, -1e-8, 1e-5, -1e-4, 1e-3))],
    run: tf.expm1,
    gradient: [],
    tolerance: { absolute: 0, relative: 1e-5 },
  },
  {
    name: 'log1p of small numbers',
    inputs: [float([5], listed(1e-8, -1e-8, 1e-5, -1e-4, 1e-3))],
    run: tf.log1p,
    gradient: [],
    tolerance: { absolute: 0, relative: 1e-5 },
  },
  { name: 'softplus of large numbers', inputs: [float([4], listed(-100, -20, 20, 100))], run: tf.softplus },
  {
    name: 'log1p at its ends',
    inputs: [float([3], listed(-1, -2, Number.POSITIVE_INFINITY))],
    run: tf.log1p,
    gradient: [],
  },
  {
    name: 'round half to even',
    inputs: [float([8], listed(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 3.5))],
    run: tf.round,
    gradient: [],
  },
  ...[tf.abs, tf.neg, tf.square].map((run) => onWhole(run.name, run)),
  onWhole('sign', tf.sign),
  onWhole('round', tf.round),
  onWhole('relu', tf.relu),
  onWhole('relu6', tf.relu6),
  onWhole('exp', tf.exp),
  onWhole('step', (x) => tf.step(x)),
  onWhole('clipByValue', (x) => tf.clipByValue(x, -2, 3)),
  special('isNaN', tf.isNaN),
  special('isInf', tf.isInf),
  special('isFinite', tf.isFinite),
  special('relu', tf.relu),
  special('relu6', tf.relu6),
  // tfjs calls the sign of NaN 0; here NaN stays.
  special('sign', tf.sign, { expected: [[Number.NaN, 1, -1, 0, 1, -1]] }),
  // tfjs lets NaN through; here it is not above 0.
  special('step', (x) => tf.step(x), { expected: [[0, 1, 0, 0, 1, 0]] }),
  special('clipByValue', (x) => tf.clipByValue(x, -0.5, 0.7)),
  special('exp', tf.exp),
  special('log', tf.log),
  special('sqrt', tf.sqrt),
  special('tanh', tf.tanh),
  special('sigmoid', tf.sigmoid),
  special('abs', tf.abs),
  special('floor', tf.floor),
  special('erf', tf.erf),
  special('softplus', tf.softplus),
  special('elu', tf.elu),
  special('leakyRelu', (x) => tf.leakyRelu(x, 0.3)),
  special('reciprocal', tf.reciprocal),
  {
    name: 'cast float32 to int32 truncates',
    inputs: [float([7], listed(-2.7, -0.5, -0.2, 0, 0.9, 1.5, 1e6 + 0.5))],
    run: (x) => tf.cast(x, 'int32'),
    gradient: [],
  },
  {
    name: 'cast float32 to bool',
    inputs: [float([5], listed(-0.5, 0, 0.2, Number.NaN, 1))],
    run: (x) => tf.cast(x, 'bool'),
    gradient: [],
  },
  {
    name: 'cast int32 to float32 and bool',
    inputs: [whole([5], listed(-2, 0, 1, 7, 256))],
    run: (x) => [tf.cast(x, 'float32'), tf.cast(x, 'bool')],
  },
  {
    name: 'cast bool to float32 and int32',
    inputs: [truth([5])],
    run: (x) => [tf.cast(x, 'float32'), tf.cast(x, 'int32')],
  },
  { name: 'cast to its own dtype', inputs: [float([5])], run: (x) => tf.cast(x, 'float32') },
  { name: 'clone', inputs: [float([5])], run: (x) => tf.clone(x) },
  {
    name: 'EluGrad',
    inputs: [float([6]), float([6], awayFromZero(0.1, 0.9))],
    gradient: [],
    run: (dy, y) => tf.engine().runKernel('EluGrad', { dy, y }) as tf.Tensor,
  },
];
