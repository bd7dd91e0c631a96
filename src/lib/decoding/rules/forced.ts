/**
 * @file Forced tokens: at given places of what is written, one token and no other. A forced token costs nothing
 * (logit 0, as Hugging Face's `ForcedBOSTokenLogitsProcessor` and `ForcedEOSTokenLogitsProcessor` have it), unless a
 * rule before this one has forbidden it: then no token is left, and the list of rules says which two contradict.
 */
import { expect, expectIds, expectInVocabulary, expectWhole } from './arguments';
import type { LogitsRule } from './rule';

export interface ForcedTokens {
  /** Place in what is written of the first of `ids`: 0 is the first token after the prompt. */
  at: number;
  ids: readonly number[];
}

/** Throws a `RangeError` where two sequences want different tokens at one place. */
export function forcedTokens(sequences: readonly ForcedTokens[]): LogitsRule {
  const places = new Map<number, number>();
  for (const { at, ids } of sequences) {
    expectWhole('forced tokens: at', at, 0);
    expectIds('forced tokens: ids', ids);
    for (const [i, id] of ids.entries()) {
      const other = places.get(at + i) ?? id;
      expect(other === id, `forced tokens: place ${at + i}`, `${other} and ${id}`, 'one token a place');
      places.set(at + i, id);
    }
  }
  const description = `forced tokens ${[...places]
    .slice(0, 5)
    .map(([at, id]) => `${id} at ${at}`)
    .join(', ')}`;
  return {
    kind: 'forced',
    description,
    apply(logits, { written }) {
      const id = places.get(written.length);
      if (id === undefined) return logits;
      expectInVocabulary(description, id, logits.length);
      const out = logits.slice().fill(Number.NEGATIVE_INFINITY);
      if ((logits[id] as number) > Number.NEGATIVE_INFINITY) out[id] = 0;
      return out;
    },
  };
}
