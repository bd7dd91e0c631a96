/** @file TF-IDF, logistic regression and its minimizer against scikit-learn (tests/parity/baselines.py) and closed forms. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LogisticRegression, minimize, TfIdf } from '../../../src/lib/experiments/baselines';

interface Fixture {
  texts: string[];
  labels: string[];
  asked: string[];
  words: string[];
  rows: number[][];
  probabilities: Record<string, number[][]>;
}
const fixture = JSON.parse(
  readFileSync(resolve(__dirname, '../../parity/fixtures/baselines.json'), 'utf8'),
) as Fixture;
const bags = new TfIdf(fixture.texts);

describe('TF-IDF', () => {
  it('has the words and the numbers of scikit-learn', () => {
    expect([...bags.columns.keys()]).toEqual(fixture.words);
    for (const [row, { columns, values }] of bags.rows(fixture.asked).entries()) {
      const dense = new Float64Array(fixture.words.length);
      for (const [i, column] of columns.entries()) dense[column] = values[i] as number;
      expect(dense).toBeClose(fixture.rows[row] as number[], { absolute: 1e-11, relative: 0 });
    }
  });
});

describe('logistic regression', () => {
  it.each(Object.entries(fixture.probabilities))(
    'has the probabilities of scikit-learn, C %s',
    (strength, expected) => {
      const model = LogisticRegression.fit(bags.rows(fixture.texts), fixture.labels, bags.columns.size, {
        strength: Number(strength),
        tolerance: 1e-9,
        maximumSteps: 2000,
      });
      for (const [row, sparse] of bags.rows(fixture.asked).entries()) {
        const own = expected[row] as number[];
        expect(model.probabilities(sparse)).toBeClose(own, { absolute: 1e-6, relative: 0 });
        expect(model.predict(sparse)).toBe(model.labels[own.indexOf(Math.max(...own))]);
      }
    },
  );

  it('refuses what it cannot learn', () => {
    const rows = bags.rows(fixture.texts.slice(0, 2));
    const weak = LogisticRegression.fit(rows, ['a', 'b'], bags.columns.size, { strength: 1e-4 });
    expect(rows.map((row) => weak.predict(row))).toEqual(['a', 'b']);
    expect(weak.converged).toBe(true);
    expect(() => LogisticRegression.fit(rows, ['a'], 3)).toThrow(/targets: expected 2, one a row, found 1/);
    expect(() => LogisticRegression.fit(rows, ['a', 'a'], 3)).toThrow(
      /expected two labels or more, found "a" alone/,
    );
  });
});

describe('the minimizer', () => {
  it('finds the least point of a quadratic, where the gradient is 0', () => {
    // ½·xᵀAx − bᵀx with A = [[100, 1], [1, 2]]: A·x = b at (1, −3).
    const { point, value, converged } = minimize(
      ([x, y]: Float64Array | number[], gradient) => {
        const [a, b] = [x as number, y as number];
        gradient[0] = 100 * a + b - 97;
        gradient[1] = a + 2 * b + 5;
        return 50 * a * a + a * b + b * b - 97 * a + 5 * b;
      },
      new Float64Array(2),
      { tolerance: 1e-6 },
    );
    expect(point).toBeClose([1, -3], { absolute: 1e-6 });
    expect(value).toBeCloseTo(-56, 8);
    expect(converged).toBe(true);
  });

  it('says so where it was stopped before', () => {
    const steep = (point: Float64Array, gradient: Float64Array) => {
      gradient.set(point.map((x) => 4 * x ** 3));
      return point.reduce((sum, x) => sum + x ** 4, 0);
    };
    const { converged, steps } = minimize(steep, Float64Array.of(3, -2), {
      maximumSteps: 2,
      tolerance: 1e-12,
    });
    expect({ converged, steps }).toEqual({ converged: false, steps: 2 });
  });
});
