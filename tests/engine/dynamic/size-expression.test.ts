/** @file Numbers at four sizes → how they follow from the sizes. */
import { describe, expect, it } from 'vitest';
import { dimensionName, fitSize, traceSizes } from '../../../src/lib/engine/dynamic/size-expression';

const sizes = traceSizes({ batch: Infinity, time: Infinity, past: Infinity });
type Of = (size: { batch: number; time: number; past: number }) => number;
const at = (of: Of) => sizes.map((size) => of(size as { batch: number; time: number; past: number }));

/** Evaluates the expression at sizes that it was not fitted to. */
function evaluated(of: Of, size: { batch: number; time: number; past: number }): number {
  const found = fitSize(at(of), sizes);
  if (!found) return Number.NaN;
  const { constant, factor, sum, product } = found;
  const value = (names: readonly string[]) => names.map((name) => size[name as keyof typeof size]);
  const total = value(sum).reduce((a, b) => a + b, 0);
  return value(product).reduce((a, b) => a * b, constant + factor * total);
}

describe('fitSize', () => {
  const forms: [string, Of][] = [
    ['a constant', () => 64],
    ['a dimension', ({ time }) => time],
    ['a multiple', ({ batch }) => 12 * batch],
    ['one less', ({ time }) => time - 1],
    ['a sum', ({ past, time }) => past + time],
    ['a sum with more', ({ past, time }) => past + time + 16],
    ['a product', ({ batch, time }) => 4 * batch * time],
    ['a product of three', ({ batch, time, past }) => batch * time * past],
    ['a product with a sum', ({ batch, time, past }) => batch * 2 * (time + past)],
    ['a square', ({ time }) => time * time],
    ['a product with an offset', ({ batch, time }) => batch * (time + 16)],
  ];
  it.each(forms)('finds %s', (_, of) => {
    for (const size of [
      { batch: 1, time: 1, past: 0 },
      { batch: 2, time: 100, past: 3 },
    ]) {
      expect(evaluated(of, size)).toBe(of(size));
    }
  });

  it('finds nothing for what is of no such form', () => {
    expect(
      fitSize(
        at(({ time }) => 2 ** time),
        sizes,
      ),
    ).toBeNull();
    expect(
      fitSize(
        at(({ batch, time }) => batch + 3 * time),
        sizes,
      ),
    ).toBeNull();
    expect(fitSize([1, 2, 3, 5], sizes)).toBeNull();
  });

  it('names dimensions and sums of them, and nothing else', () => {
    const named = (of: Of) => {
      const found = fitSize(at(of), sizes);
      return found && dimensionName(found);
    };
    expect(named(({ time }) => time)).toBe('time');
    expect(named(({ time, past }) => time + past)).toBe('time + past');
    expect(named(({ time }) => time + 1)).toBeNull();
    expect(named(({ batch, time }) => batch * time)).toBeNull();
  });
});

describe('traceSizes', () => {
  it('keeps below the bounds', () => {
    for (const size of traceSizes({ batch: Infinity, time: 12, past: Infinity })) {
      expect(size.time).toBeLessThanOrEqual(12);
    }
    for (const size of traceSizes({ time: 6 })) expect(size.time).toBeLessThanOrEqual(6);
    expect(() => traceSizes({ time: 3 })).toThrow('at most 3 cannot be left open');
  });
});
