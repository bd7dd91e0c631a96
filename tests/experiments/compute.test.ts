/** @file Operations counted in compiled graphs against closed forms. */
import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { record } from '../../src/lib/engine/trace/recorder';
import {
  estimateGrid,
  graphFlops,
  parseAblationConfig,
  planAblation,
  recordCompute,
} from '../../src/lib/experiments';
import { parseTrainConfig, type TrainConfigInput } from '../../src/lib/training';
import { prepare } from '../../src/lib/training/prepare';
import { colourData } from '../support/colour-data';
import { tinyTextNetwork } from '../support/tiny-networks';

const flopsOf = (fn: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[], ...shapes: number[][]) => {
  const inputs = shapes.map((shape) => tf.zeros(shape));
  const counted = graphFlops(record(fn, inputs, { name: 'fn', state: [] }).outputs);
  tf.dispose(inputs);
  return counted;
};

describe('operations of a graph', () => {
  it('of products and convolutions are those of the closed forms', () => {
    expect(flopsOf((a, b) => tf.matMul(a as tf.Tensor, b as tf.Tensor), [3, 4], [4, 5])).toBe(2 * 3 * 4 * 5);
    const batched = flopsOf((a, b) => tf.matMul(a as tf.Tensor, b as tf.Tensor), [7, 3, 4], [7, 4, 5]);
    expect(batched).toBe(7 * 2 * 3 * 4 * 5);
    const picture = flopsOf(
      (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'),
      [1, 8, 8, 3],
      [3, 3, 3, 16],
    );
    expect(picture).toBe(2 * 4 * 4 * 16 * 3 * 3 * 3);
    // x·W forward, and dx = dy·Wᵀ, dW = xᵀ·dy: three products of one size.
    const both = flopsOf(
      (x, w) => {
        const loss = (...[a, b]: tf.Tensor[]) => tf.sum(tf.square(tf.matMul(a as tf.Tensor, b as tf.Tensor)));
        const { value, grads } = tf.valueAndGrads(loss as never)([x as tf.Tensor, w as tf.Tensor]);
        return [value, ...grads];
      },
      [3, 4],
      [4, 5],
    );
    expect(both).toBe(3 * 2 * 3 * 4 * 5);
  });

  it('of a grid are those of its trainings, records times what one costs', async () => {
    const folder = await colourData(8);
    const base = {
      task: 'classification',
      data: { train: 'train.jsonl', validation: 'validation.jsonl' },
      model: { text: tinyTextNetwork, fusion: 'none' },
      training: { batchSize: 4 },
    };
    const axes = { 'training.epochs': [1, 3] };
    const plan = await planAblation(parseAblationConfig({ base, axes, seeds: [1, 2] }), { folder });
    const prepared = await prepare(parseTrainConfig(base), { folder });
    const { trainingFlops } = await recordCompute(prepared);
    prepared.dispose();
    const { cells, flops, seconds } = await estimateGrid(plan, folder);
    expect([cells, flops]).toEqual([4, 2 * (1 + 3) * 8 * trainingFlops]);
    expect(seconds).toBeGreaterThan(cells); // a second each to begin with
  });

  it('of a BERT with a head: the closed form of its products, forward; frozen parts save theirs in training', async () => {
    const folder = await colourData(8);
    const of = async (training: TrainConfigInput['training']) => {
      const prepared = await prepare(
        parseTrainConfig({
          task: 'classification',
          data: { train: 'train.jsonl', validation: 'validation.jsonl' },
          model: { text: tinyTextNetwork, fusion: 'none' },
          training,
        }),
        { folder },
      );
      try {
        return await recordCompute(prepared);
      } finally {
        prepared.dispose();
      }
    };
    const before = tf.memory().numTensors;
    const all = await of({});
    const { tokens: T } = all;
    const [D, F, C] = [16, 32, 4];
    // Query, key, value, output; scores and their use, 2 heads of 8; up and down; the head on one state.
    const forward = 4 * 2 * T * D * D + 2 * 2 * T * T * D + 2 * 2 * T * D * F + 2 * D * C;
    expect(all.forwardFlops).toBe(forward);
    expect(all.trainedParameters).toBe(all.parameters);
    // Each product of the forward pass has two of its size backward; small embeddings learn by a product with one-hot rows.
    expect(all.trainingFlops / forward).toBeGreaterThan(2.9);
    expect(all.trainingFlops / forward).toBeLessThan(3.1);
    const head = await of({ frozen: ['text'] });
    expect(head.trainedParameters).toBe(D * C + C);
    expect(head.trainingFlops).toBeLessThan(1.1 * forward);
    // FGM passes twice, forward and backward; what else it does is elementwise.
    const attacked = await of({ adversarial: { kind: 'fgm', epsilon: 0.1 } });
    expect(attacked.forwardFlops).toBe(forward);
    expect(attacked.trainingFlops / all.trainingFlops).toBeGreaterThan(1.95);
    expect(attacked.trainingFlops / all.trainingFlops).toBeLessThan(2.05);
    expect(tf.memory().numTensors).toBe(before);
  });
});
