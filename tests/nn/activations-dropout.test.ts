import { describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import { activations, dropout } from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { randomTensor, randomVariable, readValues } from './support';

describe('activations', () => {
  /** Values at 1 and −2, from the closed forms in float64. */
  const known: Record<keyof typeof activations, [number, number]> = {
    gelu: [0.8413447461, -0.0455002639],
    gelu_new: [0.8411919906, -0.0454022878],
    gelu_pytorch_tanh: [0.8411919906, -0.0454022878],
    relu: [1, 0],
    silu: [0.7310585786, -0.238405844],
    tanh: [0.761594156, -0.9640275801],
  };

  it.each(Object.keys(activations) as (keyof typeof activations)[])('%s: numbers and gradient', (name) => {
    const f = activations[name];
    expect(readValues(() => f(tf.tensor1d([1, -2])))).toBeClose(known[name], { absolute: 2e-6 });
    const x = tf.variable(tf.tensor1d([-2.5, -1, -0.3, 0.2, 0.9, 3]));
    checkGradients(() => f(x), [['x', x]]);
  });
});

describe('dropout', () => {
  it('rate 0, and evaluation, are the identity and draw nothing', () => {
    const x = randomTensor([4]);
    const random = new RandomStream(1);
    expect(dropout(x, 0, random)).toBe(x);
    expect(dropout(x, 0.5, undefined)).toBe(x);
    const fresh = new RandomStream(1);
    expect(readValues(() => random.uniform([3]))).toEqual(readValues(() => fresh.uniform([3])));
  });

  it('keeps about 1 − rate of the values, scaled to the same mean', () => {
    const out = readValues(() => dropout(tf.ones([20000]), 0.3, new RandomStream(1)));
    const kept = out.filter((v) => v > 0);
    expect(kept.every((v) => Math.abs(v - 1 / 0.7) < 1e-6)).toBe(true);
    expect(kept.length / out.length).toBeCloseTo(0.7, 2); // deviation 0.0032
  });

  it('differs from place to place and from step to step, and repeats with the seed', () => {
    const run = () => {
      const random = new RandomStream(5);
      const one = () => [...readValues(() => dropout(tf.ones([64]), 0.5, random))].join();
      const masks = [one(), one()];
      random.advance();
      return [...masks, one()];
    };
    expect(new Set(run()).size).toBe(3);
    expect(run()).toEqual(run());
  });

  it('gradient is the mask', () => {
    const x = randomVariable([16], 'x');
    checkGradients(() => {
      return dropout(x, 0.4, new RandomStream(2));
    }, [['x', x]]);
    expect(() => dropout(x, 1, new RandomStream(2))).toThrow('dropout: the rate must be in [0, 1), got 1');
  });
});
