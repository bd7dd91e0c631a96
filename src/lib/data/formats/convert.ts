/**
 * @file From a public data set to the kit's records: `train.jsonl`, `validation.jsonl`, `test.jsonl` and the
 * pictures, in a folder that appears whole or not at all. The published splits are kept as they are, with two
 * additions, both by group and seed: where only one split is published it is cut 80 / 10 / 10, and where training
 * and test are published without a validation split, a tenth of the training groups becomes one.
 */
import { constants } from 'node:fs';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../errors';
import { writeOutputFolder } from '../../export/output-folder';
import { quote } from '../json-lines';
import { forEachParallel } from '../parallel';
import type { AnyRecord, Task } from '../records';
import { splitByGroup, THREE_PARTS } from '../splits';
import { writeRecords } from '../write-records';
import { FORMATS } from './all';
import type { FormatPicture, FormatRecord, FormatSplit } from './format';

export interface ConvertOptions {
  /** Default: the format's first task. */
  task?: Task;
  /** For the splits that are not published (default 1). */
  seed?: number;
  /** For a format that has a choice: its language (`de`) or pair of languages (`en-fr`). */
  language?: string;
  /** False: records without pictures, for data sets whose pictures are fetched apart (default true). */
  pictures?: boolean;
  /** Hard-link picture files where the file system allows it, in place of copying them. */
  link?: boolean;
  /**
   * Leave out of training what recurs, by group, in validation or test, and of validation what recurs in test: the
   * published splits of NLVR share some sentences.
   */
  dropShared?: boolean;
  /** The harder split of a format that has two: emoji by emoji, in place of by pair of emoji and tag. */
  unseen?: boolean;
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

export interface ConvertReport {
  format: string;
  task: Task;
  /** Records and groups of each file that was written. */
  parts: { part: string; from: string; records: number; groups: number }[];
  pictures: number;
  /** How often a group occurs in a further part, because the published splits share it. */
  sharedGroups: number;
}

const COPIES_AT_ONCE = 16;

const PARTS = ['train', 'validation', 'test'] as const;
type Part = (typeof PARTS)[number];
type Parts = Map<Part, { from: string; records: FormatRecord[] }>;

/**
 * Read `path` and write the folder `out`.
 * @throws InputError where the format or task is unknown, the data set is not laid out as published, a picture is
 *   missing, or `out` is not empty; nothing is left behind.
 */
export async function convert(
  format: string,
  path: string,
  out: string,
  options: ConvertOptions = {},
): Promise<ConvertReport> {
  const reader = FORMATS.find(({ name }) => name === format);
  if (!reader) {
    const known = FORMATS.map(({ name }) => name).join(', ');
    throw new InputError(`format is ${quote(format)}; use one of ${known}`);
  }
  const task = options.task ?? (reader.tasks[0] as Task);
  if (!reader.tasks.includes(task)) {
    throw new InputError(
      `${format} gives no records for the task ${quote(task)}; use ${reader.tasks.join(' or ')}`,
    );
  }
  const { unseen = false, seed = 1 } = options;
  if (unseen && !reader.cluster) {
    const two = FORMATS.filter(({ cluster }) => cluster).map(({ name }) => name);
    throw new InputError(`${format} has one split; unseen is for ${two.join(', ')}`);
  }
  if (options.language !== undefined && reader.language === undefined) {
    const several = FORMATS.filter(({ language }) => language).map(({ name }) => name);
    throw new InputError(`${format} has one language; language is for ${several.join(', ')}`);
  }
  const cluster = (record: AnyRecord): string => reader.cluster?.(record, unseen) ?? groupName(record);
  return writeOutputFolder(out, async (folder) => {
    const splits = await reader.read(path, task, options);
    const parts = arrange(options.pictures === false ? splits.map(withoutPictures) : splits, seed, cluster);
    if (options.dropShared) dropShared(parts, cluster);
    const pictures = await writePictures(folder, parts, options);
    const report: ConvertReport = { format, task, parts: [], pictures, sharedGroups: 0 };
    for (const [part, { from, records }] of parts) {
      await writeRecords(
        join(folder, `${part}.jsonl`),
        // What was split apart is a group: the trainer refuses groups that stand in two of its files.
        records.map(({ record }) => (reader.cluster ? { ...record, group: cluster(record) } : record)),
      );
      report.parts.push({ part, from, records: records.length, groups: clustersOf(records, groupName).size });
    }
    report.sharedGroups = countShared(parts, cluster);
    return report;
  });
}

function withoutPictures(split: FormatSplit): FormatSplit {
  const records = split.records.map(({ record: { image: _image, ...record } }) => ({
    record,
    picture: null,
  }));
  return { ...split, records };
}

type Cluster = (record: AnyRecord) => string;

function arrange(splits: readonly FormatSplit[], seed: number, cluster: Cluster): Parts {
  const parts: Parts = new Map();
  const [only] = splits;
  if (!only) throw new InputError('the data set has no split; give the folder as its authors publish it');
  const has = (part: Part): boolean => splits.some((split) => split.part === part);
  if (splits.length === 1) return cut(only, seed, THREE_PARTS, cluster);
  const carve = has('train') && has('test') && !has('validation');
  for (const part of PARTS) {
    const split = splits.find((candidate) => candidate.part === part);
    if (!split) continue;
    if (carve && part === 'train') {
      for (const [name, piece] of cut(split, seed, { train: 0.9, validation: 0.1 }, cluster))
        parts.set(name, piece);
    } else parts.set(part, { from: split.name, records: split.records });
  }
  return parts;
}

function dropShared(parts: Parts, cluster: Cluster): void {
  const seen = new Set<string>();
  for (const part of [...PARTS].reverse()) {
    const piece = parts.get(part);
    if (!piece) continue;
    const kept = piece.records.filter(({ record }) => !seen.has(cluster(record)));
    if (kept.length === 0)
      throw new InputError(`nothing is left of ${part} without the groups of the other splits`);
    parts.set(part, { ...piece, records: kept });
    for (const { record } of kept) seen.add(cluster(record));
  }
}

/** Cut one published split by cluster. */
function cut(
  split: FormatSplit,
  seed: number,
  shares: Partial<Record<Part, number>>,
  cluster: Cluster,
): Parts {
  const records = split.records.map(({ record }) => record);
  const rows = splitByGroup(records, { seed, shares: shares as Record<Part, number>, cluster });
  return new Map(
    (Object.keys(shares) as Part[]).map((part) => [
      part,
      { from: split.name, records: rows[part].map((row) => split.records[row] as FormatRecord) },
    ]),
  );
}

async function writePictures(folder: string, parts: Parts, options: ConvertOptions): Promise<number> {
  const pictures = new Map<string, FormatPicture>();
  for (const { records } of parts.values()) {
    for (const { picture } of records) if (picture) pictures.set(picture.name, picture);
  }
  for (const parent of new Set([...pictures.keys()].map(dirname)))
    await mkdir(join(folder, parent), { recursive: true });
  let done = 0;
  await forEachParallel([...pictures.values()], COPIES_AT_ONCE, async (picture) => {
    await writePicture(join(folder, picture.name), picture, options.link ?? false);
    options.onProgress?.(++done, pictures.size);
  });
  return pictures.size;
}

async function writePicture(to: string, { source }: FormatPicture, asLink: boolean): Promise<void> {
  if (typeof source !== 'string') {
    const { data, width, height } = source;
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(to);
    return;
  }
  try {
    if (
      asLink &&
      (await link(source, to).then(
        () => true,
        () => false,
      ))
    )
      return;
    await copyFile(source, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      gone
        ? `${source}: no such picture, though a record names it; fetch it, or convert without pictures (--no-pictures)`
        : `${source}: the picture cannot be copied (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/** Every format gives a group; the alternatives are for the type alone. */
function groupName(record: AnyRecord): string {
  return record.group ?? record.image ?? '';
}

function clustersOf(records: readonly FormatRecord[], cluster: Cluster): Set<string> {
  return new Set(records.map(({ record }) => cluster(record)));
}

function countShared(parts: Parts, cluster: Cluster): number {
  const names = [...parts.values()].flatMap(({ records }) => [...clustersOf(records, cluster)]);
  return names.length - new Set(names).size;
}
