/** @file Prompts and targets of records as padded rows, with what is asked at each place. */
import type { AnyRecord, RecordSet } from '../../data';
import { IGNORED } from '../../nn';
import type { TextDecoder } from '../../text';
import { paddedLength, tooLong } from '../encode-texts';
import type { EncodedRecords, EncodeOptions, TargetArray } from '../task';
import { textFormat } from './text-format';

export interface PromptAndTarget {
  prompt: string;
  /** `null` where there is none: for prediction. */
  target: string | null;
}

/**
 * `ids`, `mask` and `promptMask` [records, T], and targets `labels` [records, T]: the next token where it is the
 * target's, −100 elsewhere. With a decoder the prompts stand apart, and its ids are `targetIds` [records, U]. Throws an `InputError` naming the line of a record that is too long.
 */
export function encodeWriting<R extends AnyRecord>(
  set: RecordSet<R>,
  textsOf: (record: R) => PromptAndTarget,
  { tokenizer, maxLength, unlabelled }: EncodeOptions,
  decoder: TextDecoder | null = null,
): EncodedRecords {
  if (decoder) return encodeApart(set, textsOf, { tokenizer, maxLength, unlabelled }, decoder);
  const format = textFormat(tokenizer);
  const rows = set.records.map((record) => {
    const { prompt, target } = textsOf(record);
    const before = format.prompt(prompt);
    // The end is asked for, and never read.
    const asked = unlabelled || target === null ? [] : format.target(target);
    return { before, asked, length: before.length + Math.max(0, asked.length - 1) };
  });
  const longest = rows.reduce((most, { length }) => Math.max(most, length), 1);
  if (longest > maxLength) {
    throw tooLong(
      set,
      rows.findIndex(({ length }) => length === longest),
      longest,
      maxLength,
    );
  }
  const time = paddedLength(longest, maxLength);
  const empty = (fill = 0): TargetArray & { data: Int32Array } => ({
    data: new Int32Array(rows.length * time).fill(fill),
    rowShape: [time],
  });
  const [ids, mask, promptMask] = [empty(tokenizer.padId ?? format.endId), empty(), empty()];
  const labels = empty(IGNORED);
  for (const [row, { before, asked, length }] of rows.entries()) {
    const at = row * time;
    ids.data.set(before, at);
    ids.data.set(asked.slice(0, -1), at + before.length);
    labels.data.set(asked, at + before.length - 1);
    mask.data.fill(1, at, at + length);
    promptMask.data.fill(1, at, at + before.length);
  }
  return { inputs: { ids, mask, promptMask }, targets: unlabelled ? {} : { labels } };
}

function encodeApart<R extends AnyRecord>(
  set: RecordSet<R>,
  textsOf: (record: R) => PromptAndTarget,
  { tokenizer, maxLength, unlabelled }: EncodeOptions,
  decoder: TextDecoder,
): EncodedRecords {
  const format = textFormat(tokenizer);
  const pad = tokenizer.padId ?? format.endId;
  const texts = set.records.map(textsOf);
  const prompts = texts.map(({ prompt }) => format.prompt(prompt));
  const inputs = { ...padded(set, prompts, maxLength, pad) };
  if (unlabelled) return { inputs, targets: {} };
  const targets = texts.map(({ target }) => format.target(target ?? ''));
  const read = targets.map((ids) => [decoder.startId, ...ids.slice(0, -1)]);
  const { ids: targetIds } = padded(set, read, decoder.maxLength, pad);
  const time = targetIds.rowShape[0] as number;
  const labels = new Int32Array(targets.length * time).fill(IGNORED);
  for (const [row, ids] of targets.entries()) labels.set(ids, row * time);
  return { inputs: { ...inputs, targetIds }, targets: { labels: { data: labels, rowShape: [time] } } };
}

/** `ids` and `mask` [records, T]. */
function padded<R extends AnyRecord>(
  set: RecordSet<R>,
  rows: readonly (readonly number[])[],
  maxLength: number,
  pad: number,
): Record<'ids' | 'mask', TargetArray> {
  const longest = rows.reduce((most, { length }) => Math.max(most, length), 1);
  if (longest > maxLength) {
    throw tooLong(
      set,
      rows.findIndex(({ length }) => length === longest),
      longest,
      maxLength,
    );
  }
  const time = paddedLength(longest, maxLength);
  const [ids, mask] = [new Int32Array(rows.length * time).fill(pad), new Int32Array(rows.length * time)];
  for (const [row, one] of rows.entries()) {
    ids.set(one, row * time);
    mask.fill(1, row * time, row * time + one.length);
  }
  return { ids: { data: ids, rowShape: [time] }, mask: { data: mask, rowShape: [time] } };
}
