/**
 * @file Training of vocabularies: WordPiece in BERT's form, byte-level BPE in GPT-2's. Both are byte-pair merges
 * over word counts; WordPiece is trained so in huggingface/tokenizers too (its own score, Schuster & Nakajima
 * 2012, was never published in code). Deterministic: the order of the texts does not matter.
 */
import { InputError } from '../../errors';
import { type BertNormalization, normalizeBert } from './bert-normalizer';
import { BYTE_ALPHABET, toByteCharacters } from './byte-level';
import { trainMerges } from './merge-trainer';
import { splitBert, splitByteLevel } from './pre-tokenize';
import { Tokenizer } from './tokenizer';
import { byteLevelJson, wordPieceJson } from './tokenizer-json';

/** What both trainers take. */
export interface TrainOptions {
  /** Ids in the finished vocabulary, special tokens included; fewer where the texts do not give as many. */
  vocabularySize: number;
  /** A pair seen less often is not merged. Default 2. */
  minimumFrequency?: number;
  /** Further special tokens, with ids behind the usual ones. */
  specialTokens?: readonly string[];
}

/** What `trainWordPiece` takes besides. */
export interface WordPieceOptions extends TrainOptions {
  /** Lower case and no accents (BERT uncased). Default true. */
  lowercase?: boolean;
  /** Most characters that the alphabet may have, the rarest left out (they become [UNK]). Default 1000. */
  alphabetLimit?: number;
}

const BERT_SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const GPT2_SPECIAL = ['<|endoftext|>', '<|pad|>'];
const LONGEST_WORD = 100;

/**
 * A BERT tokenizer trained on `texts`. Ids: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4, the alphabet, the
 * alphabet inside words (`##a`), then the merges. Words of more than 100 characters are not learned from: BERT
 * encodes them as [UNK]. Throws `InputError` where the alphabet does not fit into `vocabularySize`.
 */
export function trainWordPiece(texts: Iterable<string>, options: WordPieceOptions): Tokenizer {
  const {
    vocabularySize,
    minimumFrequency = 2,
    lowercase = true,
    alphabetLimit = 1000,
    specialTokens = [],
  } = options;
  checkOptions(options);
  const how: BertNormalization = { cleanText: true, handleChinese: true, stripAccents: lowercase, lowercase };
  const counts = countWords(texts, (text) =>
    splitBert(normalizeBert(wellFormed(text), how).text).map((word) => word.text),
  );
  const words = [...counts]
    .map(([word, count]) => ({ characters: [...word], count }))
    .filter(({ characters }) => characters.length <= LONGEST_WORD);

  const alphabet = alphabetOf(words, alphabetLimit);
  const inside = new Set<string>();
  for (const { characters } of words) {
    for (const character of characters.slice(1)) if (alphabet.has(character)) inside.add(character);
  }
  const special = [...new Set([...BERT_SPECIAL, ...specialTokens])];
  const vocabulary = [...special];
  const ids = new Map<string, number>();
  for (const character of sorted(alphabet)) ids.set(character, vocabulary.push(character) - 1);
  for (const character of sorted(inside)) ids.set(`##${character}`, vocabulary.push(`##${character}`) - 1);
  checkRoom(vocabularySize, vocabulary.length, special.length);

  trainMerges({
    words: words.map(({ characters, count }) => ({
      // A letter outside the alphabet is left out, but the one behind it is still not the first.
      symbols: characters.flatMap((character, i) => ids.get(i === 0 ? character : `##${character}`) ?? []),
      count,
    })),
    vocabulary,
    size: vocabularySize,
    minimumFrequency,
    prefix: '##',
  });
  return Tokenizer.fromJson(wordPieceJson(vocabulary, { lowercase, special }), {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: lowercase,
    tokenize_chinese_chars: true,
    strip_accents: null,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
    ...(specialTokens.length > 0 ? { additional_special_tokens: [...specialTokens] } : {}),
    clean_up_tokenization_spaces: true,
  });
}

/**
 * A GPT-2 tokenizer trained on `texts`. Ids: <|endoftext|> 0, <|pad|> 1, the 256 byte characters, then the merges.
 * No text is unknown to it. Throws `InputError` where `vocabularySize` has no room for the bytes.
 */
export function trainByteLevelBpe(texts: Iterable<string>, options: TrainOptions): Tokenizer {
  const { vocabularySize, minimumFrequency = 2, specialTokens = [] } = options;
  checkOptions(options);
  const special = [...new Set([...GPT2_SPECIAL, ...specialTokens])];
  const vocabulary = [...special, ...BYTE_ALPHABET];
  checkRoom(vocabularySize, vocabulary.length, special.length);
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const counts = countWords(texts, (text) => splitByteLevel(wellFormed(text)).map((word) => word.text));
  const merges = trainMerges({
    words: [...counts].map(([word, count]) => ({
      symbols: [...toByteCharacters(word)].map((character) => ids.get(character) as number),
      count,
    })),
    vocabulary,
    size: vocabularySize,
    minimumFrequency,
    prefix: '',
  });
  const named = merges.map(([left, right]): [string, string] => [
    vocabulary[left] as string,
    vocabulary[right] as string,
  ]);
  return Tokenizer.fromJson(byteLevelJson(vocabulary, named, special), {
    tokenizer_class: 'GPT2Tokenizer',
    add_prefix_space: false,
    bos_token: '<|endoftext|>',
    eos_token: '<|endoftext|>',
    unk_token: '<|endoftext|>',
    pad_token: '<|pad|>',
    ...(specialTokens.length > 0 ? { additional_special_tokens: [...specialTokens] } : {}),
    clean_up_tokenization_spaces: false,
  });
}

/**
 * A tokenizer whose ids are the bytes of UTF-8 that occur in `texts`, in ascending order: for English, its
 * characters. No special tokens. What does not occur cannot be encoded: see `Tokenizer.onlyKnownCharacters`.
 */
export function trainCharacters(texts: Iterable<string>): Tokenizer {
  const seen = new Set<string>();
  for (const text of texts) for (const character of toByteCharacters(wellFormed(text))) seen.add(character);
  const vocabulary = BYTE_ALPHABET.filter((character) => seen.has(character));
  if (vocabulary.length === 0) throw new InputError('texts: expected at least one character to train on');
  return Tokenizer.fromJson(byteLevelJson(vocabulary, [], []), {
    tokenizer_class: 'PreTrainedTokenizerFast',
    add_prefix_space: false,
    clean_up_tokenization_spaces: false,
  });
}

function countWords(texts: Iterable<string>, split: (text: string) => string[]): Map<string, number> {
  const counts = new Map<string, number>();
  let index = 0;
  for (const text of texts) {
    if (typeof text !== 'string')
      throw new InputError(`texts[${index}]: expected a text to train on, found ${typeof text}`);
    for (const word of split(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    index++;
  }
  return counts;
}

function alphabetOf(words: { characters: string[]; count: number }[], limit: number): Set<string> {
  const counts = new Map<string, number>();
  for (const { characters, count } of words) {
    for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + count);
  }
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || byCodePoint(a, b));
  return new Set(frequent.slice(0, limit).map(([character]) => character));
}

function sorted(characters: Iterable<string>): string[] {
  return [...characters].sort(byCodePoint);
}

function byCodePoint(a: string, b: string): number {
  return (a.codePointAt(0) as number) - (b.codePointAt(0) as number);
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function checkOptions({ vocabularySize, minimumFrequency = 2, specialTokens = [] }: TrainOptions): void {
  if (!(Number.isSafeInteger(vocabularySize) && vocabularySize > 0)) {
    throw new InputError(`vocabularySize: expected a whole number above 0, found ${vocabularySize}`);
  }
  if (!(Number.isSafeInteger(minimumFrequency) && minimumFrequency >= 0)) {
    throw new InputError(`minimumFrequency: expected a whole number ≥ 0, found ${minimumFrequency}`);
  }
  if (specialTokens.includes('')) throw new InputError('specialTokens: expected no empty token');
}

function checkRoom(size: number, taken: number, special: number): void {
  if (size < taken) {
    throw new InputError(
      `vocabularySize: ${size} has no room for ${special} special tokens and an alphabet of ${taken - special}; expected at least ${taken}`,
    );
  }
}
