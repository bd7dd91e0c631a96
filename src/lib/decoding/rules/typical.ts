/**
 * @file Locally typical sampling: the tokens whose surprise is nearest to the surprise expected here, until they
 * hold the mass p. The likeliest token may go, where it says less than a text usually does.
 *
 *     distance(i) = | −log p(i) − H |,   H = −Σ p log p
 *
 * Source: Meister, Pimentel, Wiher, Cotterell 2022 (TACL, arXiv 2202.00666); Hugging Face's `TypicalLogitsWarper`
 * (tokens as far away as the last one kept stay too).
 */
import { expect, expectWhole } from './arguments';
import { forbid, largestUntil, logSoftmax } from './distribution';
import type { LogitsRule } from './rule';

/** 0 < `mass` < 1; at least `keepAtLeast` tokens stay. */
export function typical(mass: number, { keepAtLeast = 1 } = {}): LogitsRule {
  expect(mass > 0 && mass < 1, 'typical', mass, 'a mass > 0 and < 1');
  expectWhole('typical: keepAtLeast', keepAtLeast, 1);
  return {
    kind: 'typical',
    description: `typical ${mass}`,
    apply(logits) {
      const logProbabilities = logSoftmax(logits);
      let entropy = 0;
      for (const value of logProbabilities) {
        if (value > Number.NEGATIVE_INFINITY) entropy -= Math.exp(value) * value;
      }
      // Negative, for the nearest to be the largest; a token of probability 0 is infinitely far.
      const nearness = logProbabilities.map((value) => -Math.abs(-value - entropy));
      const massOf = (ids: readonly number[]) =>
        ids.reduce((sum, id) => sum + Math.exp(logProbabilities[id] as number), 0);
      const order = largestUntil(nearness, (ids) => ids.length >= keepAtLeast && massOf(ids) >= mass);
      let sum = 0;
      let last = 0; // in the order, of the token that fills the mass
      for (; last < order.length - 1; last++) {
        sum += Math.exp(logProbabilities[order[last] as number] as number);
        if (sum >= mass) break;
      }
      const farthest = nearness[order[last] as number] as number;
      const kept = new Set(order.slice(0, keepAtLeast));
      return forbid(logits, (id) => (nearness[id] as number) < farthest && !kept.has(id));
    },
  };
}
