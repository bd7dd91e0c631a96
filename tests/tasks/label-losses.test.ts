/** @file The losses and class weights of tasks with labels, against their formulas. */
import { describe, expect, it } from 'vitest';
import type { RecordSet } from '../../src/lib/data';
import { tf } from '../../src/lib/engine';
import { createParameters } from '../../src/lib/nn';
import { classWeightsOf } from '../../src/lib/tasks/class-weights';
import { labelClassifier, labelsOf } from '../../src/lib/tasks/label-classifier';
import type { LabelledRecord } from '../../src/lib/tasks/label-metrics';
import type { HeadLoss, TaskOptions } from '../../src/lib/tasks/task';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const options = (loss: HeadLoss, labelSmoothing = 0): TaskOptions =>
  ({ head: { loss, dropout: 0 }, labelSmoothing, text: null as never }) as TaskOptions;

/** Loss and its gradient at the states of a head that passes them on (W = 1) or as they are (W = identity). */
function lossOf(
  kind: HeadLoss,
  states: number[][],
  labels: number[],
  { weights = null, smoothing = 0 }: { weights?: number[] | null; smoothing?: number } = {},
) {
  const names = states[0]?.length === 1 ? ['no', 'yes'] : (states[0] ?? []).map((_, c) => `c${c}`);
  const width = states[0]?.length as number;
  const task = labelClassifier(names, weights, options(kind, smoothing), {
    width: (w) => w,
    of: ({ pooled }) => pooled,
  });
  const params = createParameters(task.specifications(width), 1);
  const identity = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
  params.load(
    new Map([
      ['classifier.weight', { shape: [width, width], data: identity }],
      ['classifier.bias', { shape: [width], data: new Float32Array(width) }],
    ]),
  );
  const run = (pooled: tf.Tensor) =>
    task.loss(params, { pooled, states: pooled }, { labels: tf.tensor1d(labels, 'int32') }, {});
  const found = tf.tidy(() => {
    const pooled = tf.tensor2d(states);
    const { value, grad } = tf.valueAndGrad(run as (x: tf.Tensor) => tf.Scalar)(pooled);
    return { loss: value.dataSync()[0] as number, gradient: [...grad.dataSync()] };
  });
  params.dispose();
  return found;
}

describe('losses on one logit', () => {
  const x = [2, -3, 0.5];
  const y = [1, 1, 0];
  const states = x.map((one) => [one]);

  it('binary cross-entropy: gradient p − y; squared error: 2·(p − y)·p·(1 − p), which vanishes where p is sure and wrong', () => {
    const binary = lossOf('binary-cross-entropy', states, y);
    const squared = lossOf('mean-squared-error', states, y);
    const p = x.map(sigmoid);
    const off = p.map((one, i) => one - (y[i] as number));
    expect(binary.gradient).toBeClose(off.map((one) => one / 3));
    expect(squared.gradient).toBeClose(
      off.map((one, i) => (2 * one * (p[i] as number) * (1 - (p[i] as number))) / 3),
    );
    expect(squared.loss).toBeCloseTo(off.reduce((sum, one) => sum + one ** 2, 0) / 3, 6);
    const wrongAndSure = (kind: HeadLoss) => Math.abs(lossOf(kind, [[-12]], [1]).gradient[0] as number);
    expect(wrongAndSure('mean-squared-error')).toBeLessThan(2e-5);
    expect(wrongAndSure('binary-cross-entropy')).toBeCloseTo(1, 4);
  });

  it('weights: Σ w·ℓ / Σ w; smoothing: the target is drawn to a half', () => {
    const weights = [1, 3];
    const each = x.map((one, i) => (sigmoid(one) - (y[i] as number)) ** 2);
    const expected = (3 * (each[0] as number) + 3 * (each[1] as number) + (each[2] as number)) / 7;
    expect(lossOf('mean-squared-error', states, y, { weights }).loss).toBeCloseTo(expected, 6);
    const smooth = lossOf('binary-cross-entropy', states, y, { smoothing: 0.2 });
    expect(smooth.gradient).toBeClose(x.map((one, i) => (sigmoid(one) - (y[i] ? 0.9 : 0.1)) / 3));
  });
});

describe('losses on three logits', () => {
  const states = [
    [1, 0, -1],
    [0.2, 0.1, 0.4],
  ];
  const labels = [2, 1];
  const softmax = (z: number[]) => {
    const e = z.map(Math.exp);
    const total = e.reduce((a, b) => a + b, 0);
    return e.map((one) => one / total);
  };

  it('squared error is the mean over classes of (p − onehot)², and its gradient that of finite differences', () => {
    const each = states.map((z, i) =>
      softmax(z).reduce((sum, p, c) => sum + (p - Number(c === labels[i])) ** 2 / 3, 0),
    ) as [number, number];
    expect(lossOf('mean-squared-error', states, labels).loss).toBeCloseTo((each[0] + each[1]) / 2, 6);
    const settings = { weights: [1, 2, 5], smoothing: 0.1 };
    const lossAt = (row: number, column: number, step: number) => {
      const moved = states.map((z) => [...z]);
      (moved[row] as number[])[column] = (states[row]?.[column] as number) + step;
      return lossOf('mean-squared-error', moved, labels, settings).loss;
    };
    const differences = states.flatMap((z, row) =>
      z.map((_, column) => (lossAt(row, column, 0.02) - lossAt(row, column, -0.02)) / 0.04),
    );
    const { gradient } = lossOf('mean-squared-error', states, labels, settings);
    expect(gradient).toBeClose(differences, { absolute: 2e-5, relative: 2e-3 });
    const weighted = lossOf('mean-squared-error', states, labels, { weights: [1, 2, 5] });
    expect(weighted.loss).toBeCloseTo((5 * each[0] + 2 * each[1]) / 7, 6);
  });

  it('cross-entropy counts by class weight', () => {
    const each = states.map((z, i) => -Math.log(softmax(z)[labels[i] as number] as number)) as [
      number,
      number,
    ];
    const found = lossOf('cross-entropy', states, labels, { weights: [1, 2, 5] }).loss;
    expect(found).toBeCloseTo((5 * each[0] + 2 * each[1]) / 7, 6);
  });

  it('binary cross-entropy is refused', () => {
    expect(() => lossOf('binary-cross-entropy', states, labels)).toThrow(
      /model.head.loss: binary-cross-entropy needs 2 labels; the records have 3: c0, c1, c2/,
    );
  });
});

describe('class weights', () => {
  it('balanced: N / (C·n_c), as scikit-learn: labels a a a b give 2/3 and 2', () => {
    expect(classWeightsOf('balanced', ['a', 'b'], [3, 1])).toEqual([4 / 6, 2]);
    // A class that never occurs is not counted among C.
    expect(classWeightsOf('balanced', ['a', 'b', 'never'], [3, 1, 0])).toEqual([4 / 6, 2, 1]);
    expect(classWeightsOf({ b: 7 }, ['a', 'b'], [3, 1])).toEqual([1, 7]);
    // Known, though data.limit drew none of it.
    expect(classWeightsOf({ b: 7 }, ['a', 'b'], [3, 0])).toEqual([1, 7]);
    expect(classWeightsOf(null, ['a', 'b'], [3, 1])).toBeNull();
  });

  it('for a class without training records is refused, with the nearest name', () => {
    const set = {
      file: 'train.jsonl',
      lines: [1, 2],
      records: [{ label: 'boat' }, { label: 'plant' }],
    } as unknown as RecordSet<LabelledRecord>;
    const weighed = (classWeights: Record<string, number>) =>
      labelsOf(set, { ...options('cross-entropy'), classWeights });
    expect(weighed({ plant: 2 })).toEqual({ labels: ['boat', 'plant'], weights: [1, 2] });
    expect(() => weighed({ plants: 2 })).toThrow(
      /training.classWeights.plants is 2, but no training record has the label "plants"; did you mean plant\? \(boat, plant\)/,
    );
  });
});
