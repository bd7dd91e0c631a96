/** @file Records of several files as one list, and their pictures below one folder: for files that are made of other files. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { InputError } from '../errors';
import { quote } from './json-lines';
import { forEachParallel } from './parallel';
import type { RecordSet } from './read-records';
import type { AnyRecord } from './records';

const LINKS_AT_ONCE = 16;

/** A record, and the absolute path of its picture. Its `image` is relative to the folder that it is united in. */
export interface UnitedRecord {
  record: AnyRecord;
  picture: string | null;
}

/**
 * All records of the files, in their order. Where the files stand in several folders, so do their pictures: `source-0/…`.
 * @throws InputError where two records have one id.
 */
export function uniteRecords(
  sets: readonly Pick<RecordSet, 'file' | 'records' | 'lines' | 'pictures'>[],
): UnitedRecord[] {
  const folders = [...new Set(sets.map(({ file }) => dirname(file)))];
  const placeOf = new Map<string, string>();
  return sets.flatMap(({ file, records, lines, pictures }) => {
    const folder = dirname(file);
    const prefix = folders.length > 1 ? `source-${folders.indexOf(folder)}/` : '';
    return records.map((record, row) => {
      const place = `${file}:${lines[row]}`;
      const earlier = record.id === undefined ? undefined : placeOf.get(record.id);
      if (earlier !== undefined) {
        throw new InputError(
          `${place}: field "id" is ${quote(record.id)}, which ${earlier} has already; give every record its own id`,
        );
      }
      if (record.id !== undefined) placeOf.set(record.id, place);
      const picture = pictures[row] ?? null;
      if (picture === null) return { record, picture };
      const image = prefix + relative(folder, picture).split(sep).join('/');
      return { record: { ...record, image }, picture };
    });
  });
}

/** The pictures of `united` below each of `folders`, as hard links where the file system allows them: they take no space. */
export async function linkPictures(
  folders: readonly string[],
  united: readonly UnitedRecord[],
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const pictures = new Map<string, string>();
  for (const { record, picture } of united)
    if (picture !== null) pictures.set(record.image as string, picture);
  const jobs = folders.flatMap((folder) =>
    [...pictures].map(([image, from]) => ({ to: join(folder, image), from })),
  );
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const parent of new Set(jobs.map(({ to }) => dirname(to)))) await mkdir(parent, { recursive: true });
  let done = 0;
  await forEachParallel(jobs, LINKS_AT_ONCE, async ({ from, to }) => {
    await link(from, to).catch(() => copyPicture(from, to));
    onProgress?.(++done, jobs.length);
  });
}

async function copyPicture(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    throw new InputError(
      `${from}: the picture cannot be read (${(error as Error).message}); put it where its record says`,
      { cause: error },
    );
  }
}
