/** @file Worked numbers of the headers, identities, seeds, degenerate samples and bad input of the statistics. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors';
import {
  benjaminiHochberg,
  bootstrapInterval,
  cohensDPaired,
  expectedBestOf,
  hierarchicalInterval,
  holm,
  interquartileMean,
  mcNemar,
  pairedBootstrap,
  RecordResamples,
  requiredPairs,
  signFlipTest,
  wilsonInterval,
} from '../../../src/lib/experiments/statistics';
import { Generator } from '../../../src/lib/random';

const meanOf = (values: readonly number[]) => (indices: Int32Array) =>
  indices.reduce((sum, i) => sum + (values[i] as number), 0) / indices.length;

describe('worked numbers', () => {
  it('Wilson: POPE, 87.1 % of 3,000', () => {
    const { low, high } = wilsonInterval(2613, 3000);
    expect([low, high]).toBeClose([0.8585, 0.8825], { absolute: 5e-5, relative: 0 });
  });

  it('sign flips, McNemar, Holm, Benjamini–Hochberg', () => {
    expect(signFlipTest({ differences: [1, 1, 1] })).toEqual({ statistic: 1, pValue: 0.25, exact: true });
    expect(mcNemar([...Array(9).fill(1), 0, 0], [...Array(9).fill(0), 1, 1]).pValue).toBeCloseTo(
      134 / 2048,
      12,
    );
    expect(holm([0.01, 0.04, 0.03])).toBeClose([0.03, 0.06, 0.06]);
    expect(benjaminiHochberg([0.01, 0.04, 0.03])).toBeClose([0.03, 0.04, 0.04]);
  });

  it('interquartile mean, expected best of n, required pairs', () => {
    expect(interquartileMean([10, 1, 3, 2])).toBe(2.5);
    expect(expectedBestOf([1, 2, 3, 10], 2)).toBeCloseTo(92 / 16, 12);
    expect(expectedBestOf([1, 2, 3, 10], 1)).toBeCloseTo(4, 12); // the mean
    expect(requiredPairs({ difference: 0.05, deviation: 0.5 })).toBe(785);
    expect(requiredPairs({ difference: 0, deviation: 0.5 })).toBe(Number.POSITIVE_INFINITY);
    expect(cohensDPaired([1, 2, 3])).toBe(2);
  });

  it('expected best of n equals the mean over all n-tuples of runs', () => {
    const runs = [0.3, 0.9, 0.5];
    const tuples = runs.flatMap((a) => runs.flatMap((b) => runs.map((c) => Math.max(a, b, c))));
    expect(expectedBestOf(runs, 3)).toBeCloseTo(tuples.reduce((s, x) => s + x, 0) / 27, 12);
  });
});

describe('bootstrap', () => {
  const random = new Generator(5, 'test');
  const values = Array.from({ length: 60 }, () => random.normal());
  const clusters = values.map((_, i) => `c${i % 13}`);

  it('same seed, same interval; another seed, another', () => {
    const once = bootstrapInterval({ values, seed: 3 });
    expect(bootstrapInterval({ values, seed: 3 })).toEqual(once);
    expect(bootstrapInterval({ values, seed: 4 }).low).not.toBe(once.low);
  });

  it('the fast path for means equals the general path, with clusters of unequal size and BCa', () => {
    for (const method of ['percentile', 'bca'] as const) {
      const fast = bootstrapInterval({ values, clusters, method, resamples: 500 });
      const general = bootstrapInterval({
        metric: meanOf(values),
        records: 60,
        clusters,
        method,
        resamples: 500,
      });
      expect([general.value, general.low, general.high]).toBeClose([fast.value, fast.low, fast.high], {
        absolute: 1e-12,
      });
      expect(fast.clusters).toBe(13);
    }
  });

  it('copies of each record add nothing once they are one cluster', () => {
    const six = values.flatMap((v) => Array(6).fill(v));
    const names = values.flatMap((_, i) => Array(6).fill(i));
    const single = bootstrapInterval({ values });
    const clustered = bootstrapInterval({ values: six, clusters: names });
    expect([clustered.low, clustered.high]).toBeClose([single.low, single.high], { absolute: 1e-12 });
    const naive = bootstrapInterval({ values: six });
    const ratio = (single.high - single.low) / (naive.high - naive.low);
    expect(ratio).toBeGreaterThan(0.9 * Math.sqrt(6));
    expect(ratio).toBeLessThan(1.1 * Math.sqrt(6));
  });

  it('does not claim certainty where every answer is right', () => {
    const interval = bootstrapInterval({ values: Array(20).fill(true) });
    expect(interval.method).toBe('wilson');
    expect(interval.value).toBe(1);
    expect(interval.low).toBeCloseTo(wilsonInterval(20, 20).low, 12);
    const clustered = bootstrapInterval({
      values: Array(20).fill(0),
      clusters: Array.from({ length: 20 }, (_, i) => i % 5),
    });
    expect(clustered.high).toBeCloseTo(wilsonInterval(0, 5).high, 12);
  });

  it('refuses no records and cluster names that do not fit', () => {
    expect(() => bootstrapInterval({ values: [] })).toThrow(InputError);
    expect(() => bootstrapInterval({ values: [1, 2], clusters: ['a'] })).toThrow(
      '1 cluster names for 2 records',
    );
    expect(() => bootstrapInterval({ values: [1, 2], level: 95, method: 'bca' })).toThrow(RangeError);
    expect(() => wilsonInterval(3, 2)).toThrow(InputError);
  });
});

describe('paired and hierarchical', () => {
  const random = new Generator(6, 'test');
  const hard = Array.from({ length: 400 }, () => random.uniform());
  const first = hard.map((h) => (random.uniform() * 0.3 + 0.7 * (1 - h) > 0.35 ? 1 : 0));
  const second = first.map((right, i) => (i % 12 === 0 ? 0 : right));

  it('pairing narrows the interval: what is hard for both cancels', () => {
    const paired = pairedBootstrap({ first, second });
    const width = paired.high - paired.low;
    const unpaired = bootstrapInterval({ values: first });
    expect(paired.value).toBeCloseTo(
      meanOf(first)(Int32Array.from(hard.keys())) - meanOf(second)(Int32Array.from(hard.keys())),
      12,
    );
    expect(paired.low).toBeGreaterThan(0);
    expect(width).toBeLessThan(unpaired.high - unpaired.low);
    expect(paired.pValue).toBeCloseTo(2 / 2001, 12);
    expect(paired.standardError).toBeCloseTo(width / 3.92, 2);
  });

  it('values and metrics give the same difference', () => {
    const plain = pairedBootstrap({ first, second, resamples: 300 });
    const metrics = pairedBootstrap({
      first: meanOf(first),
      second: meanOf(second),
      records: 400,
      resamples: 300,
    });
    const mixed = pairedBootstrap({ first: meanOf(first), second, resamples: 300 });
    for (const got of [metrics, mixed]) {
      expect([got.value, got.low, got.high, got.pValue]).toBeClose(
        [plain.value, plain.low, plain.high, plain.pValue],
        {
          absolute: 1e-9,
        },
      );
    }
  });

  it('a difference that is the same on every record is not certain: Tango’s limits, the sign-flip p value', () => {
    const all = Array.from({ length: 10 }, () => 1);
    const none = all.map(() => 0);
    const [z2, n] = [1.959964 ** 2, 10];
    const apart = pairedBootstrap({ first: all, second: none });
    expect([apart.value, apart.low, apart.high]).toBeClose([1, (n - z2) / (n + z2), 1], { absolute: 1e-6 });
    expect(apart.pValue).toBe(signFlipTest({ differences: all }).pValue);
    const equal = pairedBootstrap({ first, second: first });
    const u = z2 / (first.length + z2);
    expect([equal.value, equal.low, equal.high, equal.pValue]).toBeClose([0, -u, u, 1], { absolute: 1e-6 });
    // Ten records of two clusters say no more than two.
    const clusters = all.map((_, i) => i % 2);
    const two = pairedBootstrap({ first: all, second: none, clusters });
    expect([two.low, two.pValue]).toBeClose([(2 - z2) / (2 + z2), 0.5], { absolute: 1e-6 });
    const seeds = hierarchicalInterval({ values: [all, all], clusters });
    expect([seeds.low, seeds.high, seeds.pValue]).toEqual([two.low, two.high, two.pValue]);
    // Of losses nobody knows the range.
    const wide = pairedBootstrap({ first: all.map(() => 5), second: none });
    expect([wide.low, wide.high]).toEqual([5, 5]);
  });

  it('means of several runs in one pass are those of the general path, each run by itself', () => {
    const clusters = Array.from({ length: 41 }, (_, i) => (i * i) % 9);
    // An odd number of resamples, and more runs than go together.
    const drawn = new RecordResamples(41, { clusters, resamples: 77 });
    const runs = Array.from({ length: 6 }, () => clusters.map(() => random.normal()));
    for (const [i, { value, resampled }] of drawn.means(runs).entries()) {
      const general = drawn.metric(meanOf(runs[i] as number[]));
      expect([value, ...resampled]).toBeClose([general.value, ...general.resampled], { absolute: 1e-12 });
      expect(drawn.mean(runs[i] as number[])).toEqual({ value, resampled });
    }
    expect(() => drawn.means([[1, 2]])).toThrow('2 values for 41 records');
  });

  it('seeds that disagree widen the hierarchical interval; one seed gives the plain one', () => {
    const shift = [-0.3, -0.1, 0, 0.1, 0.3];
    const records = Array.from({ length: 200 }, () => random.normal());
    const agree = hierarchicalInterval({ values: shift.map(() => records) });
    const disagree = hierarchicalInterval({ values: shift.map((s) => records.map((r) => r + s)) });
    expect(disagree.value).toBeCloseTo(agree.value, 12);
    const expected = Math.sqrt(agree.standardError ** 2 + 0.04 / 5); // variance of shift (÷5) is 0.04
    expect(disagree.standardError / expected).toBeGreaterThan(0.93);
    expect(disagree.standardError / expected).toBeLessThan(1.07);
    const one = hierarchicalInterval({ values: [records] });
    const plain = bootstrapInterval({ values: records });
    expect(one.low).toBeCloseTo(plain.low, 1);
    expect(() => hierarchicalInterval({ values: [[1, 2], [1]] })).toThrow('seed 1 has 1 values');
  });

  it('refuses unequal lists and two metrics without the number of records', () => {
    expect(() => pairedBootstrap({ first: [1], second: [1, 2] })).toThrow(InputError);
    expect(() => pairedBootstrap({ first: () => 1, second: () => 1 })).toThrow('number of records');
    expect(() => mcNemar([1], [1, 0])).toThrow(InputError);
  });
});
