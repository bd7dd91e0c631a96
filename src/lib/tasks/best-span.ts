/** @file The best span of a text by the scores of its two ends. */

export interface ScoredSpan {
  first: number;
  /** Inclusive. */
  last: number;
  /** start[first] + end[last] */
  score: number;
}

/**
 * The span first ≤ last of at most `longest` pieces with the greatest start[first] + end[last]; the first such, where
 * several are best. Both lists have one score a piece, at least one.
 */
export function bestSpan(
  start: ArrayLike<number>,
  end: ArrayLike<number>,
  longest = Number.POSITIVE_INFINITY,
): ScoredSpan {
  let best: ScoredSpan = { first: 0, last: 0, score: Number.NEGATIVE_INFINITY };
  for (let first = 0; first < start.length; first++) {
    const stop = Math.min(end.length, first + longest);
    for (let last = first; last < stop; last++) {
      const score = (start[first] as number) + (end[last] as number);
      if (score > best.score) best = { first, last, score };
    }
  }
  return best;
}
