/** @file Statistics agree with SciPy and statsmodels on the fixture made by tests/parity/intervals.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  benjaminiHochberg,
  bootstrapInterval,
  cohensD,
  cohensH,
  holm,
  interquartileMean,
  mcNemar,
  requiredPairs,
  signFlipTest,
  wilsonInterval,
} from '../../../src/lib/experiments/statistics';
import { normalProbability, normalQuantile } from '../../../src/lib/experiments/statistics/distributions';
import { bcaLimits, percentileLimits } from '../../../src/lib/experiments/statistics/interval';

const fixture = JSON.parse(readFileSync(join(__dirname, '../../parity/fixtures/statistics.json'), 'utf8'));
const sample: number[] = fixture.sample;

describe('distributions and intervals', () => {
  it('normal quantiles and probabilities to 1e-7', () => {
    for (const [p, z] of fixture.quantiles) expect(normalQuantile(p)).toBeCloseTo(z, 7);
    for (const [z, p] of fixture.probabilities) expect(normalProbability(z)).toBeCloseTo(p, 9);
  });

  it.each([0, 1])('limits of a given bootstrap distribution (%i), percentile and BCa, to 1e-7', (i) => {
    const { distribution, value, jackknife, percentile, BCa } = fixture.limits[i];
    const draws = Float64Array.from(distribution);
    expect(percentileLimits(draws, 0.95)).toBeClose(percentile, { absolute: 1e-12 });
    expect(bcaLimits(draws, value, Float64Array.from(jackknife), 0.95)).toBeClose(BCa, { absolute: 1e-7 });
  });

  it('whole intervals within 2 % of the half-width, the error of 100,000 resamples', () => {
    const deviation = (indices: Int32Array) => {
      let sum = 0;
      let squares = 0;
      for (const i of indices) {
        sum += sample[i] as number;
        squares += (sample[i] as number) ** 2;
      }
      return Math.sqrt(squares / indices.length - (sum / indices.length) ** 2);
    };
    const resamples = 100_000;
    const got = {
      meanPercentile: bootstrapInterval({ values: sample, resamples }),
      meanBca: bootstrapInterval({ values: sample, resamples, method: 'bca' }),
      deviationBca: bootstrapInterval({
        metric: deviation,
        records: sample.length,
        resamples,
        method: 'bca',
      }),
    };
    for (const [name, { low, high }] of Object.entries(got)) {
      const expected: [number, number] = fixture.whole[name];
      const tolerance = 0.02 * ((expected[1] - expected[0]) / 2);
      expect([low, high], name).toBeClose(expected, { absolute: tolerance, relative: 0 });
    }
  });

  it('Wilson intervals', () => {
    for (const [k, n, level, low, high] of fixture.wilson) {
      const got = wilsonInterval(k, n, level);
      expect([got.low, got.high]).toBeClose([low, high], { absolute: 1e-8 });
    }
  });
});

describe('tests', () => {
  it('sign flips: exact, and by 100,000 random flips within 0.005', () => {
    const { differences, pValue, many, manyPValue } = fixture.signFlip;
    const exact = signFlipTest({ differences });
    expect(exact.exact).toBe(true);
    expect(exact.pValue).toBeCloseTo(pValue, 12);
    const random = signFlipTest({ differences: many, permutations: 100_000 });
    expect(random.exact).toBe(false);
    expect(Math.abs(random.pValue - manyPValue)).toBeLessThan(0.005);
  });

  it('McNemar, exact, to thousands of records', () => {
    for (const [b, c, p] of fixture.mcnemar) {
      const first = [...Array(b).fill(1), ...Array(c).fill(0), 1, 0];
      const second = [...Array(b).fill(0), ...Array(c).fill(1), 1, 0];
      const got = mcNemar(first, second);
      expect([got.onlyFirst, got.onlySecond]).toEqual([b, c]);
      expect(got.pValue).toBeCloseTo(p, 10);
    }
  });

  it('Holm and Benjamini–Hochberg', () => {
    expect(holm(fixture.pValues)).toBeClose(fixture.holm, { absolute: 1e-11 });
    expect(benjaminiHochberg(fixture.pValues)).toBeClose(fixture.benjaminiHochberg, { absolute: 1e-11 });
  });
});

describe('summaries', () => {
  it('interquartile mean', () => {
    for (const [values, mean] of fixture.interquartile)
      expect(interquartileMean(values)).toBeCloseTo(mean, 12);
  });

  it("Cohen's d and h", () => {
    const { a, b, d, h } = fixture.effect;
    expect(cohensD(a, b)).toBeCloseTo(d, 12);
    for (const [p, q, expected] of h) expect(cohensH(p, q)).toBeCloseTo(expected, 12);
  });

  it('records that a paired comparison needs', () => {
    for (const [difference, deviation, n, significance, power] of fixture.required) {
      expect(requiredPairs({ difference, deviation, significance, power })).toBe(Math.ceil(n));
    }
  });
});
