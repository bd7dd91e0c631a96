/**
 * @file The TensorFlow device: the kit's own code, eager, on TensorFlow's binding (`@tensorflow/tfjs-node-gpu` or
 * `tfjs-node`). Runs wherever the package loads; elsewhere it is skipped with the exact reason.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile, type Device, probeDevice, RandomStream, tf, use } from '../../../src/lib/engine';
import { batch, type Sizes, trainer } from '../transformer';
import { cnnBatch, cnnStep } from './cnn';
import { guidedBatch, guidedStep } from './guided-step';

describe('tensorflow', () => {
  beforeEach(async ({ skip }) => {
    const probe = await probeDevice('tensorflow');
    skip(!probe.works, probe.reason);
  });
  afterEach(async () => {
    await use({ device: 'cpu' });
    tf.disposeVariables();
  });

  type Step = { step: (a: tf.Tensor, b: tf.Tensor) => Promise<tf.Tensor>; dispose(): void };
  async function losses(device: Device, make: () => Step, args: () => [tf.Tensor, tf.Tensor], steps: number) {
    await use({ device });
    const { step, dispose } = make();
    const [a, b] = args();
    const found: number[] = [];
    for (let i = 0; i < steps; i++) {
      const loss = await step(a, b);
      found.push(loss.dataSync()[0] as number);
      loss.dispose();
    }
    dispose();
    return found;
  }

  const SIZES: Sizes = { B: 2, T: 8, D: 16, H: 2, V: 24, layers: 2 };
  const transformer = () => trainer(SIZES, { random: new RandomStream(3), learningRate: 1e-2 });
  const steps: [string, () => Step, () => [tf.Tensor, tf.Tensor]][] = [
    ['a Transformer with dropout', transformer, () => batch(SIZES)],
    ['a CNN', cnnStep, cnnBatch],
    ['BERT and CNN, the kit’s own', () => guidedStep('cnn'), guidedBatch],
    ['BERT and ViT, the kit’s own', () => guidedStep('vit'), guidedBatch],
  ];

  it.each(steps)('20 steps of training %s match the compiled engine to 1e-3', async (_, make, args) => {
    const compiled = await losses('cpu', make, args, 20);
    const eager = await losses('tensorflow', make, args, 20);
    expect(eager).toBeClose(compiled, { relative: 1e-3, absolute: 1e-4 });
    expect(compiled.at(-1)).toBeLessThan(compiled[0] as number);
  });

  it('is the backend in use, and state passes to it and back', async () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const double = compile(
      () => {
        w.assign(tf.mul(w, 2));
        return w;
      },
      { state: [w] },
    );
    await double();
    await use({ device: 'tensorflow' });
    expect(tf.getBackend()).toBe('tensorflow');
    expect((await double()).arraySync()).toEqual([4, 8]);
    await use({ device: 'cpu' });
    expect(tf.getBackend()).toBe('cpu');
    expect((await double()).arraySync()).toEqual([8, 16]);
  });
});
