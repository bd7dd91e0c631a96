/**
 * @file A checkpoint by its name on the Hugging Face hub: the files that are needed, into the cache that Python
 * uses as well (hub-cache.ts), so that nothing is downloaded twice. A name's revision is made a commit first, and
 * all files are of that commit.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../errors';
import { CachedRepository, COMMIT, hubCacheFolder, isOffline, sizeOf } from './cache';
import { type HubClient, type HubOptions, hubClient, Unreachable } from './client';
import { downloadBlob, type ListedFile } from './download-file';
import {
  type CheckpointFiles,
  filesBesideWeights,
  missingWeights,
  singleWeights,
  TEXT_FILES,
  weightFiles,
} from './files';
import { readJsonObject } from './read-json';

export interface DownloadProgress {
  file: string;
  /** Bytes of all files that are there, and that there will be (more, once an index has named the shards). */
  receivedBytes: number;
  totalBytes: number;
}

export interface DownloadCheckpointOptions extends HubOptions {
  /** A branch, a tag, or a commit of 40 digits, which pins the download; default `main`. */
  revision?: string;
  /** The cache's folder; default: that of Python (`HF_HUB_CACHE`, `HF_HOME`). */
  cache?: string;
  onProgress?: (progress: DownloadProgress) => void;
  /** What the checkpoint consists of; default: a text checkpoint. */
  files?: CheckpointFiles;
}

const NAME = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9_][\w.-]*)?$/;
const REVISION = /^(?!.*\.\.)(?!.*\/\/)[A-Za-z0-9][\w./+-]*$/;

/**
 * Downloads what is not in the cache yet; returns the folder of the snapshot, for `loadTextCheckpoint` (or, with
 * the `files` of one, `loadVisionCheckpoint`). Throws an
 * `InputError` for a name or revision that there is not, for a model that cannot be read here (before its weights are
 * downloaded), and, where the hub cannot be reached and the cache does not hold the model, saying what to put where;
 * an `Error` where the connection breaks for good or bytes are not what the hub lists.
 */
export async function downloadCheckpoint(
  name: string,
  options: DownloadCheckpointOptions = {},
): Promise<string> {
  const { revision = 'main', cache = hubCacheFolder(), files: kind = TEXT_FILES } = options;
  if (!NAME.test(name) || name.includes('..') || name.includes('--')) {
    throw new InputError(`${JSON.stringify(name)}: expected a model's name on the hub, as OWNER/NAME`);
  }
  if (!REVISION.test(revision)) {
    throw new InputError(`revision: expected a branch, a tag or a commit, found ${JSON.stringify(revision)}`);
  }
  const repository = new CachedRepository(cache, name);
  if (COMMIT.test(revision) && (await lacking(repository, revision, kind, true)).length === 0) {
    return repository.snapshot(revision);
  }
  let client: HubClient;
  let commit: string;
  let files: Map<string, ListedFile>;
  try {
    if (isOffline()) throw new Unreachable('HF_HUB_OFFLINE is set');
    client = await hubClient(name, options);
    commit = await client.commitOf(revision);
    files = await client.list(commit, { recursive: kind.weights !== undefined });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const cached = await repository.commitOf(revision);
    const absent = cached === null ? null : await lacking(repository, cached, kind, false);
    if (cached !== null && absent?.length === 0) return repository.snapshot(cached);
    throw new InputError(withoutNetwork(name, revision, error.message, repository.folder, absent, kind), {
      cause: error,
    });
  }
  const download = (names: readonly string[], later: number) =>
    downloadFiles(client, repository, commit, select(files, names, name), later, options);
  // First the configuration alone: it says which class Python has for weights that cannot be read here.
  if (files.has('config.json')) await download(['config.json'], 0);
  const config = await readJsonObject(join(repository.snapshot(commit), 'config.json'));
  const beside = filesBesideWeights(
    [...files.keys()],
    name,
    kind,
    (config?.architectures as unknown[] | undefined)?.[0],
  );
  const single = singleWeights([...files.keys()], kind);
  const done = await download(beside, single === null ? 0 : (files.get(single)?.size ?? 0));
  const weights = await weightFiles(repository.snapshot(commit), single);
  await downloadFiles(client, repository, commit, select(files, weights, name), 0, options, done);
  await markAbsent(repository, commit, files, kind);
  await repository.setCommitOf(revision, commit);
  return repository.snapshot(commit);
}

/**
 * The folder of a checkpoint: `nameOrFolder` itself where there is such a folder, else the model of that name on the
 * hub (`NAME@REVISION` pins it). Throws as `downloadCheckpoint`.
 */
export async function resolveCheckpoint(
  nameOrFolder: string,
  options: DownloadCheckpointOptions = {},
): Promise<string> {
  const status = await stat(nameOrFolder).catch(() => null);
  if (status?.isDirectory()) return nameOrFolder;
  if (status) throw new InputError(`${nameOrFolder}: a file; expected the folder of a checkpoint`);
  const [name = '', ...rest] = nameOrFolder.split('@');
  const revision = rest.length > 0 ? rest.join('@') : undefined;
  if (!NAME.test(name)) {
    throw new InputError(`${nameOrFolder}: there is no such folder, and no model on the hub has such a name`);
  }
  try {
    return await downloadCheckpoint(name, revision === undefined ? options : { ...options, revision });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${nameOrFolder} is no folder here; as a model on the hub: ${error.message}`, {
      cause: error,
    });
  }
}

/** Downloads one after the other what is not there; returns the bytes that are there then. */
async function downloadFiles(
  client: HubClient,
  repository: CachedRepository,
  commit: string,
  files: readonly ListedFile[],
  later: number,
  { onProgress, signal }: DownloadCheckpointOptions,
  before = 0,
): Promise<number> {
  const totalBytes = before + later + files.reduce((sum, { size }) => sum + size, 0);
  let receivedBytes = before;
  for (const file of files) {
    signal?.throwIfAborted();
    const tell = (received: number) =>
      onProgress?.({ file: file.path, receivedBytes: receivedBytes + received, totalBytes });
    if ((await sizeOf(join(repository.snapshot(commit), file.path))) !== file.size) {
      if ((await sizeOf(repository.blob(file.hash))) !== file.size) {
        await downloadBlob(file, repository.blob(file.hash), {
          open: (start) => client.read(commit, file, start),
          onBytes: tell,
          signal,
        });
      }
      await repository.link(commit, file.path, file.hash);
    }
    tell(file.size);
    receivedBytes += file.size;
  }
  return receivedBytes;
}

function select(
  files: ReadonlyMap<string, ListedFile>,
  names: readonly string[],
  name: string,
): ListedFile[] {
  return names.map((path) => {
    const file = files.get(path);
    if (!file) throw new InputError(`${name}: ${path} is named by the index, but not in the repository`);
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(file.hash)) {
      throw new Error(`${name}: ${path}: the hub lists no checksum`);
    }
    return file;
  });
}

/** What a snapshot lacks to be loaded; `sure`: also what it may only seem not to need. */
async function lacking(
  repository: CachedRepository,
  commit: string,
  files: CheckpointFiles,
  sure: boolean,
): Promise<string[]> {
  const snapshot = repository.snapshot(commit);
  const isThere = async (name: string) => (await sizeOf(join(snapshot, name))) !== null;
  const absent: string[] = [];
  if (!(await isThere('config.json'))) absent.push('config.json');
  const present = async (names: readonly string[]) => {
    const found = await Promise.all(names.map(isThere));
    return names.filter((_, i) => found[i]);
  };
  const [first] = files.oneOf;
  if (first !== undefined && (await present(files.oneOf)).length === 0) absent.push(first);
  const wanted = missingWeights(files);
  const single = singleWeights(await present(files.weights ?? [wanted]), files);
  const weights = await weightFiles(snapshot, single).catch(() => [wanted]);
  for (const name of weights) if (!(await isThere(name))) absent.push(name);
  for (const name of sure ? files.optional : []) {
    const mark = await sizeOf(repository.absent(commit, name));
    if (mark === null && !(await isThere(name))) absent.push(name);
  }
  return absent;
}

/** Notes which optional files the commit does not have, as Python does, so that nobody asks again. */
async function markAbsent(
  repository: CachedRepository,
  commit: string,
  files: ReadonlyMap<string, ListedFile>,
  { optional }: CheckpointFiles,
): Promise<void> {
  for (const name of optional.filter((one) => !files.has(one))) {
    const path = repository.absent(commit, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
  }
}

function withoutNetwork(
  name: string,
  revision: string,
  why: string,
  folder: string,
  absent: readonly string[] | null,
  files: CheckpointFiles,
): string {
  const parts = ['config.json', missingWeights(files), ...files.oneOf.slice(0, 1)];
  const needed = `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  const cached =
    absent === null ? 'the cache does not hold it' : `in the cache, it lacks ${absent.join(', ')}`;
  return (
    `${name} (${revision}): ${why}, and ${cached}. Without network, do one of these:\n` +
    `  give the path of a folder that holds ${needed} instead of the name;\n` +
    `  or, on a machine with network, run: pip install huggingface_hub; hf download ${name} --revision ${revision}\n` +
    `  and copy its folder ~/.cache/huggingface/hub/${folder.split(/[\\/]/).at(-1)} to ${folder}`
  );
}
