/**
 * @file Nominal coverage by simulation: a 95 % interval covers the truth in about 95 % of many experiments.
 * Tolerance: with 600 experiments the standard error of the coverage is 0.9 points; bootstrap intervals of
 * small samples run a little short, so 92 to 97 % is asked for.
 */
import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  hierarchicalInterval,
  limitDeviation,
  pairedBootstrap,
  wilsonInterval,
} from '../../../src/lib/experiments/statistics';
import { Generator } from '../../../src/lib/random';

const EXPERIMENTS = 600;

function coverage(covers: (random: Generator, seed: number) => boolean): number {
  let hits = 0;
  for (let k = 0; k < EXPERIMENTS; k++) if (covers(new Generator(11, 'coverage', k), k)) hits++;
  return hits / EXPERIMENTS;
}

const within = (share: number) => {
  expect(share).toBeGreaterThan(0.92);
  expect(share).toBeLessThan(0.975);
};

describe('coverage of 95 % intervals', () => {
  it('accuracy over independent records: bootstrap and Wilson', () => {
    const truth = 0.7;
    const draw = (random: Generator) => Array.from({ length: 150 }, () => (random.uniform() < truth ? 1 : 0));
    within(
      coverage((random, seed) => {
        const { low, high } = bootstrapInterval({ values: draw(random), resamples: 400, seed });
        return low <= truth && truth <= high;
      }),
    );
    within(
      coverage((random) => {
        const values = draw(random);
        const { low, high } = wilsonInterval(values.filter((v) => v === 1).length, values.length);
        return low <= truth && truth <= high;
      }),
    );
  });

  it('clustered records: over clusters nominal, over records far too low', () => {
    const experiment = (random: Generator) => {
      const values: number[] = [];
      const clusters: number[] = [];
      for (let c = 0; c < 60; c++) {
        const shared = random.normal();
        for (let i = 0; i < 6; i++) {
          values.push(shared + 0.3 * random.normal());
          clusters.push(c);
        }
      }
      return { values, clusters };
    };
    within(
      coverage((random, seed) => {
        const { low, high } = bootstrapInterval({ ...experiment(random), resamples: 400, seed });
        return low <= 0 && 0 <= high;
      }),
    );
    const naive = coverage((random, seed) => {
      const { low, high } = bootstrapInterval({ values: experiment(random).values, resamples: 400, seed });
      return low <= 0 && 0 <= high;
    });
    expect(naive).toBeLessThan(0.7);
  });

  it('seeds and clusters at once: hierarchical nominal, of one run alone too low', () => {
    // Eight runs that differ, on thirty pictures with three questions each: seeds carry a third of the variance.
    const experiment = (random: Generator) => {
      const pictures = Array.from({ length: 30 }, () => random.normal());
      const records = pictures.flatMap((picture) => [0, 1, 2].map(() => picture + 0.5 * random.normal()));
      return Array.from({ length: 8 }, () => {
        const run = 0.35 * random.normal();
        return records.map((record) => record + run + 0.3 * random.normal());
      });
    };
    const clusters = Array.from({ length: 90 }, (_, i) => Math.floor(i / 3));
    const covers = (values: number[][], seed: number) => {
      const { low, high } = hierarchicalInterval({ values, clusters, resamples: 300, seed });
      return low <= 0 && 0 <= high;
    };
    within(coverage((random, seed) => covers(experiment(random), seed)));
    expect(coverage((random, seed) => covers(experiment(random).slice(0, 1), seed))).toBeLessThan(0.9);
  });

  it('a paired difference of correlated systems', () => {
    const truth = 0.2;
    within(
      coverage((random, seed) => {
        const shared = Array.from({ length: 80 }, () => random.normal());
        const first = shared.map((s) => s + truth + 0.5 * random.normal());
        const second = shared.map((s) => s + 0.5 * random.normal());
        const { low, high } = pairedBootstrap({ first, second, resamples: 400, seed });
        return low <= truth && truth <= high;
      }),
    );
  });
});

describe('the ends of an interval', () => {
  it('differ from one set of draws to another by the share of its width that is said', () => {
    const random = new Generator(3, 'records');
    const values = Array.from({ length: 60 }, () => random.normal());
    for (const resamples of [200, 500]) {
      const drawn = Array.from({ length: 400 }, (_, seed) => bootstrapInterval({ values, resamples, seed }));
      const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
      const deviation = (list: number[]) => Math.sqrt(mean(list.map((x) => (x - mean(list)) ** 2)));
      const ends = (deviation(drawn.map(({ low }) => low)) + deviation(drawn.map(({ high }) => high))) / 2;
      const share = ends / mean(drawn.map(({ low, high }) => high - low));
      // The standard error of a deviation of 400 is 3.5 %, of the mean of two 2.5 %; near a tail the formula is 5 % high.
      expect(limitDeviation(resamples) / share).toBeGreaterThan(0.9);
      expect(limitDeviation(resamples) / share).toBeLessThan(1.15);
    }
    expect(limitDeviation(500)).toBeCloseTo(0.0305, 4);
  });
});
