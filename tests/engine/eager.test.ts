/** @file The eager device: the same functions uncompiled, with the same ownership of what goes in and comes out. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compile, describe as describeDevice, tf, use } from '../../src/lib/engine';

beforeEach(async () => {
  await use({ device: 'eager' });
});
afterEach(async () => {
  await use({ device: 'cpu' });
  tf.disposeVariables();
});

it('is named as what it is', () => {
  expect(describeDevice()).toMatchObject({ device: 'eager' });
  expect(describeDevice().reason).toMatch(/^asked for; .*uncompiled/);
});

it('results are the caller’s own: disposing of one frees no argument, variable or other result', async () => {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const x = tf.tensor1d([3, 4]);
  const before = tf.memory().numTensors;
  const f = compile(
    (a: tf.Tensor) => {
      const y = tf.square(a);
      return { a, w, first: y, second: y };
    },
    { state: [w] },
  );
  const found = await f(x);
  expect(tf.memory().numTensors).toBe(before + 4);
  tf.dispose([found.a, found.w, found.first]);
  expect(found.second.arraySync()).toEqual([9, 16]);
  expect([x.arraySync(), w.arraySync()]).toEqual([
    [3, 4],
    [1, 2],
  ]);
  found.second.dispose();
  expect(tf.memory().numTensors).toBe(before);
  // What was returned of a variable is its value then.
  const kept = (await f(x)).w;
  w.assign(tf.tensor1d([8, 8]));
  expect(kept.arraySync()).toEqual([1, 2]);
});

it('state passes between devices with its value', async () => {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const double = compile(
    () => {
      w.assign(tf.mul(w, 2));
      return w;
    },
    { state: [w] },
  );
  await use({ device: 'cpu', threads: 2 });
  expect((await double()).arraySync()).toEqual([2, 4]);
  await use({ device: 'cpu', threads: 2 });
  expect((await double()).arraySync()).toEqual([4, 8]);
  await use({ device: 'cpu', threads: 1 });
  expect((await double()).arraySync()).toEqual([8, 16]);
  await use({ device: 'eager' });
  expect((await double()).arraySync()).toEqual([16, 32]);
  expect(double.compilations).toBe(2);
});
