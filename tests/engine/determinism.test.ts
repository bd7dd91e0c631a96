/** @file The same bits again: from run to run, and with one thread or two. And no growth over a thousand steps. */
import { afterEach, expect, it } from 'vitest';
import { compile, RandomStream, tf, use } from '../../src/lib/engine';
import { batch, type Sizes, trainer } from './transformer';

afterEach(async () => {
  await use({ device: 'cpu' });
  tf.disposeVariables();
});

/** Large enough that ONNX Runtime splits the work between threads. */
const SIZES: Sizes = { B: 8, T: 32, D: 64, H: 4, V: 128, layers: 1 };

async function bytesAfterTraining(threads: number): Promise<Buffer> {
  await use({ device: 'cpu', threads });
  const { step, parameters, dispose } = trainer(SIZES, { random: new RandomStream(1) });
  const [ids, targets] = batch(SIZES);
  const parts: Buffer[] = [];
  for (let i = 0; i < 6; i++) {
    const loss = await step(ids, targets);
    parts.push(Buffer.from(loss.dataSync().slice().buffer as ArrayBuffer));
    loss.dispose();
  }
  for (const variable of Object.values(parameters)) {
    parts.push(Buffer.from(variable.dataSync().slice().buffer as ArrayBuffer));
  }
  dispose();
  return Buffer.concat(parts);
}

it('training twice, and with 1 and 2 threads, gives identical bits', async () => {
  const first = await bytesAfterTraining(2);
  expect(first.equals(await bytesAfterTraining(2))).toBe(true);
  expect(first.equals(await bytesAfterTraining(1))).toBe(true);
  expect(first.length).toBeGreaterThan(200_000);
});

it('1,000 steps leave no tensor behind and no memory: 512 KiB of state, results of 64 KiB, a clone a step', async () => {
  const random = new RandomStream(1);
  const w = tf.tidy(() => tf.variable(tf.zeros([256, 512])));
  const step = compile(
    (x: tf.Tensor) => {
      const noisy = tf.add(w, tf.mul(1e-3, random.uniform([256, 512])));
      w.assign(tf.add(tf.mul(noisy, 0.5), tf.mean(x)));
      return { part: tf.slice(w, [0, 0], [32, 512]), mean: tf.mean(w) };
    },
    { state: [w] },
  );
  const store = tf.findBackend('sightline-device');
  const once = async () => {
    const before = w.clone();
    const x = tf.ones([64, 64]);
    tf.dispose([await step(x), before, x]);
  };
  for (let i = 0; i < 100; i++) await once();
  const memory = { ...tf.memory(), ids: store.numDataIds(), rss: process.memoryUsage().rss };
  for (let i = 0; i < 1000; i++) await once();
  expect(tf.memory().numTensors).toBe(memory.numTensors);
  expect(tf.memory().numDataBuffers).toBe(memory.numDataBuffers);
  expect(store.numDataIds()).toBe(memory.ids);
  // A leak of the state would be 500 MiB, of the results 64 MiB.
  expect((process.memoryUsage().rss - memory.rss) / 2 ** 20).toBeLessThan(48);
});
