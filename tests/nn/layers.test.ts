import { describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import {
  activations,
  affine,
  affineInOut,
  assertShape,
  conv2d,
  conv2dSpecifications,
  convolve,
  createParameters,
  dropout,
  globalMeanPool,
  head,
  headSpecifications,
  layerNormalize,
  lookup,
  maxPool,
  rmsNormalize,
  rotary,
} from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { leaked, randomTensor, randomVariable } from './support';

const shapeOf = (f: () => tf.Tensor) => {
  const out = f();
  out.dispose();
  return out.shape;
};
const read = (f: () => tf.Tensor) => tf.tidy(() => f().dataSync());

describe('assertShape', () => {
  it('takes sizes, letters and holes, and says what it found', () => {
    const x = tf.zeros([2, 3, 3]);
    assertShape(x, [2, 'T', 'T'], 'here');
    assertShape(x, [null, 3, 3], 'here');
    expect(() => assertShape(x, ['T', 'T', 3], 'here')).toThrow(
      'here: expected shape [T, T, 3], got [2, 3, 3]',
    );
    expect(() => assertShape(x, [2, null], 'here')).toThrow('here: expected shape [2, ?], got [2, 3, 3]');
    x.dispose();
  });
});

describe('linear', () => {
  const weight = randomVariable([4, 3], 'w');
  const bias = randomVariable([4], 'b');

  it('worked number, in both layouts: [1, 2]·[[1, 3], [2, 4]]ᵀ + [0.5, 0] = [7.5, 10]', () => {
    const numbers = read(() =>
      affine(
        tf.tensor2d([[1, 2]]),
        tf.tensor2d([
          [1, 3],
          [2, 4],
        ]),
        tf.tensor1d([0.5, 0]),
      ),
    );
    expect(numbers).toBeClose([7.5, 10]);
    const swapped = read(() =>
      affineInOut(
        tf.tensor2d([[1, 2]]),
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        tf.tensor1d([0.5, 0]),
      ),
    );
    expect(swapped).toBeClose([7.5, 10]);
  });

  it('keeps leading axes and names a wrong width', () => {
    tf.tidy(() => {
      expect(affine(tf.zeros([2, 5, 3]), weight, bias).shape).toEqual([2, 5, 4]);
      expect(() => affine(tf.zeros([2, 4]), weight, null)).toThrow(
        'linear: expected shape [..., 3], got [2, 4]',
      );
      expect(() => affineInOut(tf.zeros([2, 3]), weight, null)).toThrow(
        /conv1d: expected shape \[\.\.\., 4\]/,
      );
    });
  });

  it('gradients', () => {
    const x = randomVariable([2, 2, 3], 'x');
    checkGradients(
      () => affine(x, weight, bias),
      [
        ['x', x],
        ['weight', weight],
        ['bias', bias],
      ],
    );
    const w = randomVariable([3, 2], 'w2');
    checkGradients(
      () => affineInOut(x, w, null),
      [
        ['x', x],
        ['weight', w],
      ],
    );
  });
});

describe('embedding', () => {
  it('rows by number, and gradients that add up where a row is used twice', () => {
    const table = randomVariable([5, 3], 'table');
    const ids = tf.tensor2d(
      [
        [1, 4],
        [1, 0],
      ],
      [2, 2],
      'int32',
    );
    const rows = read(() => lookup(table, ids));
    expect(rows.slice(0, 3)).toBeClose(table.dataSync().slice(3, 6));
    expect(shapeOf(() => lookup(table, ids))).toEqual([2, 2, 3]);
    checkGradients(() => lookup(table, ids), [['table', table]], { elements: 15 });
    expect(() => lookup(table, tf.zeros([2]))).toThrow('embedding: ids must be int32, got float32');
  });
});

describe('normalization', () => {
  const gain = randomVariable([4], 'gain');
  const bias = randomVariable([4], 'bias');

  it('layer norm, worked number: [1, 2, 3, 4] → ±1.3416407, ±0.4472136', () => {
    const out = read(() => layerNormalize(tf.tensor2d([[1, 2, 3, 4]]), tf.ones([4]), tf.zeros([4]), 0));
    expect(out).toBeClose([-1.3416407, -0.4472136, 0.4472136, 1.3416407]);
  });

  it('RMS norm, worked number: [3, 4] → [0.8485281, 1.1313708]', () => {
    expect(read(() => rmsNormalize(tf.tensor2d([[3, 4]]), tf.ones([2]), 0))).toBeClose([
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
    expect(read(() => f(tf.tensor1d([1, -2])))).toBeClose(known[name], { absolute: 2e-6 });
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
    expect(read(() => random.uniform([3]))).toEqual(read(() => fresh.uniform([3])));
  });

  it('keeps about 1 − rate of the values, scaled to the same mean', () => {
    const out = read(() => dropout(tf.ones([20000]), 0.3, new RandomStream(1)));
    const kept = out.filter((v) => v > 0);
    expect(kept.every((v) => Math.abs(v - 1 / 0.7) < 1e-6)).toBe(true);
    expect(kept.length / out.length).toBeCloseTo(0.7, 2); // deviation 0.0032
  });

  it('differs from place to place and from step to step, and repeats with the seed', () => {
    const run = () => {
      const random = new RandomStream(5);
      const one = () => [...read(() => dropout(tf.ones([64]), 0.5, random))].join();
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

describe('rotary', () => {
  it('turns (1, 0) at position 1 to (cos 1, sin 1), and position 0 not at all', () => {
    const x = tf.tensor4d([1, 0, 1, 0], [1, 1, 2, 2]);
    expect(read(() => rotary(x))).toBeClose([1, 0, Math.cos(1), Math.sin(1)]);
  });

  it('products depend on the distance alone', () => {
    const q = randomTensor([1, 1, 1, 8], 'q');
    const k = randomTensor([1, 1, 1, 8], 'k');
    const product = (at: number, from: number) =>
      read(() => tf.sum(tf.mul(rotary(q, 10000, at), rotary(k, 10000, from))));
    expect(product(5, 2)).toBeClose(product(9, 6), { absolute: 1e-5 });
    expect(product(5, 2)).not.toBeClose(product(5, 4), { absolute: 1e-3 });
  });

  it('gradient', () => {
    const x = randomVariable([1, 2, 3, 4], 'x');
    checkGradients(() => rotary(x), [['x', x]], { elements: 24 });
    expect(() => rotary(tf.zeros([1, 1, 1, 3]))).toThrow('rotary: the head width must be even, got 3');
  });
});

describe('convolution', () => {
  it('worked number: a 2 × 2 filter of ones over 1..9, stride 1, gives 12, 16, 24, 28', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    expect(read(() => convolve(x, tf.ones([1, 1, 2, 2]), null))).toBeClose([12, 16, 24, 28]);
    const shifted = read(() =>
      convolve(x, tf.ones([1, 1, 2, 2]), tf.tensor1d([0.5]), { stride: 2, padding: 1 }),
    );
    expect(shifted).toBeClose([1.5, 5.5, 11.5, 28.5]);
  });

  it('reads weights as PyTorch lays them: output, input, height, width', () => {
    // One output; input channel 1 counts 10-fold; the right neighbour counts, the left does not.
    const weight = tf.tensor4d([0, 1, 0, 10], [1, 2, 1, 2]);
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 3, 2]);
    expect(read(() => convolve(x, weight, null))).toBeClose([3 + 40, 5 + 60]);
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
    expect(read(() => maxPool(x, 2))).toBeClose([6, 8, 14, 16]);
    expect(read(() => globalMeanPool(x))).toBeClose([8.5]);
    checkGradients(() => maxPool(x, 2), [['x', x]], { elements: 16 });
    checkGradients(() => globalMeanPool(x), [['x', x]], { elements: 16 });
  });
});

it('the head is a linear map under `classifier`, with dropout only in training', () => {
  const config = { width: 3, classes: 2, dropout: 0.5 };
  const params = createParameters(headSpecifications(config), 1);
  expect(params.names()).toEqual(['classifier.weight', 'classifier.bias']);
  const x = randomTensor([4, 3]);
  const plain = read(() => affine(x, params.get('classifier.weight'), params.get('classifier.bias')));
  expect(read(() => head(params, config, x))).toBeClose(plain);
  expect(read(() => head(params, config, x, { random: new RandomStream(1) }))).not.toBeClose(plain);
  expect(shapeOf(() => head(params, config, x))).toEqual([4, 2]);
  params.dispose();
});
