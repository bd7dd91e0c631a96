/** @file State: variables stay on the device between calls, and are variables like any other all the same. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compile, tf } from '../../src/lib/engine';
import { errorOf, lineMarked } from './support';

let before: { numTensors: number; numDataBuffers: number };
beforeEach(() => {
  before = { ...tf.memory() };
});
afterEach(() => {
  tf.disposeVariables();
});

/** w ← 2w, compiled. */
function doubling(w: tf.Variable) {
  return compile(
    () => {
      w.assign(tf.mul(w, 2));
      return tf.sum(w);
    },
    { state: [w] },
  );
}

it('is kept between calls and shared by several compiled functions', async () => {
  const [w, total] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.scalar(0))];
  const double = doubling(w);
  const addUp = compile(
    (x: tf.Tensor) => {
      total.assign(tf.add(total, tf.sum(tf.mul(w, x))) as tf.Scalar);
      return total;
    },
    { state: [w, total] },
  );
  const x = tf.tensor1d([1, 10]);
  for (const expected of [42, 126, 294]) {
    await double();
    expect((await addUp(x)).dataSync()[0]).toBe(expected);
  }
  expect(w.arraySync()).toEqual([8, 16]);
  expect(double.compilations + addUp.compilations).toBe(2);
});

it('stays in the engine’s own store while only compiled functions use it', async () => {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const double = doubling(w);
  await double();
  const store = tf.engine().state.tensorInfo.get(w.dataId)?.backend;
  expect(store).toBe(tf.findBackend('sightline-device'));
  expect([...w.dataSync()]).toEqual([2, 4]);
  await w.data();
  await double();
  expect(tf.engine().state.tensorInfo.get(w.dataId)?.backend).toBe(store);
});

it('can be read, used by eager ops and assigned between calls', async () => {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const double = doubling(w);
  await double();
  expect(tf.add(w, 1).arraySync()).toEqual([3, 5]);
  expect((await double()).dataSync()[0]).toBe(12);
  w.assign(tf.tensor1d([5, 6]));
  expect((await double()).dataSync()[0]).toBe(22);
  w.assign(tf.add(w, w));
  expect((await double()).dataSync()[0]).toBe(88);
  expect([...(await w.data())]).toEqual([40, 48]);
});

it('what was read from a variable is a copy', async () => {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const double = doubling(w);
  await double();
  const read = w.dataSync() as Float32Array;
  await double();
  await double();
  expect([...read]).toEqual([2, 4]);
  read.fill(0);
  expect(w.arraySync()).toEqual([8, 16]);
});

it('a clone taken before a step keeps its value, on all buffers', async () => {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const double = doubling(w);
  const clones: tf.Tensor[] = [];
  for (let i = 0; i < 6; i++) {
    clones.push(w.clone());
    if (i % 2) clones.push(w.clone());
    (await double()).dispose();
    (await double()).dispose();
  }
  const expected = [1, 4, 4, 16, 64, 64, 256, 1024, 1024].map((factor) => [factor, 2 * factor]);
  expect(clones.map((clone) => clone.arraySync())).toEqual(expected);
  expect(w.arraySync()).toEqual([4096, 8192]);
  // A clone may outlive the variable, and the other way round.
  tf.dispose(clones.slice(1));
  w.dispose();
  expect(clones[0]?.arraySync()).toEqual([1, 2]);
  clones[0]?.dispose();
  double.dispose();
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
});

it('two variables that were given the same data part at the first step', async () => {
  const source = tf.tensor1d([1, 2]);
  const [a, b] = [tf.variable(source), tf.variable(source)];
  const step = compile(
    () => {
      a.assign(tf.mul(a, 2));
      b.assign(tf.mul(b, 3));
      return [];
    },
    { state: [a, b] },
  );
  await step();
  await step();
  expect([a.arraySync(), b.arraySync(), source.arraySync()]).toEqual([
    [4, 8],
    [9, 18],
    [1, 2],
  ]);
  b.assign(a);
  await step();
  await step();
  expect([a.arraySync(), b.arraySync()]).toEqual([
    [16, 32],
    [36, 72],
  ]);
  const onlyA = doubling(a);
  a.assign(b);
  await onlyA();
  expect([a.arraySync(), b.arraySync()]).toEqual([
    [72, 144],
    [36, 72],
  ]);
});

it('two variables that swap their values within the function', async () => {
  const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
  const swap = compile(
    () => {
      const held = tf.clone(a);
      a.assign(b);
      b.assign(held);
      return [];
    },
    { state: [a, b] },
  );
  for (let i = 0; i < 3; i++) await swap();
  expect([a.dataSync()[0], b.dataSync()[0]]).toEqual([2, 1]);
});

it('a variable that the function sets without reading it, or does not touch', async () => {
  const [set, idle] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(7))];
  const f = compile(
    (x: tf.Tensor) => {
      set.assign(tf.add(x, 1) as tf.Scalar);
      return [];
    },
    { state: [set, idle] },
  );
  await f(tf.scalar(4));
  await f(tf.scalar(5));
  expect([set.dataSync()[0], idle.dataSync()[0]]).toEqual([6, 7]);
});

it('disposing: of a variable makes later calls fail, naming it; of the function leaves the variable', async () => {
  const w = tf.variable(tf.tensor1d([1, 2]), true, 'weights');
  const first = doubling(w);
  await first();
  first.dispose();
  expect(w.arraySync()).toEqual([2, 4]);
  const second = doubling(w);
  await second();
  w.dispose();
  expect((await errorOf(second)).message).toMatch(/the variable weights has been disposed of/);
  expect((await errorOf(doubling(w))).message).toMatch(/the variable weights has been disposed of/);
});

it('refuses a variable that stands twice in state', async () => {
  const w = tf.variable(tf.scalar(1));
  const f = compile(() => tf.add(w, 1), { state: [w, w], name: 'f' });
  expect((await errorOf(f)).message).toBe('f: a variable stands twice in state');
});

it('a call that fails while running leaves state as it was, and names the line of the function', async () => {
  const w = tf.variable(tf.tensor1d([1, 2, 3]));
  const f = compile(
    (index: tf.Tensor) => {
      w.assign(tf.add(w, 1));
      return tf.gather(w, index as tf.Tensor1D); // the look-up
    },
    { state: [w], name: 'look up' },
  );
  await f(tf.tensor1d([0], 'int32'));
  const error = await errorOf(() => f(tf.tensor1d([5], 'int32')));
  expect(error.message).toMatch(/^look up: .*idx=5 must be within/);
  expect(error.message).toContain(`asked for at ${lineMarked(__filename, 'the look-up')}`);
  expect(w.arraySync()).toEqual([2, 3, 4]);
  expect((await f(tf.tensor1d([2], 'int32'))).arraySync()).toEqual([5]);
});
