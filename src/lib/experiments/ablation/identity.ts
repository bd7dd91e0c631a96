/**
 * @file What a result depends on, so that no result is taken for another's. A cell's id is
 *
 *     first 16 hexadecimal digits of SHA-256( canonical JSON of { complete config, hashes of what it reads } )
 *
 * with every default filled in: a default that changes, a picture that changes, another seed, each give another id; the
 * order of keys does not. What it reads is its record files with the pixels of their pictures, and folders of weights.
 * The code is not part of it: its version stands in the ledger, and a mixture is refused there.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { checkRecords, type RecordSet, readRecords, type Task, textSource } from '../../data';
import { projectFolder } from '../../places';
import { isLanguageModelTask } from '../../tasks/language-model';
import { TOKENIZER_FILES } from '../../text/tokenizer/folder';
import { seedFor, type TrainConfig } from '../../training/config';
import { checkOneTokenizer, tokenizerFolder } from '../../training/tokenizer';
import { trainingRows } from '../../training/training-rows';
import { versions } from '../../training/versions';
import { DATA_PATHS, isRelativePath } from './config';
import { canonicalJson } from './paths';

/** The id of the cell of a complete config that reads things of these hashes, by their place in the config. */
export function cellId(config: TrainConfig, inputs: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(canonicalJson({ config, inputs })).digest('hex').slice(0, 16);
}

/** Hashes of what configs read; each file is read and checked once, however many configs name it. */
export class InputHashes {
  private readonly known = new Map<string, Promise<string>>();
  private readonly sets = new Map<string, Promise<RecordSet>>();
  private readonly counts = new Map<string, number>();

  /** @param folder where relative paths of the configs start. */
  constructor(
    private readonly folder: string,
    private readonly onProgress?: (activity: string, done: number, total: number | null) => void,
  ) {}

  /** By place in the config. Throws an `InputError` where records or pictures are wrong. */
  async of(config: TrainConfig): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    const read = async (place: string, value: unknown, hash: (path: string) => Promise<string>) => {
      const path = resolve(this.folder, value as string);
      // Of a folder of weights more counts than of its tokenizer.
      const key = `${hash === tokenizerHash ? 'tokenizer' : config.task}:${path}`;
      if (!this.known.has(key)) this.known.set(key, hash(path));
      hashes[place] = await (this.known.get(key) as Promise<string>);
    };
    for (const place of DATA_PATHS) {
      const path = config.data[place.slice('data.'.length) as keyof TrainConfig['data']];
      if (typeof path !== 'string') continue;
      await read(place, path, (file) =>
        isLanguageModelTask(config.task) ? textHash(file) : this.recordHash(file, config.task as Task),
      );
    }
    for (const [place, value] of [
      ['model.text', config.model.text],
      ['model.vision', config.model.vision],
    ] as const) {
      const isFolder = isRelativePath(place, value) || (typeof value === 'string' && existsSync(value));
      if (place === 'model.vision' && config.model.fusion.kind === 'none') continue;
      if (isFolder && existsSync(resolve(this.folder, value as string)))
        await read(place, value, (path) => folderHash(path));
    }
    const { from } = config.model.tokenizer;
    if (!config.from) checkOneTokenizer(config.model, this.folder);
    if (from !== null) await read('model.tokenizer.from', tokenizerFolder(from, this.folder), tokenizerHash);
    const synonyms = config.data.augmentation?.text.synonyms;
    for (const [place, value] of [
      ['data.augmentation.text.synonyms', synonyms === 'built-in' ? null : synonyms],
      ['from', config.from && join(config.from, 'model')],
    ] as const) {
      if (value && existsSync(resolve(this.folder, value)))
        await read(place, value, (path) => folderHash(path));
    }
    return hashes;
  }

  /**
   * How many records a run of the config learns from; its task must have records (`checkLimit`). Throws an `InputError`
   * where there are fewer than `data.limit` wants.
   */
  async trainingRecords(config: TrainConfig): Promise<number> {
    const { train, validation, limit } = config.data;
    const path = resolve(this.folder, train);
    const key = JSON.stringify([config.task, path, limit, validation ?? seedFor(config, 'split')]);
    const known = this.counts.get(key);
    if (known !== undefined) return known;
    const { records } = await this.recordSet(path, config.task as Task);
    const count = trainingRows(records, config, path).train.length;
    this.counts.set(key, count);
    return count;
  }

  private recordSet(file: string, task: Task): Promise<RecordSet> {
    const key = `${task}:${file}`;
    const reading =
      this.sets.get(key) ??
      (readRecords(file, task, {
        onProgress: (lines) => this.onProgress?.('reading records', lines, null),
      }) as Promise<RecordSet>);
    this.sets.set(key, reading);
    return reading;
  }

  private async recordHash(file: string, task: Task): Promise<string> {
    const set = await this.recordSet(file, task);
    const { contentKeys } = await checkRecords(set, {
      onProgress: (done, total) => this.onProgress?.('checking pictures', done, total),
    });
    return createHash('sha256')
      .update(canonicalJson([set.sha256, contentKeys]))
      .digest('hex');
  }
}

/** Of running text, as pretraining reads it. */
async function textHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const { text } of textSource(path).pieces()) hash.update(`${text}\0`);
  return hash.digest('hex');
}

/** Of the files that a tokenizer is read from (text/tokenizer/folder.ts), and no weights or logs beside them. */
function tokenizerHash(folder: string): Promise<string> {
  return folderHash(folder, (name) => dirname(name) === folder && TOKENIZER_FILES.includes(basename(name)));
}

/** Names and bytes of the files below a folder, or the bytes of a file. */
async function folderHash(folder: string, counts = (_name: string) => true): Promise<string> {
  const hash = createHash('sha256');
  const status = await stat(folder);
  const names = status.isDirectory()
    ? (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
        .filter(counts)
        .sort()
    : [folder];
  for (const name of names) {
    hash.update(`${name.slice(folder.length)}\0`);
    for await (const piece of createReadStream(name, { highWaterMark: 1 << 20 }))
      hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}

/** Version of the package, and of its source where it is a git checkout: `0.1.0 (1234567890ab)`. */
export function codeVersion(): string {
  const version = versions().sightline as string;
  if (!existsSync(projectFolder('.git'))) return version;
  try {
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', projectFolder(), ...words], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'package-lock.json');
    return `${version} (${git('rev-parse', 'HEAD').slice(0, 12)}${changed ? ', changed' : ''})`;
  } catch {
    return version; // no git on this machine
  }
}
