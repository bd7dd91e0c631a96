/** @file Attacks have the norm that they state and go where the loss rises; training under them learns, and resists. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, RandomStream, tf, use } from '../../src/lib/engine';
import { InputError } from '../../src/lib/errors';
import { evaluateModel, robustnessCurve, type TrainConfigInput, train } from '../../src/lib/training';
import {
  type Attack,
  adversarialGradients,
  attackOf,
  direction,
  project,
  worstDelta,
} from '../../src/lib/training/adversarial/attack';
import { adversarialConfigSchema } from '../../src/lib/training/config';
import { colourData } from '../support/colour-data';

const attack = (settings: object): Attack => attackOf(adversarialConfigSchema.parse(settings));
const norms = (delta: tf.Tensor) => tf.norm(tf.reshape(delta, [delta.shape[0] as number, -1]), 2, 1);

/** L(δ) = mean over records of wᵀ(x + δ)², whose gradient by δ is 2w(x + δ)/B. */
const x = tf.tensor2d([
  [1, 2, -2],
  [0.1, 0, 0],
]);
const w = tf.tensor1d([1, 0.5, 2]);
const lossAt = (delta: tf.Tensor) => tf.mean(tf.sum(tf.mul(w, tf.square(tf.add(x, delta))), 1));

beforeAll(() => use({ device: 'cpu' }));

describe('attacks', () => {
  it('FGM: each record is moved by ε along its gradient, however small that is', () => {
    const delta = worstDelta(lossAt, [2, 3], attack({ kind: 'fgm', epsilon: 0.3 }));
    expect(norms(delta).dataSync()).toBeClose([0.3, 0.3], { relative: 1e-6 });
    const along = [1, 1, -4].map((value) => (0.3 * value) / Math.sqrt(18)); // g ∝ w·x
    expect(delta.dataSync()).toBeClose([...along, 0.3, 0, 0], { absolute: 1e-6 });
  });

  it('in the largest norm: ε times the sign', () => {
    const delta = worstDelta(lossAt, [2, 3], attack({ kind: 'fgm', epsilon: 0.3, on: 'pixels' }));
    expect(delta.dataSync()).toBeClose([0.3, 0.3, -0.3, 0.3, 0, 0]);
  });

  it('PGD stays in the ball, reaches its border, and does no worse than one step', () => {
    const random = new RandomStream(1);
    const settings = { kind: 'pgd', epsilon: 0.5, steps: 5 };
    const delta = worstDelta(lossAt, [2, 3], attack(settings), random);
    expect(norms(delta).dataSync()).toBeClose([0.5, 0.5], { relative: 1e-5 });
    const once = worstDelta(lossAt, [2, 3], attack({ kind: 'fgm', epsilon: 0.5 }));
    expect(lossAt(delta).dataSync()[0]).toBeGreaterThanOrEqual((lossAt(once).dataSync()[0] as number) - 1e-6);
  });

  it('the projection moves what lies outside to the nearest point of the border, and nothing else', () => {
    const delta = tf.tensor2d([
      [3, 4],
      [0.3, 0.4],
    ]);
    expect(project(delta, 1, 'l2').dataSync()).toBeClose([0.6, 0.8, 0.3, 0.4]);
    expect(project(delta, 1, 'max').dataSync()).toBeClose([1, 1, 0.3, 0.4]);
    expect(direction(tf.zeros([1, 2]), 'l2').dataSync()).toBeClose([0, 0]);
  });

  it.each<[string, object, number[]]>([
    // ∇_θ of mean over records of θ·Σw(x+δ)² is L(δ) itself: known by the points where it is taken.
    ['fgm', { kind: 'fgm', epsilon: 0.3 }, [0, 1]],
    ['pgd', { kind: 'pgd', epsilon: 0.3, steps: 2 }, [2]],
    ['freelb', { kind: 'freelb', epsilon: 0.3, steps: 3 }, [0, 1, 2]],
  ])('%s: the gradient of the parameters is the mean over its points', async (_, settings, points) => {
    const theta = tf.variable(tf.scalar(1));
    const losses = (delta: tf.Tensor) => tf.mul(theta, lossAt(delta));
    const step = compile(
      (at: tf.Tensor) => {
        const { loss, gradients } = adversarialGradients(losses, at.shape, attack(settings), [theta]);
        return { loss, gradient: gradients[0] as tf.Tensor };
      },
      { state: [theta] },
    );
    const { loss, gradient } = await step(tf.zeros([2, 3]));
    const at = points.map((steps) => {
      const { kind, epsilon, stepSize, norm } = attack(settings);
      const delta =
        steps === 0 ? tf.zeros([2, 3]) : worstDelta(lossAt, [2, 3], { kind, epsilon, stepSize, norm, steps });
      return lossAt(delta).dataSync()[0] as number;
    });
    const wanted = at.reduce((a, b) => a + b) / at.length;
    expect([loss.dataSync()[0], gradient.dataSync()[0]]).toBeClose([wanted, wanted], { relative: 1e-5 });
    step.dispose();
    theta.dispose();
  });
});

describe('training under attack', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await colourData();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const config = (adversarial: object | null, model: object = {}): TrainConfigInput => ({
    task: 'classification',
    data: { train: 'train.jsonl', validation: 'validation.jsonl' },
    model: { text: 'tiny', vision: 'cnn-tiny', fusion: 'concat', ...model },
    training: {
      epochs: 8,
      batchSize: 16,
      learningRate: 5e-3,
      evaluationSteps: 1000,
      adversarial: adversarial as never,
    },
  });

  it('learns; a stronger attack on what it has learned leaves less of it', async () => {
    const [file, out] = [join(folder, 'test.jsonl'), join(folder, 'runs', 'attacked')];
    const attack = { kind: 'fgm', on: 'pixels' } as const;
    await train(config({ ...attack, epsilon: 0.05 }), out, { folder });
    const points = await robustnessCurve(out, file, [0, 0.4], { attack });
    expect(points[0]?.metrics).toEqual((await evaluateModel(out, file)).metrics);
    const [plain = 0, attacked = 1] = points.map(({ metrics }) => metrics.accuracy?.value);
    expect(plain).toBeGreaterThan(0.9);
    expect(attacked).toBeLessThan(plain - 0.1);
  });

  it('is refused where the model has not what is perturbed', async () => {
    const blind = config({ kind: 'fgm', on: 'pixels', epsilon: 0.1 }, { fusion: 'none' });
    await expect(train(blind, join(folder, 'runs', 'refused'), { folder })).rejects.toThrow(
      new InputError(
        'training.adversarial.on: "pixels", but a text-only model looks at none; use "embeddings", or a vision network that reads pictures',
      ),
    );
  });
});
