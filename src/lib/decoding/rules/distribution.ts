/**
 * @file The distribution that logits stand for, and what every cut needs: log-probabilities, tokens in the order of
 * their probability, and logits with tokens forbidden.
 *
 *     log p(i) = l(i) − log Σ_j exp(l(j)),   with the maximum taken out first
 */
import type { Logits } from './rule';

/** log softmax of logits [V], in float64; −∞ stays −∞. */
export function logSoftmax(logits: Logits): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > highest) highest = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - highest);
  const shift = highest + Math.log(sum);
  const out = new Float64Array(logits.length);
  for (let id = 0; id < out.length; id++) out[id] = (logits[id] as number) - shift;
  return out;
}

/** softmax of logits [V], in float64. */
export function softmax(logits: Logits): Float64Array {
  return logSoftmax(logits).map(Math.exp);
}

/** The ids of the `count` largest values, the largest first; of equal values the lower id first. −∞ is left out. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  const before = (a: number, b: number) => (values[b] as number) - (values[a] as number) || a - b;
  const possible: number[] = [];
  for (let id = 0; id < values.length; id++) {
    if ((values[id] as number) > Number.NEGATIVE_INFINITY) possible.push(id);
  }
  // A heap of `count` would cost less for a large vocabulary and few tokens; sorting blocks comes close and is shorter.
  const block = Math.max(4 * count, 1024);
  let kept: number[] = [];
  for (let at = 0; at < possible.length; at += block) {
    kept = kept
      .concat(possible.slice(at, at + block))
      .sort(before)
      .slice(0, count);
  }
  return kept;
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
