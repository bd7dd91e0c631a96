/**
 * @file Forbidden words: sequences of ids that must not be written. A word of one token is always forbidden; of a
 * longer one the last token is, where the others stand at the end of the ids (prompt included). It forbids these
 * tokens and no other spelling: "cat" and " cat" are different tokens (`wordSequences` gives the usual ones).
 * Source: Hugging Face's `NoBadWordsLogitsProcessor`.
 */
import { expect, expectIds, expectInVocabulary } from './arguments';
import { forbid } from './distribution';
import type { LogitsRule } from './rule';

/** `words`: sequences of ids, none of them empty. Throws a `RangeError`. */
export function forbiddenWords(words: readonly (readonly number[])[]): LogitsRule {
  expect(words.length > 0, 'forbidden words', '[]', 'at least one sequence of ids');
  for (const word of words) {
    expect(word.length > 0, 'forbidden words', '[]', 'sequences of at least one id');
    expectIds('forbidden words', word);
  }
  const description = `forbidden words ${words
    .slice(0, 3)
    .map((word) => JSON.stringify(word))
    .join(' ')}${words.length > 3 ? ` and ${words.length - 3} more` : ''}`;
  return {
    kind: 'forbidden',
    description,
    apply(logits, { prompt, written }) {
      const ids = [...prompt, ...written];
      const banned = new Set<number>();
      for (const word of words) {
        const last = word.at(-1) as number;
        expectInVocabulary(description, last, logits.length);
        const start = ids.length - word.length + 1;
        if (start >= 0 && word.slice(0, -1).every((id, i) => id === ids[start + i])) banned.add(last);
      }
      return banned.size === 0 ? logits : forbid(logits, (id) => banned.has(id));
    },
  };
}
