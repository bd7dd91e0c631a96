/**
 * @file What an asynchronous search by successive halving begins next (Li et al. 2020, algorithm 2), from what is known now:
 *
 *     from the last rung but one down to the first: the best of the first ⌊finished / factor⌋ of the rung by score that has
 *     not gone on goes on; where no rung has one, the next combination that was never begun begins in the first rung
 *
 * Of a rung that gets no more members at least one goes on, so that a small search reaches its last rung too. Scores that
 * are equal count in the order in which combinations are begun.
 */

/** How one rung stands. Combinations go by number. */
export interface RungStanding {
  /** Finished or not. */
  begun: ReadonlySet<number>;
  /** Finished or failed. */
  settled: ReadonlySet<number>;
  /** More is better; of those that finished. */
  scores: ReadonlyMap<number, number>;
}

export interface NextStep {
  /** Counted from 0. */
  rung: number;
  combination: number;
}

/** `null` where nothing can begin before something else has finished, or at all. */
export function nextStep(
  rungs: readonly RungStanding[],
  /** Numbers of the combinations, in the order in which they begin. */
  order: readonly number[],
  factor: number,
): NextStep | null {
  const fresh = order.find((combination) => !rungs[0]?.begun.has(combination));
  let promotion: NextStep | null = null;
  // Upwards, since a rung is full only where that below has nothing more to give; the highest promotion stands.
  let isFull = fresh === undefined;
  for (const [rung, standing] of rungs.slice(0, -1).entries()) {
    isFull &&= [...standing.begun].every((combination) => standing.settled.has(combination));
    const best = ranked(standing.scores, order).slice(0, quota(standing.scores.size, factor, isFull));
    const combination = best.find((one) => !rungs[rung + 1]?.begun.has(one));
    if (combination === undefined) continue;
    isFull = false;
    promotion = { rung: rung + 1, combination };
  }
  return promotion ?? (fresh === undefined ? null : { rung: 0, combination: fresh });
}

/** Combinations by score, best first. */
export function ranked(scores: ReadonlyMap<number, number>, order: readonly number[]): number[] {
  return order
    .filter((combination) => scores.has(combination))
    .sort((a, b) => (scores.get(b) as number) - (scores.get(a) as number));
}

function quota(finished: number, factor: number, isFull: boolean): number {
  return Math.max(isFull ? 1 : 0, Math.floor(finished / factor));
}
