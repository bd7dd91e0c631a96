/**
 * @file Folds on disk: `fold-0/train.jsonl`, `validation.jsonl`, `test.jsonl` and so on over the union of several
 * record files, and `folds.json` with what was asked and how large each part is. Each fold has its pictures beside it,
 * as hard links where the file system allows them: they take no space.
 */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { InputError } from '../errors';
import { writeOutputFolder } from '../export/output-folder';
import { clusters, type Fold, type FoldOptions, folds } from './folds';
import { quote } from './json-lines';
import { forEachParallel } from './parallel';
import { type RecordSet, readRecords } from './read-records';
import type { AnyRecord, Task } from './records';
import { writeRecords } from './write-records';

export interface WriteFoldsOptions extends FoldOptions {
  task: Task;
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

/** How many records and clusters each part of each fold has. */
export interface FoldsReport {
  records: number;
  clusters: number;
  folds: Record<keyof Fold, { records: number; clusters: number }>[];
}

const PARTS = ['train', 'validation', 'test'] as const;
const LINKS_AT_ONCE = 16;

/** One record of the union and where its picture stands. */
interface Source {
  record: AnyRecord;
  picture: string | null;
}

/**
 * Write the folds of the record files `paths` to the folder `out`.
 * @throws InputError where a file is wrong, two records have one id, `out` is not empty, or as `folds` throws.
 */
export async function writeFolds(
  paths: readonly string[],
  out: string,
  options: WriteFoldsOptions,
): Promise<FoldsReport> {
  const sets: RecordSet[] = [];
  for (const path of paths) sets.push(await readRecords(path, options.task));
  const union = unite(sets);
  const records = union.map(({ record }) => record);
  const clusterOf = clusters(records, options.by);
  const made = folds(records, options);
  const size = (rows: readonly number[]): { records: number; clusters: number } => ({
    records: rows.length,
    clusters: new Set(rows.map((row) => clusterOf[row])).size,
  });
  const report: FoldsReport = {
    records: records.length,
    clusters: new Set(clusterOf).size,
    folds: made.map((fold) => ({
      train: size(fold.train),
      validation: size(fold.validation),
      test: size(fold.test),
    })),
  };
  return writeOutputFolder(out, async (folder) => {
    await linkPictures(folder, union, made.length, options.onProgress);
    for (const [number, fold] of made.entries()) {
      for (const part of PARTS) {
        const chosen = fold[part].map((row) => records[row] as AnyRecord);
        await writeRecords(join(folder, `fold-${number}`, `${part}.jsonl`), chosen);
      }
    }
    const { by = 'group', seed, validation = 0.1 } = options;
    const about = { by, seed, validation, ...report };
    await writeFile(join(folder, 'folds.json'), `${JSON.stringify(about, null, 2)}\n`);
    return report;
  });
}

/** All records of the files. Where these stand in several folders, so do their pictures: `source-0/…`. */
function unite(sets: readonly RecordSet[]): Source[] {
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

async function linkPictures(
  folder: string,
  union: readonly Source[],
  count: number,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const pictures = new Map<string, string>();
  for (const { record, picture } of union)
    if (picture !== null) pictures.set(record.image as string, picture);
  const jobs = Array.from({ length: count }, (_, fold) =>
    [...pictures].map(([image, from]) => ({ to: join(folder, `fold-${fold}`, image), from })),
  ).flat();
  for (let fold = 0; fold < count; fold++) await mkdir(join(folder, `fold-${fold}`), { recursive: true });
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
      {
        cause: error,
      },
    );
  }
}
