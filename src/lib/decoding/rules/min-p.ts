/**
 * @file Min-p: tokens with at least a share of the likeliest one's probability, p(i) ≥ minP · max p. The cut
 * loosens where the model is unsure. Source: Nguyen et al. 2024 (arXiv 2407.01082); Hugging Face's
 * `MinPLogitsWarper`. Computed on logits: l(i) ≥ max l + log minP.
 */
import { expect, expectWhole } from './arguments';
import { forbid, largest } from './distribution';
import type { LogitsRule } from './rule';

/** 0 ≤ `share` ≤ 1; at least `keepAtLeast` tokens stay. */
export function minP(share: number, { keepAtLeast = 1 } = {}): LogitsRule {
  expect(share >= 0 && share <= 1, 'min-p', share, 'a number ≥ 0 and ≤ 1 (0 changes nothing)');
  expectWhole('min-p: keepAtLeast', keepAtLeast, 1);
  return {
    kind: 'min-p',
    description: `min-p ${share}`,
    apply(logits) {
      const kept = new Set(largest(logits, keepAtLeast));
      let highest = Number.NEGATIVE_INFINITY;
      for (const id of kept) highest = Math.max(highest, logits[id] as number);
      const threshold = highest + Math.log(share);
      return forbid(logits, (id) => (logits[id] as number) < threshold && !kept.has(id));
    },
  };
}
