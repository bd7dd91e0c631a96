/** @file Work on a list with so many at once, where some of it has to wait for other entries of the list. */
export interface Lanes<T> {
  /** Entries worked on at once. */
  lanes: number;
  /** Entries that must be done first; those that are not on the list are not waited for. */
  before: (entry: string) => readonly string[];
  run: (entry: string) => Promise<T>;
}

/**
 * The results in the order of `entries`, each begun as soon as a lane is free and what stands before it is done; the
 * earliest first. Entries that wait for each other are begun in order when nothing else can be. Where `run` rejects, nothing
 * more is begun, and the promise rejects once what runs has ended.
 */
export async function inLanes<T>(entries: readonly string[], { lanes, before, run }: Lanes<T>): Promise<T[]> {
  const results = new Array<T>(entries.length);
  const waiting = new Map(
    entries.map((entry, i) => [i, new Set(before(entry).filter((name) => entries.includes(name)))]),
  );
  const running = new Map<number, Promise<void>>();
  const failures: unknown[] = [];
  while (waiting.size + running.size > 0 && (failures.length === 0 || running.size > 0)) {
    while (running.size < lanes && failures.length === 0) {
      const next = nextOf(waiting, running.size === 0);
      if (next === undefined) break;
      waiting.delete(next);
      running.set(next, begin(next));
    }
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
  return results;

  async function begin(i: number): Promise<void> {
    const entry = entries[i] as string;
    try {
      results[i] = await run(entry);
    } catch (error) {
      failures.push(error);
    }
    running.delete(i);
    for (const names of waiting.values()) names.delete(entry);
  }
}

function nextOf(waiting: ReadonlyMap<number, ReadonlySet<string>>, isIdle: boolean): number | undefined {
  for (const [i, names] of waiting) if (names.size === 0) return i;
  // A circle: somebody has to begin.
  return isIdle ? waiting.keys().next().value : undefined;
}
