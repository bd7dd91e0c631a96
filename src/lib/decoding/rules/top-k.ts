/**
 * @file Top-k: only the k likeliest tokens; those as likely as the k-th stay too. Source: Fan, Lewis, Dauphin 2018;
 * Hugging Face's `TopKLogitsWarper`.
 */
import { expectWhole } from './arguments';
import { forbid, largest } from './distribution';
import type { LogitsRule } from './rule';

/** `k` ≥ 1; more than the vocabulary changes nothing. */
export function topK(k: number): LogitsRule {
  expectWhole('top-k', k, 1);
  return {
    kind: 'top-k',
    description: `top-k ${k}`,
    apply(logits) {
      if (k >= logits.length) return logits;
      const kept = largest(logits, k);
      if (kept.length < k) return logits;
      const threshold = logits[kept[k - 1] as number] as number;
      return forbid(logits, (id) => (logits[id] as number) < threshold);
    },
  };
}
