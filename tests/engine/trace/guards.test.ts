/**
 * @file What cannot be compiled is refused with op, shapes and line, and after each refusal the engine is as it was:
 * backend, variables, tensors, and the next function compiles.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { compile, EngineError, RandomStream, tf } from '../../../src/lib/engine';
import { errorOf, lineMarked } from '../support';

afterEach(() => {
  tf.disposeVariables();
});

const marked = (marker: string) => lineMarked(__filename, marker);

interface Refusal {
  what: string;
  fn: (x: tf.Tensor, w: tf.Variable, other: tf.Variable) => unknown;
  message: RegExp;
  marker?: string;
}

const REFUSALS: Refusal[] = [
  {
    what: 'tf.randomUniform',
    fn: (x) => tf.add(x, tf.randomUniform([2])), // uniform
    message: /tf\.randomUniform at .* draws its numbers once.*RandomStream/,
    marker: 'uniform',
  },
  {
    what: 'tf.randomNormal',
    fn: (x) => tf.add(x, tf.randomNormal([2])), // normal
    message: /tf\.randomNormal at /,
    marker: 'normal',
  },
  {
    what: 'tf.truncatedNormal with a seed',
    fn: (x) => tf.add(x, tf.truncatedNormal([2], 0, 1, 'float32', 7)), // truncated
    message: /tf\.truncatedNormal at /,
    marker: 'truncated',
  },
  {
    what: 'tf.dropout within a gradient',
    fn: (_, w) => tf.variableGrads(() => tf.sum(tf.dropout(tf.square(w), 0.5)), [w]).value, // dropout
    message: /tf\.dropout at /,
    marker: 'dropout',
  },
  {
    what: 'tf.multinomial',
    fn: () => tf.multinomial(tf.tensor1d([0.5, 0.5]), 3), // multinomial
    message: /tf\.multinomial at /,
    marker: 'multinomial',
  },
  {
    what: 'Math.random',
    fn: (x) => tf.mul(x, Math.random()), // math
    message: /Math\.random at .* while tracing: every call would see the same number/,
    marker: 'math',
  },
  {
    what: 'a read by dataSync',
    fn: (x) => tf.mul(x, tf.sum(x).dataSync()[0] as number), // dataSync
    message: /a value was read while tracing at .*the graph has no values yet/,
    marker: 'dataSync',
  },
  {
    what: 'a read of a variable',
    fn: (x, w) => tf.mul(x, w.arraySync() as number[]), // arraySync
    message: /a value was read while tracing/,
    marker: 'arraySync',
  },
  {
    what: 'a read within a tfjs op',
    fn: (x) => tf.booleanMaskAsync(x, tf.greater(x, 0)), // mask
    message: /the function is async|a value was read while tracing/,
  },
  {
    what: 'a read within tf.print',
    fn: (x) => {
      x.print(); // print
      return x;
    },
    message: /a value was read while tracing/,
    marker: 'print',
  },
  {
    what: 'an undeclared variable that is read',
    fn: (x, _, other) => tf.mul(x, other), // undeclared
    message: /the variable other is read at .* but does not stand in state: .*add it to compile's state/,
    marker: 'undeclared',
  },
  {
    what: 'an undeclared variable that is assigned',
    fn: (x, _, other) => {
      other.assign(tf.mul(x, 2));
      return x;
    },
    message: /the variable other is assigned but does not stand in state/,
  },
  {
    what: 'an undeclared variable that an optimizer of tfjs updates',
    fn: (_, w, other) => {
      const cost = tf.train.sgd(0.1).minimize(() => tf.sum(tf.mul(w, tf.square(other))), true, [other]);
      return cost;
    },
    message: /the variable other is read at .* but does not stand in state/,
  },
  {
    what: 'a variable created within',
    fn: (x) => tf.mul(x, tf.variable(tf.ones([2]))),
    message: /a variable is created within the function/,
  },
  {
    what: 'an async function',
    fn: async (x) => tf.mul(x, 2),
    message: /the function is async/,
  },
  {
    what: 'an async function that goes on to fail',
    fn: async (x) => {
      await Promise.resolve();
      return x.dataSync();
    },
    message: /the function is async/,
  },
  {
    what: 'shapes that do not fit',
    fn: (x) => tf.add(x, tf.ones([3])), // shapes
    message: /2 and 3|\[2\].*\[3\]|do not broadcast|Operands could not be broadcast/,
    marker: 'shapes',
  },
  {
    what: 'a product whose inner dimensions differ, within a gradient',
    fn: (_, w) =>
      tf.variableGrads(() => {
        const wide = tf.outerProduct(tf.mul(w, 2) as tf.Tensor1D, w as tf.Tensor1D);
        return tf.sum(tf.matMul(tf.ones([4, 3]), wide)); // inner
      }, [w]).value,
    message: /inner shapes|inner dimensions/,
    marker: 'inner',
  },
  {
    what: 'an op without compiled form',
    fn: (x) => tf.real(tf.spectral.fft(tf.complex(x, x))), // fft
    message: /has no compiled form yet|cannot be compiled/,
    marker: 'fft',
  },
  {
    what: 'an error of the function’s own',
    fn: (_, w) =>
      tf.variableGrads(() => {
        tf.square(tf.mul(w, 3));
        throw new RangeError('no such layer'); // own
      }, [w]).value,
    message: /no such layer/,
    marker: 'own',
  },
  {
    what: 'a loss that does not depend on the variables',
    fn: (x, w) => tf.variableGrads(() => tf.sum(x) as tf.Scalar, [w]).value,
    message: /Cannot find a connection|Cannot compute gradient/,
  },
];

describe('refused', () => {
  it.each(REFUSALS)('$what', async ({ fn, message, marker }) => {
    const initial = tf.tensor1d([1, 2]);
    const [w, other] = [tf.variable(initial), tf.variable(initial, true, 'other')];
    const x = tf.tensor1d([3, 4]);
    const { random } = Math;
    const { numTensors, numDataBuffers } = tf.memory();
    const recorded = () => tf.findBackend('sightline-recording').numDataIds();
    const f = compile((a: tf.Tensor) => fn(a, w, other) as tf.Tensor, { state: [w], name: 'step' });
    const dataIds: number[] = [];
    // Twice: what a first failure leaves behind must not make the second pass.
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await errorOf(() => f(x));
      expect(error).toBeInstanceOf(EngineError);
      expect(error.message).toMatch(/^step: /);
      expect(error.message).toMatch(message);
      if (marker) expect(error.message).toContain(marked(marker));
      expect(f.compilations).toBe(0);
      expect(tf.getBackend()).toBe('cpu');
      expect(Math.random).toBe(random);
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(tf.memory().numDataBuffers).toBe(numDataBuffers);
      dataIds.push(recorded());
    }
    expect(dataIds[1]).toBe(dataIds[0]);
    expect([w, other, x].map((tensor) => tensor.arraySync())).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
    ]);
    expect(tf.add(w, other).arraySync()).toEqual([2, 4]);
    const next = compile(
      (a: tf.Tensor) => {
        const { value, grads } = tf.variableGrads(() => tf.sum(tf.mul(tf.square(w), a)) as tf.Scalar, [w]);
        w.assign(tf.sub(w, grads[w.name] as tf.Tensor));
        return value;
      },
      { state: [w] },
    );
    expect((await next(x)).dataSync()[0]).toBe(19);
    expect(w.arraySync()).toEqual([-5, -14]);
    initial.dispose();
  });
});

it('an error names the kernel, the shapes and the line', async () => {
  const f = compile((x: tf.Tensor) => tf.linalg.bandPart(tf.spectral.rfft(x), 1, 1), { name: 'f' }); // rfft
  const { message } = await errorOf(() => f(tf.ones([2, 4])));
  expect(message).toContain('[2,4]');
  expect(message).toContain(marked('rfft'));
});

it('a tensor of a finished trace cannot be used in the next', async () => {
  let kept: tf.Tensor | undefined;
  const first = compile((x: tf.Tensor) => {
    kept = tf.keep(tf.mul(x, 2));
    return kept;
  });
  const x = tf.scalar(2);
  expect((await first(x)).dataSync()[0]).toBe(4);
  const second = compile((a: tf.Tensor) => tf.add(a, kept as tf.Tensor));
  const { message } = await errorOf(() => second(x));
  expect(message).toMatch(/a tensor of a finished trace was used: return it from the function/);
});

it('a compiled function cannot be called from another', async () => {
  const inner = compile((x: tf.Tensor) => tf.mul(x, 2));
  const outer = compile((x: tf.Tensor) => inner(x) as unknown as tf.Tensor);
  expect((await errorOf(() => outer(tf.scalar(1)))).message).toMatch(/the function is async/);
  expect((await inner(tf.scalar(3))).dataSync()[0]).toBe(6);
});

it('a stream drawn from in a failed trace stays at its step', async () => {
  const random = new RandomStream(1);
  const f = compile(() => {
    random.uniform([3]);
    throw new Error('stopped');
  });
  await errorOf(f);
  expect(random.step).toBe(0);
});

it('a read whose refusal the function swallows is refused all the same', async () => {
  const f = compile((x: tf.Tensor) => {
    try {
      return tf.mul(x, x.dataSync()[0] as number);
    } catch {
      return x;
    }
  });
  expect((await errorOf(() => f(tf.scalar(2)))).message).toMatch(/a value was read while tracing/);
});
