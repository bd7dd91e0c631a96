/** @file How many tokens a record has as its task encodes it, so that one changed can be held to the room there is. */
import type { AnyRecord, Task } from '../data';
import { textFormat, writingTaskNamed } from '../tasks';
import type { Tokenizer } from '../text';

export interface RecordLengths {
  /** Tokens that are read. */
  read: number;
  /** Tokens that are written, their end included; 0 where nothing is. */
  target: number;
  total: number;
}

const ROOMS = ['read', 'target', 'total'] as const satisfies readonly (keyof RecordLengths)[];

/** Of tasks whose answer is written, prompt and target; of others the text or the tokens. */
export function recordLengths(task: Task, record: AnyRecord, tokenizer: Tokenizer): RecordLengths {
  const writing = writingTaskNamed(task);
  if (writing) {
    const format = textFormat(tokenizer);
    const read = format.prompt(writing.prompt(record)).length;
    const target = format.target(writing.target(record)).length;
    return { read, target, total: read + target };
  }
  const { text = '', tokens } = record as { text?: string; tokens?: string[] };
  const { ids } = tokens ? tokenizer.encodeWords(tokens) : tokenizer.encode(text);
  return { read: ids.length, target: 0, total: ids.length };
}

/** The most that any of `lengths` has of each. */
export function longestOf(lengths: readonly RecordLengths[]): RecordLengths {
  const most = (room: keyof RecordLengths) => lengths.reduce((max, one) => Math.max(max, one[room]), 0);
  return { read: most('read'), target: most('target'), total: most('total') };
}

/** The first row that has the most of each: it gives its batch the shape. */
export function longestRows(lengths: readonly RecordLengths[]): Set<number> {
  const longest = longestOf(lengths);
  const used = ROOMS.filter((room) => longest[room] > 0);
  return new Set(used.map((room) => lengths.findIndex((one) => one[room] === longest[room])));
}

export function fits(lengths: RecordLengths, room: RecordLengths): boolean {
  return ROOMS.every((one) => lengths[one] <= room[one]);
}
