import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { rotary } from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { randomTensor, randomVariable, readValues } from './support';

describe('rotary', () => {
  it('turns (1, 0) at position 1 to (cos 1, sin 1), and position 0 not at all', () => {
    const x = tf.tensor4d([1, 0, 1, 0], [1, 1, 2, 2]);
    expect(readValues(() => rotary(x))).toBeClose([1, 0, Math.cos(1), Math.sin(1)]);
  });

  it('products depend on the distance alone', () => {
    const q = randomTensor([1, 1, 1, 8], 'q');
    const k = randomTensor([1, 1, 1, 8], 'k');
    const position = (at: number) => ({ of: tf.tensor2d([at], [1, 1], 'int32'), longest: 16 });
    const product = (at: number, from: number) =>
      readValues(() => tf.sum(tf.mul(rotary(q, 10000, position(at)), rotary(k, 10000, position(from)))));
    expect(product(5, 2)).toBeClose(product(9, 6), { absolute: 1e-5 });
    expect(product(5, 2)).not.toBeClose(product(5, 4), { absolute: 1e-3 });
  });

  it('gradient', () => {
    const x = randomVariable([1, 2, 3, 4], 'x');
    checkGradients(() => rotary(x), [['x', x]], { elements: 24 });
    expect(() => rotary(tf.zeros([1, 1, 1, 3]))).toThrow('rotary: the head width must be even, got 3');
  });
});
