/**
 * @file Folds on disk: `fold-0/train.jsonl`, `validation.jsonl`, `test.jsonl` and so on over the union of several
 * record files, and `folds.json` with what was asked and how large each part is. Each fold has its pictures beside it,
 * as hard links where the file system allows them: they take no space.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOutputFolder } from '../export/output-folder';
import { clusters, type Fold, type FoldOptions, folds } from './folds';
import { type RecordSet, readRecords } from './read-records';
import type { AnyRecord, Task } from './records';
import { linkPictures, uniteRecords } from './united-records';
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
  const union = uniteRecords(sets);
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
    const places = made.map((_, number) => join(folder, `fold-${number}`));
    await linkPictures(places, union, options.onProgress);
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
