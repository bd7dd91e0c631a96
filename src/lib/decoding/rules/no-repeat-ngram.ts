/**
 * @file No n-gram twice: a token is forbidden where it would complete n tokens that already stand in the ids, prompt
 * included. n = 1 forbids every token that was seen. Source: Paulus et al. 2018 (n = 3, in beam search);
 * Hugging Face's `NoRepeatNGramLogitsProcessor`.
 */
import { expectWhole } from './arguments';
import { forbid } from './distribution';
import type { LogitsRule } from './rule';

/** `size` n ≥ 1. */
export function noRepeatNgram(size: number): LogitsRule {
  expectWhole('no-repeat n-gram', size, 1);
  return {
    kind: 'no-repeat-ngram',
    description: `no ${size}-gram twice`,
    apply(logits, { prompt, written }) {
      const ids = [...prompt, ...written];
      if (ids.length < size) return logits;
      const start = ids.length - size + 1; // of the last n − 1 ids
      const banned = new Set<number>();
      for (let at = 0; at + size <= ids.length; at++) {
        let i = 0;
        while (i < size - 1 && ids[at + i] === ids[start + i]) i++;
        if (i === size - 1) banned.add(ids[at + i] as number);
      }
      return banned.size === 0 ? logits : forbid(logits, (id) => banned.has(id));
    },
  };
}
