/**
 * @file Texts of different lengths as one rectangle: what is too long is an error or is cut, as told, and what is
 * short is padded.
 */
import { InputError } from '../../errors';
import type { Encoding } from './encoding';

/** How a batch is cut and padded. */
export interface BatchOptions {
  /** Longest row allowed, special tokens included. */
  maxLength: number;
  /** A row over `maxLength`: `'error'` (the default) throws, `'right'` cuts it, the longer text of a pair first. */
  truncation?: 'error' | 'right';
  /** Length of the rows: the longest of the batch (the default), `maxLength`, or a number up to it. */
  padTo?: 'longest' | 'maxLength' | number;
  /** Side of the padding. Default `'right'`; `'left'` is for writing on from each row's end. */
  padSide?: 'right' | 'left';
  /** Whether [CLS], [SEP] and the like are added. Default true. */
  addSpecialTokens?: boolean;
}

/** A padded batch, row-major. */
export interface EncodedBatch {
  /** [B, T] */
  shape: [number, number];
  /** [B, T], padded with the id of the padding token (of the end token, or 0, where there is none). */
  ids: Int32Array;
  /** [B, T], 1 for a token, 0 for padding. */
  attentionMask: Int32Array;
  /** [B, T], 0 on padding. */
  tokenTypeIds: Int32Array;
  /** [B, T], −1 for special tokens and padding. */
  wordIds: Int32Array;
  /** [B]: tokens of each row, padding not counted. */
  lengths: Int32Array;
  /** [B]: 1 where the row was cut. */
  truncated: Uint8Array;
}

/**
 * How many pieces of a first and a second text are kept where `room` pieces fit: the longer one gives first, and
 * where both give, an odd piece stays with the longer (`longest_first` of huggingface/tokenizers).
 */
export function fit(first: number, second: number, room: number): [number, number] {
  if (first + second <= room) return [first, second];
  const short = Math.min(first, second, Math.floor(room / 2));
  return first <= second ? [short, room - short] : [room - short, short];
}

/** Checks the options that do not depend on the texts. Throws `InputError`. */
export function checkBatchOptions({ maxLength, padTo, truncation, padSide }: BatchOptions): void {
  const isLength = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  if (!isLength(maxLength))
    throw new InputError(`maxLength: expected a whole number above 0, found ${maxLength}`);
  if (!['error', 'right', undefined].includes(truncation)) {
    throw new InputError(`truncation: expected 'error' or 'right', found ${truncation}`);
  }
  if (!['left', 'right', undefined].includes(padSide)) {
    throw new InputError(`padSide: expected 'left' or 'right', found ${padSide}`);
  }
  if (['longest', 'maxLength', undefined].includes(padTo as string | undefined)) return;
  if (!isLength(padTo))
    throw new InputError(`padTo: expected 'longest', 'maxLength' or a number above 0, found ${padTo}`);
  if ((padTo as number) > maxLength)
    throw new InputError(`padTo: expected at most maxLength (${maxLength}), found ${padTo}`);
}

/** Lays rows side by side. Throws `InputError` where a row is longer than a `padTo` given as a number. */
export function padRows(
  rows: readonly { encoding: Encoding; truncated: boolean }[],
  padId: number,
  { padTo = 'longest', padSide = 'right', maxLength }: BatchOptions,
): EncodedBatch {
  const longest = rows.reduce((most, { encoding }) => Math.max(most, encoding.ids.length), 0);
  const T = padTo === 'longest' ? longest : padTo === 'maxLength' ? maxLength : padTo;
  if (longest > T) throw new InputError(`padTo: a row has ${longest} tokens, expected at most ${T}`);
  const B = rows.length;
  const batch: EncodedBatch = {
    shape: [B, T],
    ids: new Int32Array(B * T).fill(padId),
    attentionMask: new Int32Array(B * T),
    tokenTypeIds: new Int32Array(B * T),
    wordIds: new Int32Array(B * T).fill(-1),
    lengths: new Int32Array(B),
    truncated: new Uint8Array(B),
  };
  for (const [b, { encoding, truncated }] of rows.entries()) {
    const length = encoding.ids.length;
    const at = b * T + (padSide === 'left' ? T - length : 0);
    batch.ids.set(encoding.ids, at);
    batch.attentionMask.set(encoding.attentionMask, at);
    batch.tokenTypeIds.set(encoding.tokenTypeIds, at);
    for (let i = 0; i < length; i++) batch.wordIds[at + i] = encoding.wordIds[i] ?? -1;
    batch.lengths[b] = length;
    batch.truncated[b] = truncated ? 1 : 0;
  }
  return batch;
}
