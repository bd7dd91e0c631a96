import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  meanSquaredError,
  negativeLogLikelihood,
} from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { leaked, randomArray, randomVariable } from './support';

const read = (f: () => tf.Tensor) => tf.tidy(() => f().dataSync());

/** The definition, in float64: what `crossEntropy` should be, term by term. */
function definition(logits: Float32Array, labels: number[], smoothing: number, weights: number[]): number {
  const classes = weights.length;
  let total = 0;
  let divisor = 0;
  labels.forEach((label, row) => {
    if (label < 0) return;
    const z = [...logits.slice(row * classes, (row + 1) * classes)];
    const logSum = Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0));
    const logp = z.map((value) => value - logSum);
    const w = weights[label] as number;
    total -= (1 - smoothing) * w * (logp[label] as number);
    total -= (smoothing / classes) * logp.reduce((sum, value, c) => sum + (weights[c] as number) * value, 0);
    divisor += w;
  });
  return total / divisor;
}

describe('cross-entropy', () => {
  const labels = tf.tensor1d([0, 2, -100, 1], 'int32');
  const weights = [0.5, 1, 2];

  it('worked number: z = [2, 1, 0], y = 0 → 0.4076060', () => {
    expect(read(() => crossEntropy(tf.tensor2d([[2, 1, 0]]), tf.tensor1d([0], 'int32')))).toBeClose([
      0.407606,
    ]);
  });

  it.each([
    [0, [1, 1, 1]],
    [0, weights],
    [0.1, [1, 1, 1]],
    [0.3, weights],
  ])('smoothing %f, weights %j: the definition, and its gradient', (labelSmoothing, classWeights) => {
    const logits = randomVariable([4, 3], 'z');
    const options = { labelSmoothing, classWeights };
    const wanted = definition(randomArray(12, 'z'), [0, 2, -100, 1], labelSmoothing, classWeights);
    expect(read(() => crossEntropy(logits, labels, options))).toBeClose([wanted]);
    checkGradients(() => crossEntropy(logits, labels, options), [['logits', logits]]);
    checkGradients(
      () => crossEntropy(logits, labels, { ...options, reduction: 'none' }),
      [['logits', logits]],
    );
    checkGradients(
      () => crossEntropy(logits, labels, { ...options, reduction: 'sum' }),
      [['logits', logits]],
    );
  });

  it('reductions: none gives one loss a label, 0 where it does not count; sum adds them', () => {
    tf.tidy(() => {
      const logits = randomVariable([2, 2, 3], 'z');
      const each = crossEntropy(logits, tf.reshape(labels, [2, 2]), { reduction: 'none' });
      expect(each.shape).toEqual([4]);
      const values = [...each.dataSync()];
      expect(values[2]).toBe(0);
      const sum = values.reduce((a, b) => a + b, 0);
      expect(crossEntropy(logits, labels, { reduction: 'sum' }).dataSync()).toBeClose([sum]);
      expect(crossEntropy(logits, labels).dataSync()).toBeClose([sum / 3]);
    });
  });

  it('is 0 with gradient 0 where no label counts', () => {
    const logits = randomVariable([2, 3], 'z');
    const none = tf.tensor1d([-100, -100], 'int32');
    const { value, grads } = tf.variableGrads(() => crossEntropy(logits, none) as tf.Scalar, [logits]);
    expect(value.dataSync()).toEqual(new Float32Array(1));
    expect(grads[logits.name]?.dataSync()).toBeClose(new Float32Array(6));
  });

  it('does not overflow', () => {
    expect(read(() => crossEntropy(tf.tensor2d([[1e4, -1e4]]), tf.tensor1d([1], 'int32')))).toBeClose([2e4]);
  });

  it('leaves no tensor behind, and refuses what does not fit', () => {
    const logits = randomVariable([4, 3], 'z');
    const spent = leaked(() => {
      const { value, grads } = tf.variableGrads(() => crossEntropy(logits, labels) as tf.Scalar, [logits]);
      tf.dispose([value, grads]);
    });
    expect(spent).toBe(0);
    const message = /expected labels of shape \[4\], got \[3\]/;
    expect(() => crossEntropy(logits, tf.tensor1d([1, 2, 0], 'int32'))).toThrow(message);
    expect(() => crossEntropy(logits, tf.zeros([4]))).toThrow('labels must be int32, got float32');
    expect(() => crossEntropy(logits, labels, { classWeights: [1] })).toThrow(
      'expected 3 class weights, got 1',
    );
    expect(() => crossEntropy(logits, labels, { labelSmoothing: 1 })).toThrow(/in \[0, 1\), got 1/);
  });
});

describe('binary cross-entropy on logits', () => {
  it('worked number: x = 1, y = 0 → log(1 + e) = 1.3132617; and far out it does not overflow', () => {
    const loss = (x: number, y: number) =>
      read(() => binaryCrossEntropyWithLogits(tf.tensor1d([x]), tf.tensor1d([y])));
    expect(loss(1, 0)).toBeClose([1.3132617]);
    expect(loss(-200, 1)).toBeClose([200]);
    expect(loss(200, 1)).toBeClose([0]);
  });

  it('gradient σ(x) − y, at 0 too', () => {
    const x = tf.variable(tf.tensor1d([-3, -0.5, 0, 0.5, 3]));
    const y = tf.tensor1d([0, 1, 1, 0.3, 1]);
    checkGradients(() => binaryCrossEntropyWithLogits(x, y), [['x', x]]);
    checkGradients(() => binaryCrossEntropyWithLogits(x, y, 'none'), [['x', x]]);
    expect(() => binaryCrossEntropyWithLogits(x, tf.zeros([4]))).toThrow(
      /expected targets of shape \[5\], got \[4\]/,
    );
  });
});

describe('the plain losses', () => {
  it('mean squared error, worked number: [1, 2] against [0, 4] → 2.5', () => {
    const x = tf.variable(tf.tensor1d([1, 2]));
    const y = tf.tensor1d([0, 4]);
    expect(read(() => meanSquaredError(x, y))).toBeClose([2.5]);
    expect(read(() => meanSquaredError(x, y, 'none'))).toBeClose([1, 4]);
    checkGradients(() => meanSquaredError(x, y), [['x', x]]);
    expect(() => meanSquaredError(x, tf.zeros([3]))).toThrow(/got \[3\]/);
  });

  it('negative log-likelihood, worked number: log [0.7, 0.3], y = 0 → 0.3566749; equals cross-entropy', () => {
    const logp = tf.variable(
      tf.log(
        tf.tensor2d([
          [0.7, 0.3],
          [0.2, 0.8],
          [0.5, 0.5],
        ]),
      ),
    );
    const labels = tf.tensor1d([0, 0, -100], 'int32');
    expect(read(() => negativeLogLikelihood(logp, labels, 'none'))).toBeClose([0.3566749, 1.6094379, 0]);
    expect(read(() => negativeLogLikelihood(logp, labels))).toBeClose(read(() => crossEntropy(logp, labels)));
    checkGradients(() => negativeLogLikelihood(logp, labels), [['logp', logp]]);
  });
});
