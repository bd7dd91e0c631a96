/**
 * @file Records from a file: every line checked by the task's schema, identifiers unique, picture paths inside
 * the folder. What needs the pictures themselves stands in `check-pictures.ts`.
 */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { InputError } from '../errors';
import { type JsonLine, jsonLineBlocks, quote } from './json-lines';
import { picturePath } from './picture-path';
import { recordError } from './record-errors';
import {
  type AnyRecord,
  type RecordOf,
  recordSchemas,
  type Task,
  targetField,
  type UnlabelledRecordOf,
  unlabelledSchema,
} from './records';

/** The records of one file, in its order. */
export interface RecordSet<R extends AnyRecord = AnyRecord> {
  task: Task;
  /** Absolute path of the record file. */
  file: string;
  records: R[];
  /** The line of each record, counted from 1. */
  lines: number[];
  /** Absolute path of each record's picture, or null where it has none. */
  pictures: (string | null)[];
  /** SHA-256 of the file's bytes, in hexadecimal. */
  sha256: string;
}

export interface ReadOptions {
  /** Called now and then with the number of lines read so far. */
  onProgress?: (lines: number) => void;
}

/**
 * Read and check a record file. Nothing is held but the records.
 * @throws InputError naming file, line, field, value and mend, at the first record that is wrong; also where
 *   the file is missing or has no record, or where two records have one id.
 */
export function readRecords<T extends Task>(
  path: string,
  task: T,
  options: ReadOptions = {},
): Promise<RecordSet<RecordOf<T>>> {
  return read(path, task, false, options) as Promise<RecordSet<RecordOf<T>>>;
}

/** As `readRecords`, for prediction: the target field may be absent. */
export function readUnlabelledRecords<T extends Task>(
  path: string,
  task: T,
  options: ReadOptions = {},
): Promise<RecordSet<UnlabelledRecordOf<T> & AnyRecord>> {
  return read(path, task, true, options) as Promise<RecordSet<UnlabelledRecordOf<T> & AnyRecord>>;
}

async function read(path: string, task: Task, unlabelled: boolean, options: ReadOptions): Promise<RecordSet> {
  const file = resolve(path);
  const folder = dirname(file);
  const digest = createHash('sha256');
  const check = checker(file, task, unlabelled);
  const set: RecordSet = { task, file, records: [], lines: [], pictures: [], sha256: '' };
  const lineOfId = new Map<string, number>();
  const add = (line: JsonLine): void => {
    const record = check(line);
    const earlier = record.id === undefined ? undefined : lineOfId.get(record.id);
    if (earlier !== undefined) {
      throw new InputError(
        `${file}:${line.line}: field "id" is ${quote(record.id)}, which line ${earlier} has already; give every record its own id`,
      );
    }
    if (record.id !== undefined) lineOfId.set(record.id, line.line);
    set.records.push(record);
    set.lines.push(line.line);
    set.pictures.push(absolutePicture(file, line.line, folder, record.image));
  };
  for await (const block of jsonLineBlocks(file, digest)) {
    for (const line of block) add(line);
    options.onProgress?.(set.records.length);
  }
  if (set.records.length === 0) {
    throw new InputError(`${file}: has no record; write one JSON object a line with the fields of ${task}`);
  }
  set.sha256 = digest.digest('hex');
  return set;
}

function checker(file: string, task: Task, unlabelled: boolean): (line: JsonLine) => AnyRecord {
  const withoutTarget = unlabelledSchema(task);
  const target = targetField[task];
  return ({ line, value }) => {
    const lacksTarget = typeof value === 'object' && value !== null && !(target in value);
    const schema = unlabelled && lacksTarget ? withoutTarget : recordSchemas[task];
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw recordError(
      file,
      line,
      task,
      value,
      result.error.issues[0] as (typeof result.error.issues)[number],
    );
  };
}

function absolutePicture(
  file: string,
  line: number,
  folder: string,
  image: string | undefined,
): string | null {
  if (image === undefined) return null;
  const found = picturePath(folder, image);
  if ('path' in found) return found.path;
  throw new InputError(`${file}:${line}: field "image" is ${quote(image)}: it ${found.wrong}`);
}
