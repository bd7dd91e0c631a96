import { describe, expect, it } from 'vitest';
import { textOnlyCeiling } from '../../src/lib/data';

const record = (text: string, label: string) => ({ text, label });

describe('textOnlyCeiling', () => {
  it('counts the most frequent label of each text', () => {
    // "a": x x y → 2 of 3; "b": y → 1 of 1; "c": x z → 1 of 2. In all 4 of 6; ambiguous 3 of 5; majority x 3 of 6.
    const records = [
      record('a', 'x'),
      record('a', 'x'),
      record('a', 'y'),
      record('b', 'y'),
      record('c', 'x'),
      record('c', 'z'),
    ];
    const ceiling = textOnlyCeiling(records);
    expect(ceiling).toMatchObject({ records: 6, texts: 3, recordsPerText: 2, correct: 4, majority: 0.5 });
    expect(ceiling.accuracy).toBeCloseTo(4 / 6, 12);
    expect(ceiling.ambiguous).toEqual({
      records: 5,
      texts: 2,
      recordsPerText: 2.5,
      correct: 3,
      accuracy: 0.6,
    });
  });

  it('no function of the text does better', () => {
    const labels = ['x', 'y', 'z'];
    const texts = ['a', 'b', 'c', 'd'];
    const records = Array.from({ length: 60 }, (_, i) =>
      record(texts[(i * 7) % 4] as string, labels[(i * i) % 3] as string),
    );
    let best = 0;
    // All 81 functions from four texts to three labels.
    for (let code = 0; code < 81; code++) {
      const guess = new Map(texts.map((text, i) => [text, labels[Math.floor(code / 3 ** i) % 3]]));
      best = Math.max(best, records.filter(({ text, label }) => guess.get(text) === label).length);
    }
    expect(textOnlyCeiling(records).correct).toBe(best);
  });

  it('groups by what it is told, and gives NaN for no records', () => {
    const records = [record('A', 'x'), record('a', 'y')];
    expect(textOnlyCeiling(records).accuracy).toBe(1);
    expect(textOnlyCeiling(records, { text: ({ text }) => text.toLowerCase() }).accuracy).toBe(0.5);
    expect(textOnlyCeiling([]).accuracy).toBeNaN();
    expect(textOnlyCeiling(records).ambiguous.accuracy).toBeNaN();
  });
});
