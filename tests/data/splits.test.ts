import { describe, expect, it } from 'vitest';
import { groupOf, nestedRows, sharedGroups, splitByGroup, THREE_PARTS } from '../../src/lib/data';

/** 300 records in 60 groups of 1 to 9. */
const records = Array.from({ length: 60 }, (_, g) =>
  Array.from({ length: 1 + ((g * 7) % 9) }, (_, i) => ({ id: `${g}-${i}`, group: `g${g}` })),
).flat();

describe('splitByGroup', () => {
  it('puts every record into one part and no group into two', () => {
    const rows = splitByGroup(records, { seed: 3, shares: THREE_PARTS });
    const all = [...rows.train, ...rows.validation, ...rows.test];
    expect(all.sort((a, b) => a - b)).toEqual(records.map((_, row) => row));
    const groups = (part: number[]) => new Set(part.map((row) => records[row]?.group));
    for (const group of groups(rows.test)) expect(groups(rows.train).has(group)).toBe(false);
    for (const group of groups(rows.validation)) {
      expect(groups(rows.train).has(group) || groups(rows.test).has(group)).toBe(false);
    }
  });

  it('comes within one group of the shares', () => {
    const rows = splitByGroup(records, { seed: 5, shares: THREE_PARTS });
    for (const part of ['validation', 'test'] as const) {
      expect(rows[part].length).toBeGreaterThanOrEqual(records.length / 10);
      expect(rows[part].length).toBeLessThan(records.length / 10 + 9);
    }
  });

  it('depends on seed and groups, not on the order of the file', () => {
    const names = (seed: number, list: typeof records) =>
      splitByGroup(list, { seed, shares: THREE_PARTS })
        .test.map((row) => list[row]?.id)
        .sort();
    expect(names(1, records)).toEqual(names(1, [...records].reverse()));
    expect(names(1, records)).not.toEqual(names(2, records));
  });

  it('keeps records of one picture together where no group is named', () => {
    const pictures = Array.from({ length: 40 }, (_, i) => ({ image: `${Math.floor(i / 4)}.png` }));
    const rows = splitByGroup(pictures, { seed: 1, shares: { a: 0.5, b: 0.5 } });
    const images = (part: number[]) => new Set(part.map((row) => pictures[row]?.image));
    expect([...images(rows.a)].filter((image) => images(rows.b).has(image))).toEqual([]);
    expect(groupOf({}, 3)).not.toBe(groupOf({}, 4));
  });

  it('gives every part a group even where shares round to nothing, or says that it cannot', () => {
    const three = [{ group: 'a' }, { group: 'b' }, { group: 'c' }];
    const rows = splitByGroup(three, { seed: 1, shares: THREE_PARTS });
    expect([rows.train.length, rows.validation.length, rows.test.length]).toEqual([1, 1, 1]);
    expect(() => splitByGroup(three.slice(1), { seed: 1, shares: THREE_PARTS })).toThrow(
      /2 records in 2 groups cannot fill 3 parts/,
    );
    expect(() => splitByGroup(three, { seed: 1, shares: { a: 0.5, b: 0.4 } })).toThrow(/add up to 1/);
  });

  it('names the groups that two splits share', () => {
    expect(
      sharedGroups([{ group: 'a' }, { image: 'x.png' }], [{ group: 'a' }, { image: 'x.png' }, {}]),
    ).toEqual(['group:a', 'image:x.png']);
    expect(sharedGroups([{}, {}], [{}, {}])).toEqual([]);
  });
});

describe('nestedRows', () => {
  it('has the rows of a smaller count among those of a larger one, and the count exactly', () => {
    const sizes = [1, 7, 50, 120, records.length];
    const drawn = sizes.map((count) => nestedRows(records, { seed: 4, count }));
    expect(drawn.map((rows) => new Set(rows).size)).toEqual(sizes);
    for (const [i, rows] of drawn.slice(1).entries()) {
      expect(rows).toEqual(expect.arrayContaining(drawn[i] as number[]));
    }
    expect(drawn.at(-1)).toEqual(records.map((_, row) => row));
  });

  it('cuts one group at most', () => {
    for (const count of [10, 33, 120]) {
      const rows = nestedRows(records, { seed: 2, count });
      const taken = new Map<string, number>();
      for (const row of rows) {
        const { group } = records[row] as { group: string };
        taken.set(group, (taken.get(group) ?? 0) + 1);
      }
      const sizeOf = (group: string) => records.filter((record) => record.group === group).length;
      expect([...taken].filter(([group, size]) => size < sizeOf(group)).length).toBeLessThan(2);
    }
  });

  it('depends on seed and groups, not on the order of the file', () => {
    /** How many of each group are taken. */
    const taken = (seed: number, list: typeof records) => {
      const counts: Record<string, number> = {};
      for (const row of nestedRows(list, { seed, count: 63 })) {
        const { group } = list[row] as { group: string };
        counts[group] = (counts[group] ?? 0) + 1;
      }
      return counts;
    };
    expect(taken(1, records)).toEqual(taken(1, [...records].reverse()));
    expect(taken(1, records)).not.toEqual(taken(2, records));
    // Without group and picture a record's group is its row.
    const bare = records.map(({ id }) => ({ id }));
    const ids = (list: typeof bare) => nestedRows(list, { seed: 1, count: 63 }).map((row) => list[row]?.id);
    expect(ids(bare).sort()).not.toEqual(ids([...bare].reverse()).sort());
  });
});
