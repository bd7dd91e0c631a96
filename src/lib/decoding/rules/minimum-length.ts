/**
 * @file Minimum length: before `tokens` were written, no stop id. Source: Hugging Face's
 * `MinNewTokensLengthLogitsProcessor`. A stop string or a finished grammar may still end the text.
 */
import { expectIds, expectInVocabulary, expectWhole } from './arguments';
import { forbid } from './distribution';
import type { LogitsRule } from './rule';

export function minimumLength(tokens: number, stopIds: readonly number[]): LogitsRule {
  expectWhole('minimum length', tokens, 0);
  expectIds('minimum length: stop ids', stopIds);
  const description = `minimum length ${tokens}`;
  return {
    kind: 'minimum-length',
    description,
    apply(logits, { written }) {
      if (written.length >= tokens) return logits;
      for (const id of stopIds) expectInVocabulary(`${description}: stop ids`, id, logits.length);
      return forbid(logits, (id) => stopIds.includes(id));
    },
  };
}
