import { describe, expect, it } from 'vitest';
import { compile, tf } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import { clipByGlobalNorm, createOptimizer, decays } from '../../src/lib/training/optimizer';

const specification = (name: string, shape: number[], values: number[]) => ({
  name,
  shape,
  initialize: () => Float32Array.from(values),
});

/** Gradients of the three steps, in turn. */
const GRADIENTS = [
  [0.5, -1, 2, 0.25],
  [-0.1, 0.4, 1, -0.5],
  [3, -0.2, 0.1, 0.7],
];
const START = [1, -2, 0.5, 3];

/** AdamW in double precision, as the paper's algorithm 2 reads with a constant schedule. */
function adamw(weightDecay: number, learningRate: number): number[] {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  return START.map((start, i) => {
    let [theta, m, v] = [start, 0, 0];
    for (const [t, gradient] of GRADIENTS.entries()) {
      const g = gradient[i] as number;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [mHat, vHat] = [m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))];
      theta -= learningRate * (mHat / (Math.sqrt(vHat) + epsilon) + weightDecay * theta);
    }
    return theta;
  });
}

function sgd(momentum: number, weightDecay: number, learningRate: number): number[] {
  return START.map((start, i) => {
    let [theta, m] = [start, 0];
    for (const gradient of GRADIENTS) {
      m = momentum * m + (gradient[i] as number);
      theta -= learningRate * (m + weightDecay * theta);
    }
    return theta;
  });
}

async function run(
  kind: 'adamw' | 'sgd',
  shape: number[],
  weightDecay: number,
  learningRate: number,
): Promise<number[]> {
  const parameters = createParameters([specification('w', shape, START)], 1);
  const config =
    kind === 'adamw' ? { kind, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } : { kind, momentum: 0.9 };
  const optimizer = createOptimizer(parameters, { config, weightDecay, trainable: ['w'] });
  const update = compile(
    (inputs: tf.Tensor, gradient: tf.Tensor) => {
      optimizer.update(inputs, new Map([['w', gradient]]));
      return inputs;
    },
    { state: [...parameters.variables(), ...optimizer.state.values()] },
  );
  for (const [step, gradient] of GRADIENTS.entries()) {
    await update(tf.tensor1d(optimizer.inputs(step, learningRate)), tf.tensor(gradient, shape));
  }
  return [...(await parameters.get('w').data())];
}

describe('optimizers', () => {
  it('AdamW takes the steps of its definition in double precision, to 1e-6', async () => {
    expect(await run('adamw', [2, 2], 0.1, 0.05)).toBeClose(adamw(0.1, 0.05), { absolute: 1e-6 });
  });

  it('does not decay biases and norms', async () => {
    expect(decays([128])).toBe(false);
    expect(decays([1, 1, 64])).toBe(false);
    expect(decays([64, 3, 5, 5])).toBe(true);
    expect(await run('adamw', [4], 0.1, 0.05)).toBeClose(adamw(0, 0.05), { absolute: 1e-6 });
  });

  it('SGD with momentum takes the steps of its definition, to 1e-6', async () => {
    expect(await run('sgd', [2, 2], 0.1, 0.05)).toBeClose(sgd(0.9, 0.1, 0.05), { absolute: 1e-6 });
  });

  it('clips by the norm over all gradients: (3, 4) and 12 have the norm 13', () => {
    const gradients = new Map<string, tf.Tensor>([
      ['a', tf.tensor1d([3, 4])],
      ['b', tf.scalar(12)],
    ]);
    const { clipped, norm } = clipByGlobalNorm(gradients, 6.5);
    expect(norm.dataSync()).toBeClose([13]);
    expect(clipped.get('a')?.dataSync()).toBeClose([1.5, 2]);
    expect(clipped.get('b')?.dataSync()).toBeClose([6]);
    expect(clipByGlobalNorm(gradients, 20).clipped.get('b')?.dataSync()).toBeClose([12]);
    expect(clipByGlobalNorm(gradients, null).clipped).toBe(gradients);
  });
});
