import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { layerNormalize, rmsNormalize } from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { leaked, randomVariable, readValues, shapeOf } from './support';

describe('normalization', () => {
  const gain = randomVariable([4], 'gain');
  const bias = randomVariable([4], 'bias');

  it('layer norm, worked number: [1, 2, 3, 4] → ±1.3416407, ±0.4472136', () => {
    const out = readValues(() => layerNormalize(tf.tensor2d([[1, 2, 3, 4]]), tf.ones([4]), tf.zeros([4]), 0));
    expect(out).toBeClose([-1.3416407, -0.4472136, 0.4472136, 1.3416407]);
  });

  it('RMS norm, worked number: [3, 4] → [0.8485281, 1.1313708]', () => {
    expect(readValues(() => rmsNormalize(tf.tensor2d([[3, 4]]), tf.ones([2]), 0))).toBeClose([
      0.8485281, 1.1313708,
    ]);
  });

  it('shapes and gradients', () => {
    const x = randomVariable([2, 3, 4], 'x');
    expect(shapeOf(() => layerNormalize(x, gain, bias, 1e-5))).toEqual([2, 3, 4]);
    checkGradients(
      () => layerNormalize(x, gain, bias, 1e-5),
      [
        ['x', x],
        ['gain', gain],
        ['bias', bias],
      ],
      {
        elements: 24,
      },
    );
    checkGradients(
      () => rmsNormalize(x, gain, 1e-5),
      [
        ['x', x],
        ['gain', gain],
      ],
      { elements: 24 },
    );
  });

  it('leaves no tensor behind, gradients included', () => {
    const x = randomVariable([2, 4], 'x');
    const spent = leaked(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.square(layerNormalize(x, gain, bias, 1e-5))),
        [x, gain, bias],
      );
      tf.dispose([value, grads]);
    });
    expect(spent).toBe(0);
  });
});
