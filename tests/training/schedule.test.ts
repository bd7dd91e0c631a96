import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../src/lib/training/schedule';

const base = { learningRate: 0.1, steps: 100, warmup: 0.1 };

describe('learningRateAt', () => {
  it('rises in equal parts over the warm-up and reaches the highest rate at its end', () => {
    const rates = Array.from({ length: 11 }, (_, step) =>
      learningRateAt(step, { ...base, kind: 'constant' }),
    );
    expect(rates).toBeClose([0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.1]);
  });

  it('falls on a straight line or half a cosine to 0', () => {
    expect([55, 100].map((step) => learningRateAt(step, { ...base, kind: 'linear' }))).toBeClose([0.05, 0]);
    expect([10, 55, 77.5, 100].map((step) => learningRateAt(step, { ...base, kind: 'cosine' }))).toBeClose([
      0.1,
      0.05,
      (0.1 * (1 - Math.SQRT1_2)) / 2,
      0,
    ]);
  });

  it('has a first rate above 0 without warm-up too', () => {
    expect(learningRateAt(0, { ...base, warmup: 0, kind: 'cosine' })).toBe(0.1);
  });
});
