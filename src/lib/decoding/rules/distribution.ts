/**
 * @file The distribution that logits stand for, and what every cut needs: log-probabilities, tokens in the order of
 * their probability, and logits with tokens forbidden.
 *
 *     log p(i) = l(i) − log Σ_j exp(l(j)),   with the maximum taken out first
 */
import type { Logits } from './rule';

/** log Σ exp of logits [V]. */
function logSumExp(logits: Logits): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) highest = Math.max(highest, logits[id] as number);
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp((logits[id] as number) - highest);
  return highest + Math.log(sum);
}

/** log softmax of logits [V], in float64; −∞ stays −∞. */
export function logSoftmax(logits: Logits): Float64Array {
  const shift = logSumExp(logits);
  const out = new Float64Array(logits.length);
  for (let id = 0; id < out.length; id++) out[id] = (logits[id] as number) - shift;
  return out;
}

/** softmax of logits [V], in float64. */
export function softmax(logits: Logits): Float64Array {
  const out = logSoftmax(logits);
  for (let id = 0; id < out.length; id++) out[id] = Math.exp(out[id] as number);
  return out;
}

/** log p of one token. */
export function logProbabilityOf(logits: Logits, id: number): number {
  return (logits[id] as number) - logSumExp(logits);
}

/** The ids of the `count` largest values, the largest first; of equal values the lower id first. −∞ is left out. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  const before = (a: number, b: number) => (values[b] as number) - (values[a] as number) || a - b;
  const kept: number[] = [];
  if (count > 256) {
    for (let id = 0; id < values.length; id++)
      if ((values[id] as number) > Number.NEGATIVE_INFINITY) kept.push(id);
    return kept.sort(before).slice(0, count);
  }
  // Few: each is put at its place among those kept so far; most are below the last of them at once.
  let least = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < values.length; id++) {
    const value = values[id] as number;
    if (!(value > least)) continue;
    let at = kept.length;
    while (at > 0 && (values[kept[at - 1] as number] as number) < value) at--;
    kept.splice(at, 0, id);
    if (kept.length > count) kept.pop();
    if (kept.length === count) least = values[kept[count - 1] as number] as number;
  }
  return kept;
}

/** The largest values until `isEnough`, told of their ids in order, says so: the first few are often enough. */
export function largestUntil(
  values: ArrayLike<number>,
  isEnough: (ids: readonly number[]) => boolean,
): number[] {
  for (const count of [32, 256]) {
    const ids = largest(values, count);
    if (ids.length < count || isEnough(ids)) return ids;
  }
  return largest(values, values.length);
}

/** The id of the largest logit, the lowest of equals. */
export function argMax(logits: ArrayLike<number>): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
  return best;
}

/** A copy in which the tokens that `isForbidden` have the logit −∞. */
export function forbid(logits: Logits, isForbidden: (id: number) => boolean): Logits {
  const out = logits.slice();
  for (let id = 0; id < out.length; id++) if (isForbidden(id)) out[id] = Number.NEGATIVE_INFINITY;
  return out;
}

/** A copy in which only the tokens of `ids` are possible. */
export function keepOnly(logits: Logits, ids: Iterable<number>): Logits {
  const out = logits.slice().fill(Number.NEGATIVE_INFINITY);
  for (const id of ids) out[id] = logits[id] as number;
  return out;
}
