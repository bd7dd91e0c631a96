import { describe, expect, it } from 'vitest';
import { BatchSchedule, epochOrder, sequentialBatches } from '../../src/lib/data';

const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('epochOrder', () => {
  it('is a permutation that changes with seed and epoch', () => {
    expect(sorted(epochOrder(101, 1, 0))).toEqual(upTo(101));
    expect(epochOrder(101, 1, 0)).toEqual(epochOrder(101, 1, 0));
    expect(epochOrder(101, 1, 0)).not.toEqual(epochOrder(101, 1, 1));
    expect(epochOrder(101, 1, 0)).not.toEqual(epochOrder(101, 2, 0));
  });

  it('puts every record in every place equally often', () => {
    const counts = new Float64Array(25);
    for (let seed = 0; seed < 5000; seed++) {
      epochOrder(5, seed, 0).forEach((row, place) => {
        counts[5 * place + row] = (counts[5 * place + row] as number) + 1;
      });
    }
    // Binomial(5000, 1/5): mean 1000, deviation 28.3; five deviations.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(142);
  });
});

describe('BatchSchedule', () => {
  it('gives at any step what a run from the start gives', () => {
    const walked = new BatchSchedule({ count: 70, batchSize: 16, seed: 9 });
    const seen = upTo(13).map((step) => walked.at(step));
    for (const step of [12, 3, 7, 0]) {
      expect(new BatchSchedule({ count: 70, batchSize: 16, seed: 9 }).at(step)).toEqual(seen[step]);
    }
    expect(walked.stepsPerEpoch).toBe(4);
    expect(seen.map(({ epoch }) => epoch)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3]);
  });

  it('drops, keeps or fills the last batch', () => {
    const lengths = (last: 'drop' | 'keep' | 'fill') => {
      const schedule = new BatchSchedule({ count: 10, batchSize: 4, seed: 1, last });
      return upTo(schedule.stepsPerEpoch).map((step) => schedule.at(step).rows);
    };
    expect(lengths('drop').map((rows) => rows.length)).toEqual([4, 4]);
    expect(lengths('keep').map((rows) => rows.length)).toEqual([4, 4, 2]);
    expect(sorted(lengths('keep').flatMap((rows) => [...rows]))).toEqual(upTo(10));
    expect(lengths('fill').map((rows) => rows.length)).toEqual([4, 4, 4]);
    expect(new Set(lengths('fill').flatMap((rows) => [...rows])).size).toBe(10);
  });

  it('keeps a short batch where there is no full one, and refuses nonsense', () => {
    expect(sorted(new BatchSchedule({ count: 3, batchSize: 8, seed: 1 }).at(5).rows)).toEqual([0, 1, 2]);
    expect(new BatchSchedule({ count: 3, batchSize: 8, seed: 1, last: 'fill' }).at(0).rows).toHaveLength(8);
    expect(() => new BatchSchedule({ count: 3, batchSize: 8, seed: 1, last: 'drop' })).toThrow(
      /no full batch/,
    );
    expect(() => new BatchSchedule({ count: 0, batchSize: 8, seed: 1 })).toThrow(
      /count must be a whole number/,
    );
    expect(() => new BatchSchedule({ count: 3, batchSize: 0.5, seed: 1 })).toThrow(
      /batchSize must be a whole/,
    );
  });

  it('walks in order for evaluation', () => {
    expect([...sequentialBatches(5, 2)].map((rows) => [...rows])).toEqual([[0, 1], [2, 3], [4]]);
  });
});
