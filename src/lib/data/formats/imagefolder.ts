/**
 * @file The `imagefolder` layout of Hugging Face's datasets: pictures in a folder a class (`train/cat/1.png`), or
 * anywhere with a `metadata.jsonl` or `metadata.csv` in the folder of their split whose `file_name` names the picture and
 * whose other columns are the record's fields. So every task can be laid out: `text` for captioning, `text` and `label` for
 * classification, `question` and `answer` for qa. Splits are folders called train, validation (valid, val, dev) and test
 * (testing, eval), perhaps below `data/`; without them all is one split, which is cut.
 *
 * `group` is the column of that name, else the picture. With metadata the folder is no label, as in datasets.
 * A folder a class gives an empty text. Left out: Parquet metadata, archives, `*_file_name` columns, lists in CSV.
 * https://huggingface.co/docs/datasets/image_dataset
 */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { InputError } from '../../errors';
import { jsonLines, quote } from '../json-lines';
import { picturePath } from '../picture-path';
import { recordError } from '../record-errors';
import { type AnyRecord, recordSchemas, type Task } from '../records';
import { parseCsv } from './csv';
import { type Format, type FormatRecord, type FormatSplit, findRoot } from './format';
import { firstHere, readText } from './published';

const PARTS: readonly { part: FormatSplit['part']; names: readonly string[] }[] = [
  { part: 'train', names: ['train', 'training'] },
  { part: 'validation', names: ['validation', 'valid', 'val', 'dev'] },
  { part: 'test', names: ['test', 'testing', 'eval', 'evaluation'] },
];
const METADATA = ['metadata.jsonl', 'metadata.csv'];
const READ = /\.(png|jpe?g|webp)$/i;
/** Pictures that the kit's records do not take. */
const OTHERS = /\.(gif|bmp|tiff?|avif|heic|jfif|ppm|svg)$/i;

export const imagefolder: Format = {
  name: 'imagefolder',
  description:
    'a folder a class, or pictures with metadata.jsonl or metadata.csv (any task), as Hugging Face lays them out',
  tasks: [
    'classification',
    'captioning',
    'qa',
    'translation',
    'ner',
    'relation',
    'summarization',
    'dialogue',
    'generation',
    'regression',
  ],
  async read(path, task) {
    const root = findRoot(path, 'imagefolder', [''], ['.']);
    const base = PARTS.some(({ names }) => firstHere(root, names))
      ? root
      : (firstHere(root, ['data']) ?? root);
    const splits: FormatSplit[] = [];
    for (const { part, names } of PARTS) {
      const folder = firstHere(base, names);
      if (!folder) continue;
      splits.push({ name: basename(folder), part, records: await readSplit(folder, basename(folder), task) });
    }
    if (splits.length > 0) return splits;
    return [{ name: 'all', part: 'train', records: await readSplit(base, 'all', task) }];
  },
};

async function readSplit(folder: string, split: string, task: Task): Promise<FormatRecord[]> {
  const metadata = firstHere(folder, METADATA);
  if (metadata) return readMetadata(metadata, split, task);
  if (task !== 'classification') {
    throw new InputError(
      `${folder}: has no metadata.jsonl or metadata.csv, and a folder a class gives records for classification alone; write one with file_name and the fields of ${task}`,
    );
  }
  return readClasses(folder, split);
}

async function readClasses(folder: string, split: string): Promise<FormatRecord[]> {
  const files = await picturesBelow(folder);
  if (files.length === 0) {
    throw new InputError(`${folder}: has no picture (PNG, JPEG, WebP); put them into a folder a class`);
  }
  return files.map((file) => {
    const label = basename(dirname(file));
    if (dirname(file) === folder) {
      throw new InputError(`${file}: stands in no class; put it into a folder that is called as its class`);
    }
    const name = relative(folder, file).split(sep).join('/');
    const image = `images/${split}/${name}`;
    return {
      record: { id: `${split}/${name}`, text: '', label, image, group: image, split } as AnyRecord,
      picture: { name: image, source: file },
    };
  });
}

async function readMetadata(file: string, split: string, task: Task): Promise<FormatRecord[]> {
  const folder = dirname(file);
  const records: FormatRecord[] = [];
  for await (const { line, values } of rowsOf(file, task)) {
    const { file_name: name, ...fields } = values;
    if (typeof name !== 'string' || name === '') {
      throw new InputError(
        `${file}:${line}: field "file_name" is ${quote(name)}; it must be the path of the picture`,
      );
    }
    const found = picturePath(folder, name);
    if ('wrong' in found) {
      throw new InputError(`${file}:${line}: field "file_name" is ${quote(name)}: it ${found.wrong}`);
    }
    if (!READ.test(name)) {
      throw new InputError(
        `${file}:${line}: field "file_name" is ${quote(name)}; the kit reads PNG, JPEG and WebP: convert the picture`,
      );
    }
    const image = `images/${split}/${name}`;
    const record = { id: `${split}-${line}`, ...fields, image, group: fields.group ?? image, split };
    const checked = recordSchemas[task].safeParse(record);
    if (!checked.success) {
      const issue = checked.error.issues[0] as (typeof checked.error.issues)[number];
      throw recordError(file, line, task, record, issue);
    }
    records.push({ record: record as AnyRecord, picture: { name: image, source: found.path } });
  }
  if (records.length > 0) return records;
  throw new InputError(`${file}: has no row; write file_name and the fields of ${task} for each picture`);
}

async function* rowsOf(
  file: string,
  task: Task,
): AsyncGenerator<{ line: number; values: Record<string, unknown> }> {
  if (file.endsWith('.csv')) {
    for (const { line, values } of parseCsv(await readText(file), file)) {
      const { value, ...rest } = values;
      // The one field that must be a number, and CSV has none.
      yield {
        line,
        values: task === 'regression' ? { ...rest, value: Number(value || Number.NaN) } : values,
      };
    }
    return;
  }
  for await (const { line, value } of jsonLines(file)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InputError(`${file}:${line}: is ${quote(value)}; it must be an object with "file_name"`);
    }
    const { label, ...rest } = value as Record<string, unknown>;
    // A class may be written as its number.
    const named = typeof label === 'number' ? { label: String(label) } : label === undefined ? {} : { label };
    yield { line, values: { ...rest, ...named } };
  }
}

/** Every picture below the folder, in order of its path. */
async function picturesBelow(folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  const out: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) out.push(...(await picturesBelow(path)));
    else if (READ.test(entry.name)) out.push(path);
    else if (OTHERS.test(entry.name)) {
      throw new InputError(`${path}: the kit reads PNG, JPEG and WebP; convert the picture`);
    }
  }
  return out;
}
