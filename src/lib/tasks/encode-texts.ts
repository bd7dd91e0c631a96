/** @file The texts of records as token ids, padded to one length. */
import type { AnyRecord, RecordSet } from '../data';
import { InputError } from '../errors';
import type { EncodeOptions, TargetArray } from './task';

/** Lengths are rounded up to a multiple of this, so that record sets of about the same length share a compilation. */
export const LENGTH_STEP = 4;

/** `ids`, `mask` and `tokenTypes` [records, T]. Throws an `InputError` naming the line of a text that is too long. */
export function encodeTexts<R extends AnyRecord>(
  set: RecordSet<R>,
  textOf: (record: R) => string | readonly [string, string],
  { tokenizer, maxLength }: Pick<EncodeOptions, 'tokenizer' | 'maxLength'>,
): Record<'ids' | 'mask' | 'tokenTypes', TargetArray> {
  const texts = set.records.map(textOf);
  const free = tokenizer.encodeBatch(texts, { maxLength: Number.MAX_SAFE_INTEGER });
  const longest = free.lengths.reduce((a, b) => Math.max(a, b), 1);
  if (longest > maxLength) throw tooLong(set, free.lengths.indexOf(longest), longest, maxLength);
  const padTo = paddedLength(longest, maxLength);
  const { shape, ids, attentionMask, tokenTypeIds } = tokenizer.encodeBatch(texts, { maxLength, padTo });
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
    `${set.file}:${set.lines[row]}: the text has ${length} tokens and the network takes ${maxLength}; shorten it, or raise model.text.maxPositionEmbeddings`,
  );
}
