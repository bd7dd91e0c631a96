/** @file What a reader of a public data set gives: records by published split, and where their pictures come from. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { InputError } from '../../errors';
import type { Pixels } from '../../vision/picture';
import { quote } from '../json-lines';
import type { AnyRecord, Task } from '../records';

/** A picture to be put beside the records. */
export interface FormatPicture {
  /** Where it will stand, relative to the record file, with / between folders. */
  name: string;
  /** The published file, or pixels where the data set has no picture files. */
  source: string | Pixels;
}

export interface FormatRecord {
  record: AnyRecord;
  picture: FormatPicture | null;
}

/** One published split. */
export interface FormatSplit {
  /** As the authors call it: `dev`, `train`. */
  name: string;
  /** Which of the kit's parts it is. */
  part: 'train' | 'validation' | 'test';
  records: FormatRecord[];
}

/** What may be asked of a data set beside the task. */
export interface FormatOptions {
  /** The language, or the pair as in `en-de` (default: the format's `language`). */
  language?: string;
}

export interface Format {
  name: string;
  /** One line for `--help`: what it is and how the folder looks. */
  description: string;
  /** Tasks that it gives records for; the first is the default. */
  tasks: readonly Task[];
  /** The language or pair that is read where none is asked for; absent where there is no choice. */
  language?: string;
  /**
   * Read the data set below `path`, as its authors publish it.
   * @throws InputError naming file, line or row, value and mend where it is not laid out so.
   */
  read(path: string, task: Task, options?: FormatOptions): Promise<FormatSplit[]>;
  /**
   * What stays in one part where the kit makes the split, if that is not the group. `unseen`: the harder split, which
   * only a format with this function has.
   */
  cluster?(record: AnyRecord, unseen: boolean): string;
}

/** The first of `path/<inner>` that holds one of `marks`: data sets are given by repository or by data folder. */
export function findRoot(
  path: string,
  format: string,
  inner: readonly string[],
  marks: readonly string[],
): string {
  const root = resolve(path);
  if (!existsSync(root))
    throw new InputError(`${root}: no such folder; give the folder of the ${format} data set`);
  for (const folder of inner) {
    if (marks.some((mark) => existsSync(join(root, folder, mark)))) return join(root, folder);
  }
  throw new InputError(
    `${root}: is not the ${format} data set: none of ${marks.join(', ')} is there; give the folder as its authors publish it`,
  );
}

/** `value` as the schema wants it; an InputError with the place (`file:line` or `file: row n`) where it is not. */
export function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  place: string,
  format: string,
): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join('.');
  throw new InputError(
    `${place}: ${field ? `field ${quote(field)} of ` : ''}${quote(value)} is not as ${format} publishes it (${issue?.message}); fetch the file anew`,
  );
}
