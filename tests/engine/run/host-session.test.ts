import { beforeAll, describe, expect, test } from 'vitest';
import { engine } from '../../../src/lib';

const { tf } = engine;

describe('outputs on the CPU', () => {
  beforeAll(() => engine.use({ device: 'cpu' }));

  test('are written into buffers that take turns: a step of 8 MB of state allocates next to nothing', async () => {
    const state = tf.variable(tf.zeros([2_000_000]));
    const step = engine.compile(
      (add: engine.tf.Tensor) => {
        state.assign(tf.add(state, add));
        return tf.sum(state);
      },
      { state: [state] },
    );
    const one = tf.scalar(1);
    const run = async () => tf.dispose(await step(one));
    for (let i = 0; i < 3; i++) await run(); // allocates the two buffers
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 5; i++) await run();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
    expect((await state.data())[1_999_999]).toBe(8);
    step.dispose();
    tf.dispose([state, one]);
  });

  test('of a step that fails are an error with the reason, not taken for written', async () => {
    const table = tf.variable(tf.zeros([4, 2]));
    const step = engine.compile((rows: engine.tf.Tensor) => tf.gather(table, rows), { state: [table] });
    const wrong = tf.tensor1d([9], 'int32');
    await expect(step(wrong)).rejects.toThrow(/out of data bounds|indices element/);
    step.dispose();
    tf.dispose([table, wrong]);
  });
});
