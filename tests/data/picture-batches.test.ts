import { describe, expect, it } from 'vitest';
import { BatchSchedule } from '../../src/lib/data';
import { orderByPicture } from '../../src/lib/data/picture-batches';
import { Generator } from '../../src/lib/random';

const generator = new Generator(1, 'test');
/** 40 pictures with 1 … 9 records each, in no order. */
const pictures = generator.shuffle(
  Array.from({ length: 40 }, (_, picture) => Array<number>(1 + (picture % 9)).fill(picture)).flat(),
);
const countOf = (rows: Iterable<number>) => {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
};

describe('orderByPicture', () => {
  it('has runs of one picture, every record, and none more often than filling a last run takes', () => {
    const order = orderByPicture(pictures, 4, 3, 0);
    for (let start = 0; start < order.length; start += 4) {
      const run = [...order.slice(start, start + 4)].map((row) => pictures[row]);
      expect(new Set(run).size).toBe(1);
    }
    const counts = countOf(order);
    expect(counts.size).toBe(pictures.length);
    const records = countOf(pictures);
    for (const [row, count] of counts) {
      const own = records.get(pictures[row] as number) as number;
      expect(count).toBeLessThanOrEqual(Math.ceil((4 * Math.ceil(own / 4)) / own));
    }
    expect(order.length).toBe([...records.values()].reduce((sum, own) => sum + 4 * Math.ceil(own / 4), 0));
  });

  it('is the same for the same arguments, and another for another seed and epoch', () => {
    const order = orderByPicture(pictures, 4, 3, 0);
    expect(orderByPicture(pictures, 4, 3, 0)).toEqual(order);
    expect(orderByPicture(pictures, 4, 3, 1)).not.toEqual(order);
    expect(orderByPicture(pictures, 4, 4, 0)).not.toEqual(order);
  });

  it('puts every picture in every place equally often', () => {
    const counts = new Float64Array(16);
    for (let epoch = 0; epoch < 4000; epoch++) {
      orderByPicture([0, 0, 1, 1, 2, 2, 3, 3], 2, 1, epoch).forEach((row, place) => {
        if (place % 2 === 0) {
          const cell = 2 * place + Math.floor(row / 2);
          counts[cell] = (counts[cell] as number) + 1;
        }
      });
    }
    // Binomial(4000, 1/4): mean 1000, deviation 27.4; five deviations.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(137);
  });

  it('gives a schedule that can be entered at any step', () => {
    const plan = { count: pictures.length, batchSize: 16, seed: 2, byPicture: { size: 4, pictures } };
    const walked = new BatchSchedule(plan);
    const seen = Array.from({ length: 40 }, (_, step) => walked.at(step));
    expect(new BatchSchedule(plan).at(33)).toEqual(seen[33]);
    expect(seen[39]?.epoch).toBe(Math.floor(39 / walked.stepsPerEpoch));
    for (const { rows } of seen) expect(rows).toHaveLength(16);
  });
});
