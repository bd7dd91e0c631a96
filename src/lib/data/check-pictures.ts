/**
 * @file The last look before training: every picture of a record file stands inside the folder, exists, and
 * decodes to its last pixel. Each path is decoded once, several at a time. What it learns on the way, the
 * content of each picture as a hash of its pixels, tells which records share a picture.
 */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { InputError } from '../errors';
import { decodePixels } from '../vision/picture';
import { quote } from './json-lines';
import { forEachParallel } from './parallel';
import { staysInside } from './picture-path';
import type { RecordSet } from './read-records';

export interface CheckOptions {
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
  /** Pictures decoded at once (default: the number of processors). */
  concurrency?: number;
  /** Refuse larger pictures (default `MAXIMUM_PIXELS` of the vision room). */
  maximumPixels?: number;
}

/** What the check learned. */
export interface CheckedPictures {
  /** How many distinct files were decoded. */
  files: number;
  /** For each record the content of its picture (equal pixels, equal key), or null where it has none. */
  contentKeys: (string | null)[];
}

/** So many problems are listed before the rest are counted. */
const LISTED = 10;

/**
 * Decode every picture of a record set.
 * @throws InputError listing the first ten faults as file, line, field, value and mend, and how many more.
 */
export async function checkRecords(set: RecordSet, options: CheckOptions = {}): Promise<CheckedPictures> {
  const folder = dirname(set.file);
  const rowOf = new Map<string, number>();
  set.pictures.forEach((path, row) => {
    if (path !== null && !rowOf.has(path)) rowOf.set(path, row);
  });
  const jobs = [...rowOf];
  const keyOf = new Map<string, string>();
  const faults: { row: number; text: string }[] = [];
  let done = 0;
  await forEachParallel(jobs, options.concurrency ?? availableParallelism(), async ([path, row]) => {
    try {
      if (!(await staysInside(folder, path))) {
        throw new InputError(
          `${path}: a link leads out of the folder of the record file; copy the picture below it`,
        );
      }
      keyOf.set(path, contentKey(await decodePixels(path, { maximumPixels: options.maximumPixels })));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      faults.push({ row, text: error.message });
    }
    options.onProgress?.(++done, jobs.length);
  });
  if (faults.length > 0) throw faultError(set, faults);
  return {
    files: jobs.length,
    contentKeys: set.pictures.map((path) => (path === null ? null : (keyOf.get(path) as string))),
  };
}

function faultError(set: RecordSet, faults: { row: number; text: string }[]): InputError {
  faults.sort((a, b) => a.row - b.row);
  const lines = faults
    .slice(0, LISTED)
    .map(
      ({ row, text }) =>
        `${set.file}:${set.lines[row]}: field "image" is ${quote(set.records[row]?.image)}: ${text}`,
    );
  if (faults.length > LISTED) lines.push(`… and ${faults.length - LISTED} more pictures`);
  return new InputError(lines.join('\n'));
}

function contentKey(pixels: { data: Uint8Array; height: number; width: number }): string {
  return createHash('sha256')
    .update(`${pixels.height}x${pixels.width}:`)
    .update(pixels.data)
    .digest('hex')
    .slice(0, 32);
}
