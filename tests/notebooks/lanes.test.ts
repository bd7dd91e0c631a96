import { describe, expect, it } from 'vitest';
import { inLanes } from '../../scripts/notebooks/lanes';

/** Runs the entries; tells who was running beside whom when each began. */
async function watched(
  entries: string[],
  lanes: number,
  before: Record<string, string[]> = {},
  durations: Record<string, number> = {},
) {
  const running = new Set<string>();
  const done: string[] = [];
  const begun: { entry: string; beside: string[]; after: string[] }[] = [];
  const results = await inLanes(entries, {
    lanes,
    before: (entry) => before[entry] ?? [],
    run: async (entry) => {
      begun.push({ entry, beside: [...running], after: [...done] });
      running.add(entry);
      await new Promise((resolve) => setTimeout(resolve, durations[entry] ?? 5));
      running.delete(entry);
      done.push(entry);
      return entry.toUpperCase();
    },
  });
  return { results, begun };
}

describe('inLanes', () => {
  it('gives results in the order of the list, with at most so many at once, the earliest first', async () => {
    const { results, begun } = await watched(['a', 'b', 'c', 'd'], 2, {}, { a: 60 });
    expect(results).toEqual(['A', 'B', 'C', 'D']);
    expect(begun.map(({ entry }) => entry)).toEqual(['a', 'b', 'c', 'd']);
    expect(begun.map(({ beside }) => beside)).toEqual([[], ['a'], ['a'], ['a']]);
  });

  it('begins nothing before what it goes on from is done, and takes what can begin meanwhile', async () => {
    const { begun } = await watched(['a', 'b', 'c', 'd'], 2, { b: ['a'], d: ['b'] }, { a: 40 });
    expect(begun.map(({ entry }) => entry)).toEqual(['a', 'c', 'b', 'd']);
    expect(begun.find(({ entry }) => entry === 'b')?.after).toContain('a');
    expect(begun.find(({ entry }) => entry === 'd')?.after).toContain('b');
  });

  it('does not wait for what is not on the list, nor for ever where two wait for each other', async () => {
    const { results, begun } = await watched(['a', 'b', 'c'], 1, { a: ['b', 'x'], b: ['a'], c: ['y'] });
    expect(results).toEqual(['A', 'B', 'C']);
    expect(begun.map(({ entry }) => entry)).toEqual(['c', 'a', 'b']);
  });

  it('begins nothing more after a failure, and rejects once what runs has ended', async () => {
    const begun: string[] = [];
    const ended: string[] = [];
    const all = inLanes(['slow', 'broken', 'never'], {
      lanes: 2,
      before: () => [],
      run: async (entry) => {
        begun.push(entry);
        await new Promise((resolve) => setTimeout(resolve, entry === 'slow' ? 40 : 5));
        if (entry === 'broken') throw new Error('broken');
        ended.push(entry);
      },
    });
    await expect(all).rejects.toThrow('broken');
    expect(begun).toEqual(['slow', 'broken']);
    expect(ended).toEqual(['slow']);
  });

  it('has nothing to do for an empty list', async () => {
    expect((await watched([], 2)).results).toEqual([]);
  });
});
