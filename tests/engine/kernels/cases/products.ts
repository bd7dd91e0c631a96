import { tf } from '../../../../src/lib/engine';
import { awayFromZero, float, whole } from '../draws';
import type { KernelCase } from '../harness';

const TRANSPOSES: [boolean, boolean][] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];

const flipped = (shape: number[], transposed: boolean) =>
  transposed ? [...shape.slice(0, -2), shape.at(-1) as number, shape.at(-2) as number] : shape;

export const productCases: KernelCase[] = [
  ...TRANSPOSES.flatMap(([a, b]) => [
    {
      name: `matMul ${a} ${b}`,
      inputs: [float(flipped([3, 4], a)), float(flipped([4, 5], b))],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, a, b),
    },
    {
      name: `matMul batched ${a} ${b}`,
      inputs: [float(flipped([2, 3, 4], a)), float(flipped([2, 4, 5], b))],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, a, b),
    },
    {
      name: `matMul heads ${a} ${b}`,
      inputs: [float(flipped([2, 2, 3, 4], a)), float(flipped([2, 2, 4, 3], b))],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, a, b),
    },
  ]),
  {
    name: 'matMul broadcast',
    inputs: [float([2, 3, 4]), float([1, 4, 5])],
    run: tf.matMul,
  },
  {
    name: 'matMul of different ranks',
    inputs: [float([2, 3, 4]), float([4, 5])],
    run: tf.matMul,
  },
  { name: 'matMul int32', inputs: [whole([3, 4]), whole([4, 2])], run: tf.matMul },
  {
    name: 'matMul int32 transposed',
    inputs: [whole([4, 3]), whole([2, 4])],
    run: (x, y) => tf.matMul(x, y, true, true),
  },
  { name: 'matMul of no rows', inputs: [float([0, 4]), float([4, 5])], run: tf.matMul },
  { name: 'matMul over nothing', inputs: [float([3, 0]), float([0, 5])], run: tf.matMul },
  { name: 'matMul batched of nothing', inputs: [float([2, 0, 4]), float([2, 4, 5])], run: tf.matMul },
  {
    name: 'matMul with bias added',
    inputs: [float([3, 4]), float([4, 5]), float([5])],
    run: (x, y, b) => tf.add(tf.matMul(x, y), b),
  },
  {
    name: 'matMul with bias added first',
    inputs: [float([3, 4]), float([4, 5]), float([1, 5])],
    run: (x, y, b) => tf.add(b, tf.matMul(x, y)),
  },
  {
    name: 'matMul with a column added',
    inputs: [float([3, 4]), float([4, 5]), float([3, 1])],
    run: (x, y, b) => tf.add(tf.matMul(x, y), b),
  },
  {
    name: 'matMul reshaped, with bias added',
    inputs: [float([6, 4]), float([4, 5]), float([5])],
    run: (x, y, b) => tf.add(tf.reshape(tf.matMul(x, y), [2, 3, 5]), b),
  },
  {
    name: 'matMul with a batch added',
    inputs: [float([3, 4]), float([4, 5]), float([2, 3, 5])],
    run: (x, y, b) => tf.add(tf.matMul(x, y), b),
  },
  {
    name: 'matMul used twice, with bias and without',
    inputs: [float([3, 4]), float([4, 5]), float([5])],
    run: (x, y, b) => {
      const product = tf.matMul(x, y);
      return [product, tf.add(product, b)];
    },
  },
  {
    name: 'matMul int32 with bias',
    inputs: [whole([3, 4]), whole([4, 2]), whole([2])],
    run: (x, y, b) => tf.add(tf.matMul(x, y), b),
  },
  {
    name: 'matMul of batches by one matrix, transposed',
    inputs: [float([2, 3, 4]), float([5, 4])],
    run: (x, y) => tf.matMul(x, y, false, true),
  },
  { name: 'dot', inputs: [float([4]), float([4])], run: tf.dot },
  { name: 'dot of vector and matrix', inputs: [float([4]), float([4, 3])], run: tf.dot },
  { name: 'outerProduct', inputs: [float([4]), float([3])], run: tf.outerProduct },
  ...(['linear', 'relu', 'elu', 'relu6', 'sigmoid', 'leakyrelu', 'prelu'] as const).map((activation) => ({
    name: `fused.matMul ${activation}`,
    inputs: [float([3, 4], awayFromZero(0.3)), float([4, 5], awayFromZero(0.3)), float([5])],
    // tfjs has gradients of these alone.
    gradient: ['linear', 'relu', 'relu6', 'elu'].includes(activation) ? [0, 1, 2] : [],
    withoutDifferences: activation.startsWith('relu'),
    run: (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.matMul({
        a,
        b,
        bias,
        activation,
        leakyreluAlpha: 0.3,
        ...(activation === 'prelu' ? { preluActivationWeights: tf.tensor1d([0.1, 0.2, 0.3, 0.4, 0.5]) } : {}),
      }),
  })),
  {
    name: 'fused.matMul batched, transposed',
    inputs: [float([2, 4, 3]), float([2, 5, 4]), float([5])],
    run: (a, b, bias) => tf.fused.matMul({ a, b, bias, transposeA: true, transposeB: true }),
    gradient: [],
  },
  ...[
    ['ij,jk->ik', [2, 3], [3, 4]],
    ['ij,jk->ki', [2, 3], [3, 4]],
    ['bij,bjk->bik', [2, 3, 4], [2, 4, 2]],
    ['ij,ij->', [2, 3], [2, 3]],
    ['i,j->ij', [3], [2]],
    ['bhqd,bhkd->bhqk', [2, 2, 3, 4], [2, 2, 5, 4]],
  ].map(([equation, a, b]) => ({
    name: `einsum ${equation}`,
    inputs: [float(a as number[]), float(b as number[])],
    gradient: [],
    run: (x: tf.Tensor, y: tf.Tensor) => tf.einsum(equation as string, x, y),
  })),
  ...['ij->ji', 'ij->i', 'ij->'].map((equation) => ({
    name: `einsum ${equation}`,
    inputs: [float([2, 3])],
    gradient: [],
    run: (x: tf.Tensor) => tf.einsum(equation, x),
  })),
];
