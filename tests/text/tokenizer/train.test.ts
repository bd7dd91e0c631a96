/**
 * @file Training against the trainers of the Python `tokenizers`. Byte-level merges must be the same, in order.
 * WordPiece is compared where no two pairs are equally frequent: there the reference chooses by a hash map's
 * order, which differs from run to run.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors';
import { trainByteLevelBpe, trainWordPiece } from '../../../src/lib/text/tokenizer';
import fixture from '../../parity/fixtures/tokenizers.json';

const modelOf = (tokenizer: { toFiles(): Map<string, string> }) =>
  JSON.parse(tokenizer.toFiles().get('tokenizer.json') as string).model as {
    vocab: Record<string, number>;
    merges: [string, string][];
  };

describe('byte-level BPE', () => {
  for (const { size, minimum, merges } of fixture.training.gpt2) {
    it(`the reference's merges in its order: vocabulary ${size}, at least ${minimum}`, () => {
      const tokenizer = trainByteLevelBpe(fixture.corpus, {
        vocabularySize: size,
        minimumFrequency: minimum,
      });
      expect(modelOf(tokenizer).merges).toEqual(merges);
    });
  }

  it('pairs that overlap, and tokens made in two ways', () => {
    for (const { texts, merges } of fixture.training.aaa) {
      const tokenizer = trainByteLevelBpe(texts, { vocabularySize: 400, minimumFrequency: 0 });
      expect(modelOf(tokenizer).merges).toEqual(merges);
    }
  });

  it('the whole tokenizer.json is the reference’s', () => {
    const tokenizer = trainByteLevelBpe(fixture.corpus, { vocabularySize: 500 });
    expect(JSON.parse(tokenizer.toFiles().get('tokenizer.json') as string)).toEqual(fixture.gpt2.json);
    expect([tokenizer.vocabularySize, tokenizer.eosId, tokenizer.padId]).toEqual([500, 0, 1]);
  });

  it('a worked example: Sennrich’s low, lower, newest, widest', () => {
    const texts = [
      'low low low low low',
      'lower lower',
      ...Array(6).fill('newest'),
      ...Array(3).fill('widest'),
    ];
    const tokenizer = trainByteLevelBpe(texts, { vocabularySize: 258 + 3 });
    // "es" and "st" are both in 9 words: the pair of smaller letters goes first.
    expect(modelOf(tokenizer).merges).toEqual([
      ['e', 's'],
      ['es', 't'],
      ['l', 'o'],
    ]);
    expect(tokenizer.encode('lowest').tokens).toEqual(['lo', 'w', 'est']);
  });
});

describe('WordPiece', () => {
  const counted = fixture.training.counted.words.map(([word, count]) => `${word} `.repeat(count as number));
  for (const { size, minimum, tokens } of fixture.training.counted.runs) {
    it(`the reference's tokens: vocabulary ${size}, at least ${minimum}`, () => {
      const tokenizer = trainWordPiece(counted, { vocabularySize: size, minimumFrequency: minimum });
      expect(Object.keys(modelOf(tokenizer).vocab).sort()).toEqual([...tokens].sort());
    });
  }

  it('an alphabet that does not fit is an error (the reference exceeds the size)', () => {
    const make = () => trainWordPiece(counted, { vocabularySize: 20 });
    expect(make).toThrow(/20 has no room for 5 special tokens and an alphabet of 16; expected at least 21/);
  });

  it('on ties, as good a vocabulary as the reference’s: texts as short, within 2 %', () => {
    for (const lowercase of [true, false]) {
      const tokenizer = trainWordPiece(fixture.corpus, { vocabularySize: 420, lowercase });
      const pieces = fixture.corpus.reduce((sum, text) => sum + tokenizer.encode(text).ids.length - 2, 0);
      const reference = fixture.training.wordPieceLength[lowercase ? 'uncased' : 'cased'];
      expect(Math.abs(pieces / reference - 1)).toBeLessThan(0.02);
    }
  });

  it('ids begin with the special tokens, then letters, then letters inside words', () => {
    const tokenizer = trainWordPiece(['bab ab Éa', 'ab'], { vocabularySize: 100, specialTokens: ['[HEAD]'] });
    expect(Object.keys(modelOf(tokenizer).vocab)).toEqual([
      ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '[HEAD]', 'a', 'b', 'e', '##a', '##b', 'ab'],
    ]);
    const { padId, unknownId, clsId, sepId, maskId } = tokenizer;
    expect([padId, unknownId, clsId, sepId, maskId]).toEqual([0, 1, 2, 3, 4]);
    expect(tokenizer.encode('a [HEAD] b').tokens).toEqual(['[CLS]', 'a', '[HEAD]', 'b', '[SEP]']);
    expect(tokenizer.specialIds).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  it('cased keeps case and accents', () => {
    const tokenizer = trainWordPiece(['Éa ea', 'Éa ea'], { vocabularySize: 100, lowercase: false });
    expect(tokenizer.encode('Éa ea', null, { addSpecialTokens: false }).tokens).toEqual(['Éa', 'ea']);
  });

  it('the alphabet can be bounded: the rarest letters are unknown', () => {
    const tokenizer = trainWordPiece(['aaa bbb c', 'ab'], { vocabularySize: 50, alphabetLimit: 2 });
    expect(tokenizer.encode('c ab', null, { addSpecialTokens: false }).tokens[0]).toBe('[UNK]');
    expect(tokenizer.tokenToId('c')).toBeNull();
  });
});

describe('both', () => {
  const trainers = { trainWordPiece, trainByteLevelBpe };
  for (const [name, train] of Object.entries(trainers)) {
    it(`${name}: the order of the texts changes nothing`, () => {
      const forth = train(fixture.corpus, { vocabularySize: 450 });
      const back = train([...fixture.corpus].reverse(), { vocabularySize: 450 });
      expect(back.toFiles()).toEqual(forth.toFiles());
    });

    it(`${name}: nothing to learn from, long words, broken text`, () => {
      const empty = train([], { vocabularySize: 300 });
      expect(empty.decode(empty.encode('').ids, { skipSpecialTokens: true })).toBe('');
      const start = performance.now();
      const tokenizer = train(['x'.repeat(50_000), 'ab '.repeat(20_000), '\ud800 \udfff', '👍🏽'], {
        vocabularySize: 300,
      });
      expect(performance.now() - start).toBeLessThan(30_000);
      expect(tokenizer.encode('ab').ids.length).toBeGreaterThan(0);
    });

    it(`${name}: bad options`, () => {
      expect(() => train(['a'], { vocabularySize: 2.5 })).toThrow(InputError);
      expect(() => train(['a'], { vocabularySize: 3 })).toThrow(/vocabularySize: 3 has no room/);
      expect(() => train(['a'], { vocabularySize: 300, minimumFrequency: -1 })).toThrow(/minimumFrequency/);
      expect(() => train([7 as unknown as string], { vocabularySize: 300 })).toThrow(
        /texts\[0\]: expected a text/,
      );
    });
  }
});
