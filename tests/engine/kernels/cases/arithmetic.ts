import { tf } from '../../../../src/lib/engine';
import { awayFromZero, between, broadcastPairs, float, listed, truth, whole, wholeBetween } from '../draws';
import type { CaseInput, Draw, KernelCase } from '../harness';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** A binary op over every kind of broadcasting. */
function broadcast(
  name: string,
  run: Binary,
  {
    draws,
    dtypes = ['float32'] as NonNullable<CaseInput['dtype']>[],
    gradient,
    ...rest
  }: {
    draws?: [Draw, Draw];
    dtypes?: NonNullable<CaseInput['dtype']>[];
    gradient?: number[];
  } & Partial<KernelCase> = {},
): KernelCase[] {
  return dtypes.flatMap((dtype) =>
    broadcastPairs(name).map(([kind, left, right]) => ({
      ...rest,
      name: `${name} ${dtype} ${kind}`,
      inputs: [
        { shape: left, dtype, ...(draws && dtype === 'float32' ? { draw: draws[0] } : {}) },
        { shape: right, dtype, ...(draws && dtype === 'float32' ? { draw: draws[1] } : {}) },
      ],
      run,
      // tfjs loses the shape of gradients over broadcast axes of no length.
      ...(kind === 'empty' ? { gradient: [] } : gradient ? { gradient } : {}),
    })),
  );
}

const FLOATS_AND_WHOLE: ('float32' | 'int32')[] = ['float32', 'int32'];
const ALL: ('float32' | 'int32' | 'bool')[] = ['float32', 'int32', 'bool'];
const NaN_ROW = listed(Number.NaN, 1, -1, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
/** Far enough apart that no finite difference crosses a tie. */
const halves: [Draw, Draw] = [(g) => g.integer(6) / 2, (g) => g.integer(6) / 2 + 0.25];

export const arithmeticCases: KernelCase[] = [
  ...broadcast('add', tf.add, { dtypes: FLOATS_AND_WHOLE }),
  ...broadcast('sub', tf.sub, { dtypes: FLOATS_AND_WHOLE }),
  ...broadcast('mul', tf.mul, { dtypes: FLOATS_AND_WHOLE }),
  ...broadcast('div', tf.div, { draws: [between(-2, 2), awayFromZero(0.5)] }),
  ...broadcast('maximum', tf.maximum, { draws: halves, dtypes: ALL }),
  ...broadcast('minimum', tf.minimum, { draws: halves, dtypes: ALL }),
  ...broadcast('squaredDifference', tf.squaredDifference, { dtypes: FLOATS_AND_WHOLE }),
  ...broadcast('pow', tf.pow, { draws: [between(0.5, 2), between(-2, 2)] }),
  ...broadcast('mod', tf.mod, {
    draws: [(g) => g.integer(6) / 2 + 0.25, (g) => 1 + g.integer(3)],
    gradient: [0],
  }),
  ...broadcast('atan2', tf.atan2, { draws: [awayFromZero(), awayFromZero()] }),
  ...broadcast('prelu', (x, alpha) => tf.prelu(x, alpha), { draws: [awayFromZero(), between(0, 1)] }).filter(
    ({ name }) => !/scalar first|empty|crossed/.test(name),
  ),
  ...broadcast('greater', tf.greater, { dtypes: ALL, gradient: [] }),
  ...broadcast('greaterEqual', tf.greaterEqual, { dtypes: ALL, gradient: [] }),
  ...broadcast('less', tf.less, { dtypes: ALL, gradient: [] }),
  ...broadcast('lessEqual', tf.lessEqual, { dtypes: ALL, gradient: [] }),
  ...broadcast('equal', tf.equal, { dtypes: ALL, gradient: [] }),
  ...broadcast('notEqual', tf.notEqual, { dtypes: ALL, gradient: [] }),
  ...broadcast('logicalAnd', tf.logicalAnd, { dtypes: ['bool'] }),
  ...broadcast('logicalOr', tf.logicalOr, { dtypes: ['bool'] }),
  ...broadcast('logicalXor', tf.logicalXor, { dtypes: ['bool'] }),
  { name: 'logicalNot', inputs: [truth([7])], run: tf.logicalNot },
  {
    name: 'floorDiv float32',
    inputs: [float([40], between(-7, 7)), float([40], awayFromZero(0.3, 3))],
    run: tf.floorDiv,
    gradient: [],
  },
  {
    name: 'floorDiv int32, all signs',
    inputs: [whole([13, 1], (_, i) => i - 6), whole([1, 6], listed(-3, -2, -1, 1, 2, 3))],
    run: tf.floorDiv,
  },
  {
    name: 'div int32 is floorDiv',
    inputs: [whole([13, 1], (_, i) => i - 6), whole([1, 6], listed(-3, -2, -1, 1, 2, 3))],
    run: tf.div,
  },
  {
    name: 'floorDiv int32 by zero gives 0 and does not end the process',
    inputs: [whole([4], listed(-3, 0, 5, 7)), whole([4], listed(0, 0, 0, 2))],
    run: tf.floorDiv,
  },
  {
    name: 'mod int32, all signs',
    inputs: [whole([13, 1], (_, i) => i - 6), whole([1, 6], listed(-4, -2, -1, 1, 2, 4))],
    run: tf.mod,
  },
  {
    name: 'mod int32 by zero gives 0 and does not end the process',
    inputs: [whole([4], listed(-3, 0, 5, 7)), whole([4], listed(0, 0, 0, 2))],
    run: tf.mod,
  },
  {
    name: 'mod float32, all signs',
    inputs: [float([13, 1], (_, i) => (i - 6) * 0.7), float([1, 4], listed(-1.5, -0.4, 0.4, 1.5))],
    run: tf.mod,
    gradient: [],
  },
  {
    name: 'divNoNan',
    inputs: [float([4], listed(1, 0, -2, 3)), float([4], listed(0, 0, 4, 2))],
    run: tf.divNoNan,
    gradient: [],
  },
  {
    name: 'pow int32',
    inputs: [whole([5, 1], (_, i) => i - 2), whole([1, 4], (_, i) => i)],
    run: tf.pow,
  },
  {
    name: 'pow of negative bases by whole powers',
    inputs: [float([6], listed(-2, -1.5, -1, 0.5, 1, 2)), float([6], listed(2, 3, 0, 2, -1, -2))],
    run: tf.pow,
    gradient: [0],
  },
  {
    name: 'pow of negative bases by broken powers is NaN',
    inputs: [float([3], listed(-2, -1, 4)), float([3], listed(0.5, 1.5, 0.5))],
    run: tf.pow,
    gradient: [],
  },
  { name: 'maximum of NaN', inputs: [float([6], NaN_ROW), float([])], run: tf.maximum, gradient: [] },
  { name: 'minimum of NaN', inputs: [float([6], NaN_ROW), float([])], run: tf.minimum, gradient: [] },
  {
    name: 'comparison of NaN',
    inputs: [float([6], NaN_ROW), float([6], NaN_ROW)],
    gradient: [],
    run: (a, b) => [
      tf.equal(a, b),
      tf.notEqual(a, b),
      tf.less(a, b),
      tf.lessEqual(a, b),
      tf.greater(a, b),
      tf.greaterEqual(a, b),
    ],
  },
  {
    name: 'atan2 on the axes',
    inputs: [
      float([9], listed(0, 0, 1, -1, 1, -1, 1, -1, 0)),
      float([9], listed(1, -1, 0, 0, 1, 1, -1, -1, 0)),
    ],
    run: tf.atan2,
    gradient: [],
  },
  {
    name: 'sums, differences and products of truth values are whole numbers',
    inputs: [truth([8]), truth([8])],
    run: (a, b) => [tf.add(a, b), tf.mul(a, b)].map((x) => tf.cast(x, 'int32')),
  },
  {
    name: 'products of masks and numbers',
    inputs: [truth([3, 4]), float([4])],
    run: (mask, x) => {
      const numbers = tf.cast(mask, 'float32');
      return [
        tf.mul(numbers, 1.25),
        tf.mul(-1e9, numbers),
        tf.mul(tf.mul(numbers, 2), x),
        tf.mul(numbers, 0),
      ];
    },
  },
  {
    name: 'products of masks and infinity',
    inputs: [truth([4], listed(1, 0, 0, 1))],
    run: (mask) => tf.mul(tf.cast(mask, 'float32'), Number.POSITIVE_INFINITY),
  },
  { name: 'addN', inputs: [float([3, 4]), float([3, 4]), float([3, 4])], run: (...all) => tf.addN(all) },
  { name: 'addN of one', inputs: [float([3, 4])], run: (x) => tf.addN([x]) },
  { name: 'addN int32', inputs: [whole([5]), whole([5])], run: (...all) => tf.addN(all) },
  { name: 'where', inputs: [truth([3, 4]), float([3, 4]), float([3, 4])], run: tf.where },
  { name: 'where scalar condition', inputs: [truth([]), float([2, 3]), float([2, 3])], run: tf.where },
  { name: 'where broadcast', inputs: [truth([4]), float([3, 1]), float([])], run: tf.where },
  { name: 'where of rows', inputs: [truth([3, 1]), float([3, 2]), float([3, 2])], run: tf.where },
  { name: 'where int32', inputs: [truth([2, 1, 3]), whole([2, 2, 3]), whole([2, 2, 3])], run: tf.where },
  { name: 'where bool', inputs: [truth([6]), truth([6]), truth([6])], run: tf.where },
  {
    name: 'where chooses over NaN',
    inputs: [truth([4], listed(1, 0, 1, 0)), float([4], listed(1, Number.NaN, 2, Number.NaN)), float([4])],
    run: tf.where,
    gradient: [],
  },
  {
    name: 'bitwiseAnd',
    inputs: [whole([8], wholeBetween(-100, 100)), whole([8], wholeBetween(-100, 100))],
    run: (a, b) => tf.engine().runKernel('BitwiseAnd', { a, b }) as tf.Tensor,
  },
  {
    name: 'mixed dtypes',
    inputs: [whole([4]), float([4], awayFromZero())],
    run: (a, b) => [tf.add(a, b), tf.mul(a, b), tf.div(a, b), tf.maximum(a, b)],
    gradient: [],
  },
];
