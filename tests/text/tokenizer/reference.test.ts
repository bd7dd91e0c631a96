/**
 * @file Encoding and decoding against the Python `tokenizers`: `tests/parity/tokenizers_reference.py` trained the
 * vocabularies and encoded the strings (emoji, ideographs, combining marks, control characters, long words).
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../../src/lib/text/tokenizer';
import fixture from '../../parity/fixtures/tokenizers.json';

const digest = (value: unknown) => {
  // Python's json writes every character beyond ASCII as \uXXXX.
  const text = JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
};

const kinds = ['uncased', 'cased', 'gpt2'] as const;
const make = (kind: (typeof kinds)[number]) =>
  Tokenizer.fromJson(fixture[kind].json, { clean_up_tokenization_spaces: false });

for (const kind of kinds) {
  describe(`${kind}: every string as the Python library has it`, () => {
    const tokenizer = make(kind);
    const { ids, words, offsets, decoded, skipped } = fixture[kind].encodings;
    const all = fixture.texts.map((text) => tokenizer.encode(text, null, { addSpecialTokens: false }));

    it('ids', () => {
      for (const [i, text] of fixture.texts.entries())
        expect(all[i]?.ids, JSON.stringify(text)).toEqual(ids[i]);
    });
    it('words', () => {
      for (const [i, text] of fixture.texts.entries()) {
        expect(digest(all[i]?.wordIds), `${JSON.stringify(text)} ${all[i]?.wordIds}`).toBe(words[i]);
      }
    });
    it('places', () => {
      for (const [i, text] of fixture.texts.entries()) {
        expect(
          digest(all[i]?.offsets),
          `${JSON.stringify(text)} ${all[i]?.tokens} ${JSON.stringify(all[i]?.offsets)}`,
        ).toBe(offsets[i]);
      }
    });
    it('decoded', () => {
      for (const [i, text] of fixture.texts.entries()) {
        const own = tokenizer.decode(ids[i] as number[]);
        expect(digest(own), `${JSON.stringify(text)} → ${JSON.stringify(own)}`).toBe(decoded[i]);
        const bare = tokenizer.decode(ids[i] as number[], { skipSpecialTokens: true });
        expect(digest(bare), `${JSON.stringify(text)} → ${JSON.stringify(bare)}`).toBe(skipped[i]);
      }
    });
  });
}

describe('pairs and words', () => {
  const tokenizer = make('uncased');

  it('pairs, cut as longest_first cuts them', () => {
    for (const { first, second, maxLength, ids, types, sequences } of fixture.pairs) {
      const {
        ids: row,
        tokenTypeIds,
        shape,
      } = tokenizer.encodeBatch([[first, second]], { maxLength, truncation: 'right' });
      expect([...row]).toEqual(ids);
      expect([...tokenTypeIds]).toEqual(types);
      expect(shape).toEqual([1, ids.length]);
      const whole = tokenizer.encode(first, second);
      if (maxLength === 512) expect(whole.sequenceIds.map((s) => s ?? -1)).toEqual(sequences);
    }
  });

  it('words that are already split', () => {
    for (const { words, ids, wordIds } of fixture.split) {
      const found = tokenizer.encodeWords(words);
      expect(found.ids, JSON.stringify(words)).toEqual(ids);
      expect(found.wordIds.map((word) => word ?? -1)).toEqual(wordIds);
    }
  });
});
