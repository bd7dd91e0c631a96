/**
 * @file From a text to its pieces, one word at a time: added tokens → normalization → words → pieces. Each piece
 * knows its word and, for BERT's and byte-level tokenizers, its place in the text as typed.
 */
import { addedTokenSplitter } from './added-tokens';
import { type AlignedText, originOf, type Span } from './aligned-text';
import { normalizeBert } from './bert-normalizer';
import { byteOrigins, toByteCharacters } from './byte-level';
import type { TokenizerParts } from './library';
import { splitBert, splitByteLevel } from './pre-tokenize';
import { addedTokensOf, type TokenizerJson } from './tokenizer-json';

/** The pieces of one text; the arrays run side by side. */
export interface Pieces {
  ids: number[];
  tokens: string[];
  /** Index of the word, an added token counting as one. */
  words: number[];
  /** `null` where places are not known. */
  offsets: [number, number][] | null;
}

/** The pieces of one word. `lengths`: of each piece, in UTF-16 units of the word, or in bytes. */
interface WordPieces {
  ids: number[];
  tokens: string[];
  lengths: number[];
}

const CACHED_WORDS = 100_000;
const LONGEST_CACHED = 64;

/** Makes the function that cuts texts, once for a tokenizer. */
export function createSegmenter(json: TokenizerJson, parts: TokenizerParts): (text: string) => Pieces {
  const { normalizer, pre_tokenizer, model } = json;
  const isBert =
    (normalizer ?? null) !== null &&
    normalizer?.type === 'BertNormalizer' &&
    pre_tokenizer?.type === 'BertPreTokenizer';
  const isByteLevel =
    (normalizer ?? null) === null &&
    pre_tokenizer?.type === 'ByteLevel' &&
    pre_tokenizer.use_regex !== false &&
    !model.continuing_subword_prefix &&
    !model.end_of_word_suffix;
  const addsSpace = isByteLevel && pre_tokenizer?.add_prefix_space === true;
  const trims = isByteLevel && trimsOffsets(json.post_processor);
  const prefix = isBert ? (model.continuing_subword_prefix ?? '') : '';
  const unknown = model.unk_token ?? null;
  const fusesUnknown = model.type === 'Unigram';

  const normalize = isBert ? bertNormalizer(json) : identity(parts);
  const split: (text: string, section: number) => Span[] = isBert
    ? splitBert
    : isByteLevel
      ? splitByteLevel
      : (text, section) =>
          (parts.preTokenize?.(text, section) ?? [text]).map((word) => ({ text: word, start: 0, end: 0 }));

  const added = addedTokensOf(json);
  const asTyped = addedTokenSplitter(added.filter((token) => !token.normalized || normalizer === null));
  const asNormalized = addedTokenSplitter(
    added.filter((token) => token.normalized && normalizer !== null),
    (token) => normalize(token.content).text,
  );

  const cache = new Map<string, WordPieces>();
  function piecesOf(word: string): WordPieces {
    const cached = cache.get(word);
    if (cached) return cached;
    const found: WordPieces = { ids: [], tokens: [], lengths: [] };
    const tokens = parts.pieces(isByteLevel ? toByteCharacters(word) : word);
    const isUnknown = tokens.length === 1 && tokens[0] === unknown;
    for (const [i, token] of tokens.entries()) {
      const id = parts.tokenToId(token) ?? parts.unknownId;
      // Without an unknown token, what the vocabulary lacks is left out; Unigram makes one of several in a row.
      if (id === undefined || (fusesUnknown && id === parts.unknownId && found.ids.at(-1) === id)) continue;
      found.ids.push(id);
      found.tokens.push(token);
      found.lengths.push(isUnknown ? word.length : token.length - (i > 0 ? prefix.length : 0));
    }
    if (word.length <= LONGEST_CACHED) {
      if (cache.size >= CACHED_WORDS) cache.clear();
      cache.set(word, found);
    }
    return found;
  }

  return (text) => {
    const out: Pieces = { ids: [], tokens: [], words: [], offsets: isBert || isByteLevel ? [] : null };
    let word = 0;
    const pushToken = (id: number, content: string, start: number, end: number) => {
      out.ids.push(id);
      out.tokens.push(content);
      out.words.push(word++);
      out.offsets?.push([start, end]);
    };
    for (const [index, section] of asTyped(text).entries()) {
      if (section.token) {
        pushToken(section.token.id, section.token.content, section.start, section.end);
        continue;
      }
      const aligned = normalize(text.slice(section.start, section.end));
      for (const inner of asNormalized(aligned.text)) {
        if (inner.token) {
          const [start, end] = originOf(aligned, inner.start, inner.end);
          pushToken(inner.token.id, inner.token.content, section.start + start, section.start + end);
          continue;
        }
        let piece = aligned.text.slice(inner.start, inner.end);
        // The space that is put in front moves everything by one; places are moved back, and none below 0.
        const shift = addsSpace && !piece.startsWith(' ') ? 1 : 0;
        if (shift) piece = ` ${piece}`;
        for (const span of split(piece, index)) {
          const found = piecesOf(span.text);
          for (let i = 0; i < found.ids.length; i++) {
            out.ids.push(found.ids[i] as number);
            out.tokens.push(found.tokens[i] as string);
            out.words.push(word);
          }
          if (isBert)
            pushBertOffsets(out.offsets, aligned, inner.start + span.start, found.lengths, section.start);
          else if (isByteLevel) {
            const base = section.start + inner.start;
            pushByteOffsets(out.offsets, span, found, trims, base - shift, base);
          }
          word++;
        }
      }
    }
    return out;
  };
}

function pushBertOffsets(
  offsets: [number, number][] | null,
  aligned: AlignedText,
  wordStart: number,
  lengths: number[],
  base: number,
): void {
  let at = wordStart;
  for (const length of lengths) {
    const [start, end] = originOf(aligned, at, at + length);
    offsets?.push([base + start, base + end]);
    at += length;
  }
}

/** A piece may end inside a character: it then points at the whole of it. */
function pushByteOffsets(
  offsets: [number, number][] | null,
  span: Span,
  { tokens, lengths }: WordPieces,
  trims: boolean,
  base: number,
  least: number,
): void {
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  // As many bytes as units: ASCII, where every byte is a character.
  const origins = bytes === span.text.length ? null : byteOrigins(span.text);
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    let start = (origins?.starts[at] ?? at) + span.start;
    let end = (origins?.ends[at + length - 1] ?? at + length) + span.start;
    at += length;
    if (trims) {
      const token = tokens[i] as string;
      const leading = /^Ġ*/.exec(token)?.[0].length ?? 0;
      const trailing = /Ġ*$/.exec(token)?.[0].length ?? 0;
      start = Math.min(start + leading, end);
      end = Math.max(end - trailing, start);
    }
    offsets?.push([Math.max(base + start, least), Math.max(base + end, least)]);
  }
}

function bertNormalizer(json: TokenizerJson): (text: string) => AlignedText {
  const { clean_text, handle_chinese_chars, strip_accents, lowercase } = json.normalizer as Record<
    string,
    unknown
  >;
  const options = {
    cleanText: clean_text !== false,
    handleChinese: handle_chinese_chars !== false,
    lowercase: lowercase !== false,
    stripAccents: typeof strip_accents === 'boolean' ? strip_accents : lowercase !== false,
  };
  return (text) => normalizeBert(text, options);
}

function identity(parts: TokenizerParts): (text: string) => AlignedText {
  return (text) => ({ text: parts.normalize?.(text) ?? text, starts: null, ends: null });
}

/** Whether a byte-level post-processor leaves the space out of a word's place. */
function trimsOffsets(processor: TokenizerJson['post_processor']): boolean {
  if (!processor) return false;
  if (processor.type === 'Sequence') {
    return (
      (processor.processors as TokenizerJson['post_processor'][] | undefined)?.some(trimsOffsets) ?? false
    );
  }
  return (
    (processor.type === 'ByteLevel' || processor.type === 'RobertaProcessing') &&
    processor.trim_offsets !== false
  );
}
