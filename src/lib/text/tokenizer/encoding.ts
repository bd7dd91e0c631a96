/** @file What a tokenizer returns for one text (or a pair), and how pieces become it. */
import type { Pieces } from './segment';
import type { Place } from './template';

/** One text (or a pair) as ids; all arrays have one entry a token. */
export interface Encoding {
  ids: number[];
  tokens: string[];
  /** 1 everywhere: padding is added by `encodeBatch` alone. */
  attentionMask: number[];
  /** 0 for the first text, 1 for the second (BERT's segment ids). */
  tokenTypeIds: number[];
  /** Index of the word that a token came from, counted in each text from 0; `null` for special tokens. */
  wordIds: (number | null)[];
  /** 0 or 1: the text that a token came from; `null` for special tokens. */
  sequenceIds: (0 | 1 | null)[];
  /**
   * `[start, end)` in UTF-16 units of the text (for `encodeWords`: of the word) that a token came from, so that
   * `text.slice(start, end)` is its source; `[0, 0]` for special tokens. `null` where the tokenizer is of a kind
   * whose places are not known here (neither BERT's nor byte-level).
   */
  offsets: [number, number][] | null;
}

/** Puts one or two texts and the special tokens where `template` says. */
export function assemble(template: readonly Place[], texts: readonly (Pieces | null)[]): Encoding {
  const out: Encoding = {
    ids: [],
    tokens: [],
    attentionMask: [],
    tokenTypeIds: [],
    wordIds: [],
    sequenceIds: [],
    offsets: texts.every((pieces) => !pieces || pieces.offsets !== null) ? [] : null,
  };
  for (const place of template) {
    if ('token' in place) {
      out.ids.push(place.id);
      out.tokens.push(place.token);
      out.wordIds.push(null);
      out.sequenceIds.push(null);
      out.offsets?.push([0, 0]);
      out.tokenTypeIds.push(place.type);
      continue;
    }
    const pieces = texts[place.sequence];
    if (!pieces) continue;
    for (let i = 0; i < pieces.ids.length; i++) {
      out.ids.push(pieces.ids[i] as number);
      out.tokens.push(pieces.tokens[i] as string);
      out.wordIds.push(pieces.words[i] as number);
      out.sequenceIds.push(place.sequence);
      const span = pieces.offsets?.[i];
      if (span) out.offsets?.push([span[0], span[1]]);
      out.tokenTypeIds.push(place.type);
    }
  }
  out.attentionMask = new Array(out.ids.length).fill(1);
  return out;
}
