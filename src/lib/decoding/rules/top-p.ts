/**
 * @file Top-p (nucleus): the smallest set of likeliest tokens whose probabilities sum to p or more. Source: Holtzman
 * et al. 2020, equation 2; Hugging Face's `TopPLogitsWarper`, which drops what has at most 1 − p behind it: the same
 * but for rounding. Of equally likely tokens the lower id comes first.
 */
import { expect, expectWhole } from './arguments';
import { keepOnly, largestUntil, logSoftmax } from './distribution';
import type { LogitsRule } from './rule';

/** 0 < `p` ≤ 1; at least `keepAtLeast` tokens stay. */
export function topP(p: number, { keepAtLeast = 1 } = {}): LogitsRule {
  expect(
    p > 0 && p <= 1,
    'top-p',
    p,
    'a number > 0 and ≤ 1 (1 changes nothing; for the likeliest alone use greedy)',
  );
  expectWhole('top-p: keepAtLeast', keepAtLeast, 1);
  return {
    kind: 'top-p',
    description: `top-p ${p}`,
    apply(logits) {
      if (p === 1) return logits;
      const logProbabilities = logSoftmax(logits);
      const mass = (ids: readonly number[]) =>
        ids.reduce((sum, id) => sum + Math.exp(logProbabilities[id] as number), 0);
      const order = largestUntil(logProbabilities, (ids) => ids.length >= keepAtLeast && mass(ids) >= p);
      let sum = 0;
      let kept = 0;
      while (kept < order.length && (sum < p || kept < keepAtLeast)) {
        sum += Math.exp(logProbabilities[order[kept++] as number] as number);
      }
      return keepOnly(logits, order.slice(0, kept));
    },
  };
}
