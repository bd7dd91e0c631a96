/**
 * @file The simplifications of the emitters change no result: random expression trees of elementwise operations,
 * transposes, reshapes, broadcasts, slices and reductions, with the constants that are simplified away (0 and 1)
 * among them, give what tfjs `cpu` gives for every operation by itself; and so do their gradients.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../../src/lib/engine';
import { Generator } from '../../../src/lib/random';
import { type CaseResult, type KernelCase, type Results, runCases } from '../kernels/harness';

const TREES = 120;

/** Grows a function of two tensors, step by step, as one that can be run again: the same draws, the same tree. */
function grow(seed: number, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const generator = new Generator(seed, 'expression');
  const pool = [a, b];
  const pick = () => generator.choice(pool);
  const shuffled = (count: number) => generator.shuffle(Array.from({ length: count }, (_, i) => i));
  /** A value that broadcasts with `x`: of its shape, or with some axes cut to 1, or with leading ones dropped. */
  const partner = (x: tf.Tensor): tf.Tensor => {
    const same = pool.filter((y) => String(y.shape) === String(x.shape));
    const y = generator.choice([...same, x]);
    const kept = y.shape.map((size) => (generator.integer(3) === 0 ? 1 : size));
    const narrow = tf.slice(
      y,
      kept.map(() => 0),
      kept,
    );
    const lead = kept.findIndex((size) => size !== 1);
    return generator.integer(2) ? narrow : tf.reshape(narrow, kept.slice(lead < 0 ? kept.length : lead));
  };
  const steps: (() => tf.Tensor)[] = [
    () => tf.tanh(pick()),
    () => tf.abs(tf.add(pick(), 3)),
    () => {
      const x = pick();
      return generator.choice([tf.add, tf.sub, tf.mul])(x, partner(x));
    },
    () => {
      const x = pick();
      return generator.choice([tf.add, tf.sub, tf.mul])(partner(x), x);
    },
    () => generator.choice([tf.add, tf.sub])(pick(), tf.zeros([1])),
    () => generator.choice([tf.mul, tf.div])(pick(), tf.scalar(1)),
    () => {
      const x = pick();
      return tf.mul(tf.ones([3, ...x.shape.map(() => 1)]), x);
    },
    () => {
      const x = pick();
      return tf.transpose(x, shuffled(x.rank));
    },
    () => {
      const x = pick();
      return x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : tf.transpose(x);
    },
    () => {
      const x = pick();
      return x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : tf.expandDims(x, 0);
    },
    () => {
      const x = pick();
      return tf.reshape(x, [-1, x.rank > 0 ? (x.shape.at(-1) as number) : 1]);
    },
    () => {
      const x = pick();
      return tf.reshape(x, [...x.shape.slice(0, -1), 1, x.rank > 0 ? (x.shape.at(-1) as number) : 1]);
    },
    () => {
      const x = pick();
      return x.rank > 1
        ? tf.reshape(
            x,
            shuffled(x.rank).map((axis) => x.shape[axis] as number),
          )
        : tf.neg(x);
    },
    () => {
      const x = pick();
      const axis = generator.integer(Math.max(1, x.rank));
      return generator.choice([tf.sum, tf.mean])(
        x,
        x.rank > 0 ? axis : undefined,
        generator.integer(2) === 1,
      );
    },
    () => {
      const x = pick();
      return x.rank > 1
        ? tf.sum(
            x,
            Array.from({ length: x.rank - 1 }, (_, i) => i),
          )
        : tf.neg(x);
    },
    () => {
      const x = pick();
      return tf.where(tf.greater(x, 0), x, tf.zerosLike(x));
    },
    () => {
      const x = pick();
      const axis = generator.integer(Math.max(1, x.rank));
      return x.rank > 0 ? tf.concat([x, tf.mul(x, 2)], axis) : x;
    },
    () => {
      const x = pick();
      return x.rank === 2 ? tf.reshape(tf.matMul(x, x, false, true), [-1, 1, x.shape[0] as number]) : x;
    },
  ];
  for (let i = 0; i < 9; i++) {
    const made = generator.choice(steps)();
    if (made.rank <= 5 && made.size <= 400 && made.size > 0) pool.push(made);
  }
  // All of it counts, so that no branch is dead; tanh keeps the numbers small.
  return tf.addN(pool.map((x) => tf.sum(tf.tanh(x))));
}

const trees: KernelCase[] = Array.from({ length: TREES }, (_, seed) => ({
  name: `tree ${seed}`,
  inputs: [{ shape: seed % 3 ? [2, 3, 4] : [2, 3, 2, 4] }, { shape: seed % 3 ? [2, 3, 4] : [2, 3, 2, 4] }],
  run: (a: tf.Tensor, b: tf.Tensor) => grow(seed, a, b),
  // where and abs have kinks: the gradients are compared with those of tfjs alone.
  withoutDifferences: true,
}));

describe('random expression trees', () => {
  let results: Results;
  beforeAll(async () => {
    results = await runCases(trees);
  });

  it.each(trees.map(({ name }) => name))('%s', (name) => {
    const result = results.get(name) as CaseResult | Error;
    if (result instanceof Error) throw result;
    const { compiled, eager } = result;
    for (const kind of ['outputs', 'gradients'] as const) {
      for (const [i, { values, shape }] of eager[kind].entries()) {
        expect(compiled[kind][i]?.shape).toEqual(shape);
        expect(compiled[kind][i]?.values, `${kind} ${i}`).toBeClose(values, {
          absolute: 2e-4,
          relative: 2e-4,
        });
      }
    }
  });
});
