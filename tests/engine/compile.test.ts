/** @file `compile`: signatures, arguments and results, and that what it returns is what plain tfjs returns. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile, tf } from '../../src/lib/engine';
import { errorOf, normalNumbers } from './support';

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  tf.disposeVariables();
});

describe('signatures', () => {
  it('compiles once for each combination of shapes and dtypes', async () => {
    let traces = 0;
    const double = compile((x: tf.Tensor) => {
      traces += 1;
      return tf.add(x, x);
    });
    for (const values of [
      [1, 2],
      [3, 4],
      [5, 6, 7],
      [8, 9],
    ]) {
      const [x, expected] = [tf.tensor(values), values.map((value) => 2 * value)];
      const y = await double(x);
      expect([...y.dataSync()]).toEqual(expected);
      tf.dispose([x, y]);
    }
    expect(double.compilations).toBe(2);
    const whole = await double(tf.tensor([1, 2], [2], 'int32'));
    expect(whole.dtype).toBe('int32');
    expect(double.compilations).toBe(3);
    expect(traces).toBe(3);
    double.dispose();
    expect(double.compilations).toBe(0);
    expect((await errorOf(() => double(whole))).message).toMatch(/has been disposed of/);
  });

  it('tells the form of nested arguments apart, not their order of arrival', async () => {
    const sum = compile((x: { a: tf.Tensor; b: tf.Tensor }) => tf.sub(x.a, x.b));
    const [one, two] = [tf.scalar(1), tf.scalar(2)];
    expect((await sum({ a: one, b: two })).dataSync()[0]).toBe(-1);
    expect((await sum({ b: two, a: one })).dataSync()[0]).toBe(-1);
    expect((await sum({ a: two, b: one })).dataSync()[0]).toBe(1);
  });

  it('runs calls that overlap in the order of the calls', async () => {
    const w = tf.variable(tf.scalar(0));
    const append = compile(
      (digit: tf.Tensor) => {
        w.assign(tf.add(tf.mul(w, 10), digit) as tf.Scalar);
        return w;
      },
      { state: [w] },
    );
    const results = await Promise.all([1, 2, 3].map((digit) => append(tf.scalar(digit))));
    expect(results.map((result) => result.dataSync()[0])).toEqual([1, 12, 123]);
    expect(w.dataSync()[0]).toBe(123);
  });
});

describe('arguments and results', () => {
  it('takes and returns trees of tensors in their own form', async () => {
    const f = compile((parts: { pair: tf.Tensor[]; scale: tf.Tensor }, shift: tf.Tensor) => ({
      scaled: parts.pair.map((part) => tf.mul(part, parts.scale)),
      deep: { shifted: [tf.add(parts.pair[0] as tf.Tensor, shift)], none: [] },
    }));
    const found = await f(
      { pair: [tf.tensor1d([1, 2]), tf.tensor2d([[3]])], scale: tf.scalar(10) },
      tf.scalar(100),
    );
    expect(found.scaled.map((tensor) => tensor.arraySync())).toEqual([[10, 20], [[30]]]);
    expect(found.deep.shifted[0]?.arraySync()).toEqual([101, 102]);
    expect(found.deep.none).toEqual([]);
  });

  it('returns an argument, a variable, a constant, and one tensor under two names as tensors of their own', async () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const f = compile(
      (x: tf.Tensor) => {
        const y = tf.square(x);
        return { x, w, constant: tf.tensor1d([7, 8]), first: y, second: y };
      },
      { state: [w] },
    );
    const x = tf.tensor1d([3, 4]);
    const found = await f(x);
    expect(Object.values(found).map((tensor) => tensor.arraySync())).toEqual([
      [3, 4],
      [1, 2],
      [7, 8],
      [9, 16],
      [9, 16],
    ]);
    tf.dispose(found);
    expect([...x.dataSync(), ...w.dataSync()]).toEqual([3, 4, 1, 2]);
    const again = await f(x);
    again.first.dispose();
    expect(again.second.arraySync()).toEqual([9, 16]);
  });

  it('refuses what is no tensor, saying which part', async () => {
    const x = tf.scalar(1);
    const returnsNumber = compile((a: tf.Tensor) => ({ a, loss: [1] }) as unknown as tf.Tensor, {
      name: 'f',
    });
    expect((await errorOf(() => returnsNumber(x))).message).toMatch(
      /f: loss\[0\] is number; compiled functions/,
    );
    const takesAnything = compile((a: tf.Tensor) => a);
    const message = (await errorOf(() => takesAnything('x' as unknown as tf.Tensor))).message;
    expect(message).toMatch(/is string; compiled functions take and return tensors/);
    const text = await errorOf(() => takesAnything(tf.tensor(['a'])));
    expect(text.message).toMatch(/dtype string cannot be compiled; float32, int32 and bool can/);
  });

  it('refuses a variable as an argument', async () => {
    const w = tf.variable(tf.scalar(1));
    const f = compile((x: tf.Tensor) => tf.add(x, 1));
    expect((await errorOf(() => f(w))).message).toMatch(/argument 0: pass variables in state/);
    expect(w.dataSync()[0]).toBe(1);
  });

  it.each([
    ['scalar', [], 'float32'],
    ['vector', [3], 'float32'],
    ['rank 5', [1, 2, 1, 2, 2], 'float32'],
    ['whole numbers', [2, 2], 'int32'],
    ['truth values', [4], 'bool'],
    ['nothing', [0], 'float32'],
    ['no rows', [0, 3], 'int32'],
    ['no truth values', [2, 0], 'bool'],
  ] as [string, number[], 'float32' | 'int32' | 'bool'][])(
    'passes %s through arguments, state and results',
    async (_, shape, dtype) => {
      const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (i + 1) % 3);
      const x = tf.tensor(values, shape, dtype);
      const w = tf.variable(tf.zeros(shape, dtype), false, undefined, dtype);
      const f = compile(
        (a: tf.Tensor) => {
          const old = tf.clone(w);
          w.assign(a);
          return { old, same: a, changed: dtype === 'bool' ? tf.logicalNot(a) : tf.add(a, tf.onesLike(a)) };
        },
        { state: [w] },
      );
      for (let call = 0; call < 3; call++) {
        const { old, same, changed } = await f(x);
        expect([old.shape, same.shape, changed.shape]).toEqual([shape, shape, shape]);
        expect([old.dtype, same.dtype, changed.dtype]).toEqual([dtype, dtype, dtype]);
        expect(same.dataSync()).toEqual(x.dataSync());
        expect(old.dataSync()).toEqual(call === 0 ? tf.zeros(shape, dtype).dataSync() : x.dataSync());
        expect(w.dataSync()).toEqual(x.dataSync());
        const other = values.map((value) => (dtype === 'bool' ? Number(value === 0) : value + 1));
        expect([...changed.dataSync()]).toEqual(other);
      }
    },
  );

  it('gives numbers made in the function as constants, whatever changes later', async () => {
    const mask = Float32Array.of(1, 0, 1);
    const outside = tf.tensor1d([5, 6, 7]);
    const f = compile((x: tf.Tensor) => tf.add(tf.mul(x, tf.tensor1d(mask)), outside));
    const x = tf.tensor1d([1, 2, 3]);
    expect((await f(x)).arraySync()).toEqual([6, 6, 10]);
    mask.fill(0);
    expect(outside.arraySync()).toEqual([5, 6, 7]);
    outside.dispose();
    expect((await f(x)).arraySync()).toEqual([6, 6, 10]);
  });
});

describe('a user’s own arrays', () => {
  it('are never written to, behind arguments, variables and assignments', async () => {
    const arrays = [0, 1, 2].map((seed) => normalNumbers([64], seed));
    const copies = arrays.map((array) => array.slice());
    const w = tf.variable(tf.tensor1d(arrays[0] as Float32Array));
    const x = tf.tensor1d(arrays[1] as Float32Array);
    const step = compile(
      (a: tf.Tensor) => {
        w.assign(tf.add(tf.mul(w, 0.5), a) as tf.Tensor1D);
        return tf.sum(w);
      },
      { state: [w] },
    );
    for (let i = 0; i < 4; i++) await step(x);
    w.assign(tf.tensor1d(arrays[2] as Float32Array));
    for (let i = 0; i < 4; i++) await step(x);
    for (const [i, array] of arrays.entries()) expect(array).toEqual(copies[i]);
  });

  it('a result belongs to the caller: later calls do not change it', async () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const step = compile(
      () => {
        w.assign(tf.mul(w, 2) as tf.Tensor1D);
        return [w, tf.add(w, 1)];
      },
      { state: [w] },
    );
    const kept = await Promise.all([step(), step(), step()]);
    expect(kept.map(([first]) => first?.arraySync())).toEqual([
      [2, 4],
      [4, 8],
      [8, 16],
    ]);
    expect(kept.map(([, second]) => second?.arraySync())).toEqual([
      [3, 5],
      [5, 9],
      [9, 17],
    ]);
    const last = kept[2]?.[0] as tf.Tensor;
    (last.dataSync() as Float32Array).fill(0);
    expect(w.arraySync()).toEqual([8, 16]);
  });
});

it('leaves no tensor behind: results are the caller’s, everything else is freed', async () => {
  const ones = tf.ones([4, 4]);
  const w = tf.variable(ones);
  const f = compile(
    (x: tf.Tensor) => {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.matMul(x, w as tf.Tensor2D))));
      w.assign(tf.sub(w, tf.mul(grads[w.name] as tf.Tensor, 0.1)));
      return value;
    },
    { state: [w] },
  );
  const x = tf.ones([2, 4]);
  for (let i = 0; i < 3; i++) {
    const loss = await f(x);
    loss.dispose();
  }
  f.dispose();
  tf.dispose([x, w, ones]);
  expect(tf.memory().numTensors).toBe(before);
});
