/** @file A full Transformer: its compiled gradients against finite differences, its training against eager tfjs. */
import { afterEach, expect, it } from 'vitest';
import { compile, RandomStream, tf, use } from '../../src/lib/engine';
import { batch, initialValues, losses, parameterShapes, type Sizes, trainer } from './transformer';

afterEach(async () => {
  await use({ device: 'cpu' });
  tf.disposeVariables();
});

const norm = (numbers: ArrayLike<number>) => Math.hypot(...Array.from(numbers));

it('every gradient matches finite differences to 1e-3', async () => {
  const sizes: Sizes = { B: 2, T: 3, D: 4, H: 2, V: 7, layers: 1 };
  const values = initialValues(sizes, 0.4);
  const shapes = parameterShapes(sizes);
  const [ids, targets] = batch(sizes);
  const parameters: Record<string, tf.Tensor> = Object.fromEntries(
    Object.entries(values).map(([name, numbers]) => [name, tf.tensor(numbers, shapes[name])]),
  );
  const gradients = compile((named: Record<string, tf.Tensor>) => {
    const names = Object.keys(named);
    const mean = (...tensors: tf.Tensor[]) => {
      const chosen = Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor]));
      return tf.mean(losses(chosen, ids, targets, sizes));
    };
    return tf.grads(mean)(Object.values(named));
  });
  const found = await gradients(parameters);
  const each = compile((named: Record<string, tf.Tensor>) => losses(named, ids, targets, sizes));
  const loss = async () => {
    const result = await each(parameters);
    const sum = (result.dataSync() as Float32Array).reduce((total, value) => total + value, 0); // summed in float64
    result.dispose();
    return sum / (sizes.B * sizes.T);
  };
  for (const [i, name] of Object.keys(values).entries()) {
    const numbers = values[name] as Float32Array;
    const analytic = (found[i] as tf.Tensor).dataSync();
    const differences = new Float64Array(numbers.length);
    for (const at of numbers.keys()) {
      const held = numbers[at] as number;
      // (8·(f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h: exact but for h⁴.
      const h = 0.05;
      const shifted: number[] = [];
      for (const steps of [-2, -1, 1, 2]) {
        numbers[at] = held + steps * h;
        shifted.push(await loss());
      }
      numbers[at] = held;
      const [far, near, near2, far2] = shifted as [number, number, number, number];
      differences[at] = (8 * (near2 - near) - (far2 - far)) / (12 * h);
    }
    const error = norm(analytic.map((value, at) => value - (differences[at] as number)));
    expect(norm(differences), name).toBeGreaterThan(1e-3);
    expect(error / norm(differences), name).toBeLessThan(1e-3);
  }
});

it('20 steps of training match eager tfjs to 1e-4, dropout included', async () => {
  const sizes: Sizes = { B: 2, T: 6, D: 8, H: 2, V: 11, layers: 2 };
  const run = async (device: 'cpu' | 'eager') => {
    await use({ device });
    const { step, parameters, dispose } = trainer(sizes, { random: new RandomStream(4), learningRate: 1e-2 });
    const [ids, targets] = batch(sizes);
    const seen: number[] = [];
    for (let i = 0; i < 20; i++) seen.push((await step(ids, targets)).dataSync()[0] as number);
    const weights = Object.fromEntries(
      Object.entries(parameters).map(([name, variable]) => [name, variable.dataSync() as Float32Array]),
    );
    dispose();
    return { seen, weights };
  };
  const [compiled, eager] = [await run('cpu'), await run('eager')];
  expect(compiled.seen).toBeClose(eager.seen, { relative: 1e-4, absolute: 0 });
  expect(eager.seen.at(-1)).toBeLessThan((eager.seen[0] as number) * 0.7);
  for (const [name, expected] of Object.entries(eager.weights)) {
    const actual = compiled.weights[name] as Float32Array;
    const difference = norm(actual.map((value, i) => value - (expected[i] as number)));
    expect(difference / norm(expected), name).toBeLessThan(1e-4);
  }
});
