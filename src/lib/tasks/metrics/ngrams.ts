/** @file Counts of n-grams: what BLEU, chrF, ROUGE and CIDEr are made of. */

/** n-grams of one length with their counts; the key joins the items by U+0000. */
export type Counts = Map<string, number>;

/** Counts of the n-grams of `items`; empty where there are fewer than `n`. */
export function countNgrams(items: readonly string[], n: number): Counts {
  const counts: Counts = new Map();
  for (let i = 0; i + n <= items.length; i++) {
    const key = items.slice(i, i + n).join('\u0000');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Σ min(count here, count there): matches clipped to the number of occurrences. */
export function clippedMatches(here: Counts, there: Counts): number {
  let matches = 0;
  for (const [key, count] of here) matches += Math.min(count, there.get(key) ?? 0);
  return matches;
}

/** Total of all counts. */
export function totalOf(counts: Counts): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** For each n-gram its largest count over several references. */
export function largestCounts(all: readonly Counts[]): Counts {
  const largest: Counts = new Map();
  for (const counts of all) {
    for (const [key, count] of counts) largest.set(key, Math.max(count, largest.get(key) ?? 0));
  }
  return largest;
}
