/** @file Encodings by hand, batches, words, and files that are read, written and broken. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors';
import { Tokenizer, trainByteLevelBpe, trainWordPiece } from '../../../src/lib/text/tokenizer';
import { fit } from '../../../src/lib/text/tokenizer/batch';
import fixture from '../../parity/fixtures/tokenizers.json';

const bert = trainWordPiece(['the red square is red', 'the red squares', 'circle'], { vocabularySize: 60 });
const gpt2 = trainByteLevelBpe(fixture.corpus, { vocabularySize: 400 });

describe('one text', () => {
  it('words, places and types of a pair', () => {
    const { tokens, wordIds, sequenceIds, tokenTypeIds, offsets, attentionMask } = bert.encode(
      'Réd  squares!',
      'red?',
    );
    expect(tokens).toEqual(['[CLS]', 'red', 'square', '##s', '[UNK]', '[SEP]', 'red', '[UNK]', '[SEP]']);
    expect(wordIds).toEqual([null, 0, 1, 1, 2, null, 0, 1, null]);
    expect(sequenceIds).toEqual([null, 0, 0, 0, 0, null, 1, 1, null]);
    expect(tokenTypeIds).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
    expect(attentionMask).toEqual(Array(9).fill(1));
    expect(
      offsets?.map(([start, end], i) => (sequenceIds[i] === 0 ? 'Réd  squares!' : 'red?').slice(start, end)),
    ).toEqual(['', 'Réd', 'square', 's', '!', '', 'red', '?', '']);
  });

  it('a word of more than 100 letters is unknown, and one of 100 is not', () => {
    const tokens = (n: number) => bert.encode('s'.repeat(n), null, { addSpecialTokens: false }).tokens;
    expect(tokens(101)).toEqual(['[UNK]']);
    expect(tokens(100)[0]).toBe('s');
    const long = bert.encode('red '.repeat(100_000));
    expect(long.ids.length).toBe(100_002);
  });

  it('byte-level: nothing is unknown, decoding returns the text, places cover it', () => {
    for (const text of fixture.texts) {
      const { ids, offsets } = gpt2.encode(text);
      // A special token that stands in a text is that token; everything else comes back as it was.
      expect(gpt2.decode(ids)).toBe(text);
      let at = 0;
      for (const [start, end] of offsets ?? []) {
        expect(start).toBeLessThanOrEqual(at);
        at = Math.max(at, end);
      }
      expect(at).toBe(text.length);
    }
  });

  it('halves of surrogate pairs are U+FFFD', () => {
    expect(gpt2.encode('a\ud800b').ids).toEqual(gpt2.encode('a\ufffdb').ids);
    expect(bert.encode('red \udc00').ids).toEqual(bert.encode('red ').ids);
  });

  it('decoding passes over ids that are none', () => {
    const { ids } = bert.encode('the red square');
    expect(bert.decode([...ids, 999_999, -1, 0.5], { skipSpecialTokens: true })).toBe('the red square');
    expect(bert.decode([])).toBe('');
    expect(bert.decode(new Int32Array(ids))).toBe('[CLS] the red square [SEP]');
  });

  it('asks for text', () => {
    expect(() => bert.encode(null as unknown as string)).toThrow(/expected a text to encode, found null/);
    expect(() => bert.encodeWords('red' as unknown as string[])).toThrow(InputError);
  });
});

describe('words that are already split', () => {
  it('each piece knows its word; places are within the word', () => {
    const { tokens, wordIds, offsets } = bert.encodeWords(['red', 'squares', 'the-red', '']);
    expect(tokens).toEqual(['[CLS]', 'red', 'square', '##s', 'the', '[UNK]', 'red', '[SEP]']);
    expect(wordIds).toEqual([null, 0, 1, 1, 2, 2, 2, null]);
    expect(offsets?.slice(1, -1)).toEqual([
      [0, 3],
      [0, 6],
      [6, 7],
      [0, 3],
      [3, 4],
      [4, 7],
    ]);
  });

  it('byte-level: as the words stand in running text', () => {
    const words = ['The', 'red', 'square', 'is', 'left'];
    const { ids, wordIds, offsets } = gpt2.encodeWords(words);
    expect(ids).toEqual(gpt2.encode(words.join(' ')).ids);
    expect(new Set(wordIds)).toEqual(new Set([0, 1, 2, 3, 4]));
    const parts = words.map((word, index) =>
      (offsets ?? [])
        .filter((_, i) => wordIds[i] === index)
        .map(([start, end]) => word.slice(start, end))
        .join(''),
    );
    expect(parts).toEqual(words);
  });
});

describe('added tokens', () => {
  const json = JSON.parse(bert.toFiles().get('tokenizer.json') as string);
  const withTokens = (tokens: object[]) =>
    Tokenizer.fromJson({
      ...json,
      added_tokens: [
        ...json.added_tokens,
        ...tokens.map((token, i) => ({ ...token, id: bert.vocabularySize + i })),
      ],
    });
  const tokens = (tokenizer: Tokenizer, text: string) =>
    tokenizer.encode(text, null, { addSpecialTokens: false }).tokens;

  it('are found whole, the longest first, and never inside words where they stand alone', () => {
    const tokenizer = withTokens([
      { content: 'Red Squ' },
      { content: 'squ', single_word: true },
      { content: 'red' },
    ]);
    expect(tokenizer.vocabularySize).toBe(bert.vocabularySize + 3);
    expect(tokens(tokenizer, 'a RED square')).toEqual(['a', 'Red Squ', 'a', '##r', '##e']);
    expect(tokens(tokenizer, 'the squ, square')).toEqual(['the', 'squ', '[UNK]', 'square']);
  });

  it('take white space along where they are told to', () => {
    const tokenizer = withTokens([{ content: '<x>', lstrip: true, rstrip: true, normalized: false }]);
    const { tokens, offsets, wordIds } = tokenizer.encode('the  <x> red', null, { addSpecialTokens: false });
    expect(tokens).toEqual(['the', '<x>', 'red']);
    expect(offsets).toEqual([
      [0, 3],
      [3, 9],
      [9, 12],
    ]);
    expect(wordIds).toEqual([0, 1, 2]);
  });
});

describe('batches', () => {
  const texts = ['the red square', 'red', ''];
  it('pads to the longest, on either side', () => {
    const batch = bert.encodeBatch(texts, { maxLength: 10 });
    expect(batch.shape).toEqual([3, 5]);
    const row = (values: Int32Array, b: number) => [...values.subarray(b * 5, b * 5 + 5)];
    const red = bert.tokenToId('red') as number;
    expect(row(batch.ids, 1)).toEqual([2, red, 3, 0, 0]);
    expect(row(batch.attentionMask, 1)).toEqual([1, 1, 1, 0, 0]);
    expect(row(batch.wordIds, 0)).toEqual([-1, 0, 1, 2, -1]);
    expect([...batch.lengths]).toEqual([5, 3, 2]);
    const left = bert.encodeBatch(texts, { maxLength: 10, padSide: 'left' });
    expect(row(left.ids, 1)).toEqual([0, 0, 2, red, 3]);
    expect(row(left.attentionMask, 1)).toEqual([0, 0, 1, 1, 1]);
    expect(row(left.wordIds, 1)).toEqual([-1, -1, -1, 0, -1]);
  });

  it('pads to a length', () => {
    expect(bert.encodeBatch(texts, { maxLength: 10, padTo: 'maxLength' }).shape).toEqual([3, 10]);
    expect(bert.encodeBatch(texts, { maxLength: 10, padTo: 8 }).shape).toEqual([3, 8]);
    expect(() => bert.encodeBatch(texts, { maxLength: 10, padTo: 4 })).toThrow(
      /a row has 5 tokens, expected at most 4/,
    );
    expect(() => bert.encodeBatch(texts, { maxLength: 10, padTo: 12 })).toThrow(
      /expected at most maxLength \(10\)/,
    );
    expect(bert.encodeBatch([], { maxLength: 10 }).shape).toEqual([0, 0]);
  });

  it('a row that is too long is an error, unless told to cut', () => {
    expect(() => bert.encodeBatch(texts, { maxLength: 4 })).toThrow(
      /row 0: 5 tokens, expected at most 4 \(maxLength\): shorten it, raise maxLength, or cut it by truncation: 'right': "the red square"/,
    );
    const cut = bert.encodeBatch(texts, { maxLength: 4, truncation: 'right' });
    expect(cut.shape).toEqual([3, 4]);
    expect([...cut.ids.subarray(0, 4)]).toEqual([2, bert.tokenToId('the'), bert.tokenToId('red'), 3]);
    expect([...cut.truncated]).toEqual([1, 0, 0]);
    expect(() => bert.encodeBatch(texts, { maxLength: 1, truncation: 'right' })).toThrow(/row 0: 5 tokens/);
    expect(() => bert.encodeBatch(texts, { maxLength: 0 })).toThrow(
      /maxLength: expected a whole number above 0/,
    );
    expect(() => bert.encodeBatch(texts, { maxLength: 9, truncation: 'left' as never })).toThrow(
      /truncation: expected/,
    );
  });

  it('words in a batch', () => {
    const batch = bert.encodeWordsBatch([['red', 'squares'], ['the']], { maxLength: 6 });
    expect(batch.shape).toEqual([2, 5]);
    expect([...batch.wordIds]).toEqual([-1, 0, 1, 1, -1, -1, 0, -1, -1, -1]);
  });

  it('how two texts share the room: every case leaves it full, the longer gives first', () => {
    for (let a = 0; a < 12; a++) {
      for (let b = 0; b < 12; b++) {
        for (let room = 0; room < 24; room++) {
          const [x, y] = fit(a, b, room);
          expect(x + y).toBe(Math.min(a + b, room));
          expect(x <= a && y <= b).toBe(true);
          // The shorter is cut only when both end as long as each other, but for an odd piece.
          if ((a <= b && x < a) || (b < a && y < b)) expect(Math.abs(x - y)).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

describe('files', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  });
  afterAll(() => rm(root, { recursive: true }));
  const folder = async (name: string, files: Record<string, string | Buffer>) => {
    const path = join(root, name);
    await mkdir(path, { recursive: true });
    for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
    return path;
  };
  const same = (a: Tokenizer, b: Tokenizer) => {
    expect(a.vocabularySize).toBe(b.vocabularySize);
    for (const text of fixture.texts)
      expect(a.encode(text, 'x'), JSON.stringify(text)).toEqual(b.encode(text, 'x'));
  };

  it('a round trip through a Hugging Face folder', async () => {
    for (const [name, tokenizer] of Object.entries({ bert, gpt2 })) {
      const path = join(root, 'saved', name);
      await tokenizer.save(path, { modelMaxLength: 64 });
      expect((await readdir(path)).sort()).toEqual([
        'special_tokens_map.json',
        'tokenizer.json',
        'tokenizer_config.json',
      ]);
      const again = await Tokenizer.fromFolder(path);
      same(again, tokenizer);
      expect(again.toFiles()).toEqual(tokenizer.toFiles({ modelMaxLength: 64 }));
      expect([again.padId, again.clsId, again.eosId]).toEqual([
        tokenizer.padId,
        tokenizer.clsId,
        tokenizer.eosId,
      ]);
    }
  });

  const vocabularyOf = (tokenizer: Tokenizer) =>
    Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.idToToken(id) as string);

  it('vocab.txt alone is BERT, uncased unless its configuration says otherwise', async () => {
    const lines = `${vocabularyOf(bert).join('\n')}\n`;
    same(await Tokenizer.fromFolder(await folder('txt', { 'vocab.txt': lines })), bert);
    const cased = await folder('cased', {
      'vocab.txt': lines,
      'tokenizer_config.json': '{"do_lower_case": false}',
    });
    expect((await Tokenizer.fromFolder(cased)).encode('RED').tokens[1]).toBe('[UNK]');
  });

  it('vocab.json and merges.txt are GPT-2', async () => {
    const { model } = JSON.parse(gpt2.toFiles().get('tokenizer.json') as string);
    const merges = `#version: 0.2\n${model.merges.map((pair: string[]) => pair.join(' ')).join('\n')}\n`;
    const path = await folder('merges', { 'vocab.json': JSON.stringify(model.vocab), 'merges.txt': merges });
    const again = await Tokenizer.fromFolder(path);
    same(again, gpt2);
    expect([again.eosId, again.padId]).toEqual([0, 1]);
  });

  it('broken files are named, with line or field', async () => {
    const refuse = async (files: Record<string, string | Buffer>, message: RegExp) => {
      const path = await folder(`broken-${Math.abs(hash(JSON.stringify(files)))}`, files);
      await expect(Tokenizer.fromFolder(path)).rejects.toThrow(message);
      await expect(Tokenizer.fromFolder(path)).rejects.toThrow(InputError);
    };
    await expect(Tokenizer.fromFolder(join(root, 'nowhere'))).rejects.toThrow(
      /expected a folder with a tokenizer/,
    );
    await refuse({}, /expected tokenizer\.json, or vocab\.txt, or vocab\.json and merges\.txt/);
    await refuse({ 'tokenizer.json': '{"model":' }, /tokenizer\.json: not JSON/);
    await refuse({ 'tokenizer.json': '{}' }, /model: /);
    await refuse({ 'tokenizer.json': '[]' }, /expected a JSON object/);
    await refuse({ 'tokenizer.json': Buffer.from([0x7b, 0xff]) }, /tokenizer\.json: not UTF-8/);
    await refuse(
      { 'tokenizer.json': '{"model":{"type":"WordPiece","vocab":{"a":-1}}}' },
      /"a": expected a whole number/,
    );
    await refuse(
      { 'tokenizer.json': '{"model":{"type":"WordPiece","vocab":{"a":1,"b":1}}}' },
      /share the id 1/,
    );
    await refuse(
      {
        'tokenizer.json':
          '{"model":{"type":"BPE","vocab":{},"merges":[]},"pre_tokenizer":{"type":"Nonsense"}}',
      },
      /not a tokenizer that can be used here: Unknown PreTokenizer type: Nonsense/,
    );
    await refuse({ 'vocab.txt': 'a\nb\na\n' }, /vocab\.txt: line 3: "a" stands on line 1 already/);
    await refuse({ 'vocab.txt': 'a\nb\n' }, /expected a line \[UNK\]/);
    await refuse({ 'vocab.json': '{"a":0}' }, /merges\.txt: missing/);
    await refuse(
      { 'vocab.json': '{"a":0,"b":1}', 'merges.txt': '#version\na b\n' },
      /merges\.txt: line 2: "ab" is not in/,
    );
    await refuse(
      { 'vocab.json': '{"a":0}', 'merges.txt': 'a\n' },
      /merges\.txt: line 1: expected two tokens/,
    );
    await refuse({ 'vocab.json': '{"a</w>":0}', 'merges.txt': '' }, /CLIP/);
  });

  it('a token may be called __proto__ or constructor', () => {
    const vocab = JSON.parse('{"[UNK]":0,"[CLS]":1,"[SEP]":2,"__proto__":3,"constructor":4,"proto":5,"_":6}');
    const json = JSON.parse(bert.toFiles().get('tokenizer.json') as string);
    const tokenizer = Tokenizer.fromJson({
      ...json,
      added_tokens: [],
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: null,
      model: { ...json.model, vocab },
    });
    expect(tokenizer.encode('__proto__ constructor proto toString').ids).toEqual([3, 4, 5, 0]);
    expect(tokenizer.encode('proto').offsets).toBeNull();
    expect(JSON.parse(tokenizer.toFiles().get('tokenizer.json') as string).model.vocab).toEqual(vocab);
  });
});

function hash(text: string): number {
  return [...text].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, 7);
}
