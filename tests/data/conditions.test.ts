import { describe, expect, it } from 'vitest';
import { assignPictures, CONDITIONS, parseCondition } from '../../src/lib/data';
import { Generator } from '../../src/lib/random';

/** 200 records over 23 pictures, some without one, with 4 labels. */
const generator = new Generator(4, 'condition test');
const keys = Array.from({ length: 200 }, () =>
  generator.uniform() < 0.1 ? null : `p${generator.integer(23)}`,
);
const labels = keys.map(() => `l${generator.integer(4)}`);

describe('assignPictures', () => {
  it.each(CONDITIONS)('%s: no picture where the record has none; same seed, same choice', (condition) => {
    const choices = assignPictures(condition, keys, 7, labels);
    expect(choices).toHaveLength(keys.length);
    choices.forEach(({ source }, row) => {
      if (keys[row] === null) expect(source).toBeNull();
    });
    expect(assignPictures(condition, keys, 7, labels)).toEqual(choices);
  });

  it('right keeps, none takes away, the others spoil its own', () => {
    const own = keys.map((key, row) => (key === null ? null : row));
    expect(assignPictures('right', keys, 1).map(({ source }) => source)).toEqual(own);
    expect(assignPictures('none', keys, 1).every(({ source }) => source === null)).toBe(true);
    for (const condition of ['blank', 'mean', 'noise', 'patch-shuffled'] as const) {
      const choices = assignPictures(condition, keys, 1);
      expect(choices.map(({ source }) => source)).toEqual(own);
      expect(
        choices.every(({ source, transform }) => transform === (source === null ? 'none' : condition)),
      ).toBe(true);
    }
  });

  it('shuffled: no record keeps the content of its picture, and each picture goes to one other', () => {
    for (let seed = 0; seed < 200; seed++) {
      const goes = new Map<string, string>();
      assignPictures('shuffled', keys, seed).forEach(({ source }, row) => {
        const [own, other] = [keys[row], source === null ? null : keys[source]];
        if (own === null || own === undefined) return;
        expect(other).toBeTypeOf('string');
        expect(other).not.toBe(own);
        expect(goes.get(own) ?? other).toBe(other);
        goes.set(own, other as string);
      });
      expect(new Set(goes.values()).size).toBe(goes.size);
    }
  });

  it('shuffled is uniform over derangements', () => {
    // Four pictures have nine derangements; 9,000 draws: 1,000 each, deviation 29.8; five deviations.
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 9000; seed++) {
      const drawn = assignPictures('shuffled', ['a', 'b', 'c', 'd'], seed)
        .map(({ source }) => source)
        .join('');
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(149);
  });

  it('shuffled-within-label: another content under the same label', () => {
    for (let seed = 0; seed < 50; seed++) {
      assignPictures('shuffled-within-label', keys, seed, labels).forEach(({ source }, row) => {
        if (keys[row] === null) return;
        expect(source).not.toBeNull();
        expect(labels[source as number]).toBe(labels[row]);
        expect(keys[source as number]).not.toBe(keys[row]);
      });
    }
  });

  it('says where no exchange is possible', () => {
    expect(() => assignPictures('shuffled', ['a', 'a', null], 1)).toThrow(
      /the records hold 1 distinct picture/,
    );
    expect(() => assignPictures('shuffled-within-label', ['a', 'b', 'c'], 1, ['x', 'x', 'y'])).toThrow(
      /label "y" hold 1 distinct picture/,
    );
    expect(() => assignPictures('shuffled-within-label', ['a', 'b'], 1)).toThrow(
      /needs a label for every record/,
    );
    expect(() => parseCondition('shufled')).toThrow(/condition is "shufled"; use one of right, none/);
    expect(parseCondition('noise')).toBe('noise');
  });
});
