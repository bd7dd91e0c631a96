import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import {
  conv2d,
  conv2dSpecifications,
  convolve,
  createParameters,
  globalMeanPool,
  maxPool,
} from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { randomVariable, readValues, shapeOf } from './support';

describe('convolution', () => {
  it('worked number: a 2 × 2 filter of ones over 1..9, stride 1, gives 12, 16, 24, 28', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    expect(readValues(() => convolve(x, tf.ones([1, 1, 2, 2]), null))).toBeClose([12, 16, 24, 28]);
    const shifted = readValues(() =>
      convolve(x, tf.ones([1, 1, 2, 2]), tf.tensor1d([0.5]), { stride: 2, padding: 1 }),
    );
    expect(shifted).toBeClose([1.5, 5.5, 11.5, 28.5]);
  });

  it('reads weights as PyTorch lays them: output, input, height, width', () => {
    // One output; input channel 1 counts 10-fold; the right neighbour counts, the left does not.
    const weight = tf.tensor4d([0, 1, 0, 10], [1, 2, 1, 2]);
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 3, 2]);
    expect(readValues(() => convolve(x, weight, null))).toBeClose([3 + 40, 5 + 60]);
  });

  it('gradients, strided and padded', () => {
    const params = createParameters(conv2dSpecifications('c', 2, 3, 3), 1);
    const x = randomVariable([2, 6, 6, 2], 'x');
    expect(shapeOf(() => conv2d(params, 'c', x, { stride: 2, padding: 1 }))).toEqual([2, 3, 3, 3]);
    checkGradients(() => conv2d(params, 'c', x, { stride: 2, padding: 1 }), [['x', x], ...params.entries()]);
    checkGradients(() => conv2d(params, 'c', x, { padding: 1 }), [['x', x], ...params.entries()]);
    params.dispose();
  });

  it('pooling: largest of each window, mean of all', () => {
    const x = tf.variable(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [1, 4, 4, 1]));
    expect(readValues(() => maxPool(x, 2))).toBeClose([6, 8, 14, 16]);
    expect(readValues(() => globalMeanPool(x))).toBeClose([8.5]);
    checkGradients(() => maxPool(x, 2), [['x', x]], { elements: 16 });
    checkGradients(() => globalMeanPool(x), [['x', x]], { elements: 16 });
  });
});
