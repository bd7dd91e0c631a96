import { describe, expect, it } from 'vitest';
import { RandomStream, tf } from '../../src/lib/engine';
import {
  affine,
  affineInOut,
  assertShape,
  createParameters,
  head,
  headSpecifications,
  lookup,
} from '../../src/lib/nn';
import { checkGradients } from './gradient-check';
import { randomTensor, randomVariable, readValues, shapeOf } from './support';

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
    const numbers = readValues(() =>
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
    const swapped = readValues(() =>
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
    const rows = readValues(() => lookup(table, ids));
    expect(rows.slice(0, 3)).toBeClose(table.dataSync().slice(3, 6));
    expect(shapeOf(() => lookup(table, ids))).toEqual([2, 2, 3]);
    checkGradients(() => lookup(table, ids), [['table', table]], { elements: 15 });
    expect(() => lookup(table, tf.zeros([2]))).toThrow('embedding: ids must be int32, got float32');
  });
});

it('the head is a linear map under `classifier`, with dropout only in training', () => {
  const config = { width: 3, classes: 2, dropout: 0.5 };
  const params = createParameters(headSpecifications(config), 1);
  expect(params.names()).toEqual(['classifier.weight', 'classifier.bias']);
  const x = randomTensor([4, 3]);
  const plain = readValues(() => affine(x, params.get('classifier.weight'), params.get('classifier.bias')));
  expect(readValues(() => head(params, config, x))).toBeClose(plain);
  expect(readValues(() => head(params, config, x, { random: new RandomStream(1) }))).not.toBeClose(plain);
  expect(shapeOf(() => head(params, config, x))).toEqual([4, 2]);
  params.dispose();
});
