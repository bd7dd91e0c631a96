/** @file The texts of records as token ids, padded to one length. */
import type { AnyRecord, RecordSet } from '../data';
import { InputError } from '../errors';
import { type BatchOptions, type EncodedBatch, type Encoding, padRows } from '../text';
import type { EncodeOptions, TargetArray } from './task';

/** Lengths are rounded up to a multiple of this, so that record sets of about the same length share a compilation. */
export const LENGTH_STEP = 4;

type TextInputs = Record<'ids' | 'mask' | 'tokenTypes', TargetArray>;
type Lengths = Pick<EncodeOptions, 'tokenizer' | 'maxLength'>;

/** `ids`, `mask` and `tokenTypes` [records, T]. Throws an `InputError` naming the line of a text that is too long. */
export function encodeTexts<R extends AnyRecord>(
  set: RecordSet<R>,
  textOf: (record: R) => string | readonly [string, string],
  { tokenizer, maxLength }: Lengths,
): TextInputs {
  const texts = set.records.map(textOf);
  return encodeRows(set, (options) => tokenizer.encodeBatch(texts, options), maxLength).inputs;
}

/** Tokens as their pieces, and where each token begins. */
export interface EncodedTokens {
  inputs: TextInputs;
  /** The token of each piece, int32 [records, T]; −1 for special tokens and padding. */
  wordIds: Int32Array;
  /** Pieces T of a row. */
  time: number;
}

/** As `encodeTexts`, of texts whose tokens are given. */
export function encodeTokens<R extends AnyRecord & { tokens: string[] }>(
  set: RecordSet<R>,
  { tokenizer, maxLength }: Lengths,
): EncodedTokens {
  const rows = set.records.map(({ tokens }) => tokens);
  const { inputs, batch } = encodeRows(
    set,
    (options) => tokenizer.encodeWordsBatch(rows, options),
    maxLength,
  );
  return { inputs, wordIds: batch.wordIds, time: batch.shape[1] };
}

/** Pairs of texts as rows, and each row before it is padded: what its pieces came from. */
export interface EncodedPairs {
  inputs: TextInputs;
  encodings: readonly Encoding[];
  /** Pieces T of a row. */
  time: number;
}

/** As `encodeTexts`, of pairs of texts. */
export function encodePairs<R extends AnyRecord>(
  set: RecordSet<R>,
  pairOf: (record: R) => readonly [string, string],
  { tokenizer, maxLength }: Lengths,
): EncodedPairs {
  const encodings = set.records.map((record) => tokenizer.encode(...pairOf(record)));
  const lengths = encodings.map(({ ids }) => ids.length);
  const longest = lengths.reduce((a, b) => Math.max(a, b), 1);
  if (longest > maxLength) throw tooLong(set, lengths.indexOf(longest), longest, maxLength);
  const rows = encodings.map((encoding) => ({ encoding, truncated: false }));
  const padTo = paddedLength(longest, maxLength);
  const batch = padRows(rows, tokenizer.padId ?? tokenizer.eosId ?? 0, { maxLength, padTo });
  return { inputs: inputsOf(batch), encodings, time: padTo };
}

function encodeRows<R extends AnyRecord>(
  set: RecordSet<R>,
  encode: (options: BatchOptions) => EncodedBatch,
  maxLength: number,
): { inputs: TextInputs; batch: EncodedBatch } {
  const free = encode({ maxLength: Number.MAX_SAFE_INTEGER });
  const longest = free.lengths.reduce((a, b) => Math.max(a, b), 1);
  if (longest > maxLength) throw tooLong(set, free.lengths.indexOf(longest), longest, maxLength);
  const batch = encode({ maxLength, padTo: paddedLength(longest, maxLength) });
  return { inputs: inputsOf(batch), batch };
}

function inputsOf({ shape, ids, attentionMask, tokenTypeIds }: EncodedBatch): TextInputs {
  const rowShape = [shape[1]];
  return {
    ids: { data: ids, rowShape },
    mask: { data: attentionMask, rowShape },
    tokenTypes: { data: tokenTypeIds, rowShape },
  };
}

/** The length that texts of at most `longest` tokens are padded to. */
export function paddedLength(longest: number, maxLength: number): number {
  return Math.min(maxLength, Math.ceil(longest / LENGTH_STEP) * LENGTH_STEP);
}

export function tooLong<R extends AnyRecord>(
  set: RecordSet<R>,
  row: number,
  length: number,
  maxLength: number,
): InputError {
  return new InputError(
    `${set.file}:${set.lines[row]}: the text has ${length} tokens and the network takes ${maxLength}; shorten it, or raise model.text.maxPositionEmbeddings (nPositions of a gpt2)`,
  );
}
