/**
 * @file Weights in several files: `model-00001-of-00003.safetensors`, … and `model.safetensors.index.json`,
 * `{ "metadata": { "total_size": bytes }, "weight_map": { tensor: file } }`, as the Hugging Face hub has them.
 * `openSafetensors` takes either form. Left out: `total_size` is written, but not checked when read (published
 * indexes are known to have it wrong).
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors';
import { writeAll, writeFileAtomically } from './atomic-file';
import { InvalidHeaderDeserialization, TensorNotFound } from './safetensors-errors';
import {
  notFound,
  openSafetensorsFile,
  type SafetensorsContent,
  type SafetensorsFile,
} from './safetensors-read';
import type { SafeTensor, SafeTensorInfo } from './safetensors-types';
import { type WriteOptions, writeSafetensors } from './safetensors-write';
import { parseStrictJson, type StrictJson, StrictJsonError } from './strict-json';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/**
 * Opens a `.safetensors` file, a `.index.json`, or a folder that holds `model.safetensors` or
 * `model.safetensors.index.json`. Throws `SafetensorsError` (an `InputError`) for what is wrong.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const status = await stat(path).catch((cause) => {
    throw new InputError(`${path}: there is no such file or folder`, { cause });
  });
  if (!status.isDirectory()) return path.endsWith('.json') ? openSharded(path) : openSafetensorsFile(path);
  for (const name of [SINGLE, INDEX]) {
    const inside = join(path, name);
    if (await stat(inside).catch(() => null)) return openSafetensors(inside);
  }
  throw new InputError(`${path}: expected ${SINGLE} or ${INDEX} in this folder, found neither`);
}

/** Reads everything. Throws as `openSafetensors`. */
export async function readSafetensors(path: string): Promise<SafetensorsContent> {
  const file = await openSafetensors(path);
  try {
    const tensors = new Map<string, SafeTensor>();
    for (const name of file.tensors.keys()) tensors.set(name, await file.read(name));
    return { metadata: new Map(file.metadata), tensors };
  } finally {
    await file.close();
  }
}

/**
 * Writes `folder/model.safetensors`, or shards of at most `maxShardBytes` (default 5 GB; a larger tensor gets a
 * shard of its own) with their index, which is written last. The folder must exist. Returns the files' names.
 */
export async function writeShardedSafetensors(
  folder: string,
  tensors: ReadonlyMap<string, SafeTensor>,
  options: WriteOptions & { maxShardBytes?: number } = {},
): Promise<string[]> {
  const limit = options.maxShardBytes ?? 5e9;
  if (!(limit > 0)) throw new InputError(`maxShardBytes: expected a number above 0, found ${limit}`);
  const shards: Map<string, SafeTensor>[] = [];
  let room = 0;
  let total = 0;
  for (const [name, tensor] of tensors) {
    const bytes = tensor.data.byteLength;
    if (shards.length === 0 || bytes > room) {
      shards.push(new Map());
      room = limit;
    }
    (shards.at(-1) as Map<string, SafeTensor>).set(name, tensor);
    room -= bytes;
    total += bytes;
  }
  if (shards.length <= 1) {
    await writeSafetensors(join(folder, SINGLE), tensors, options);
    return [SINGLE];
  }
  const files: string[] = [];
  const entries: [string, string][] = [];
  for (const [i, shard] of shards.entries()) {
    const file = `model-${count(i + 1)}-of-${count(shards.length)}.safetensors`;
    await writeSafetensors(join(folder, file), shard, options);
    files.push(file);
    for (const name of shard.keys()) entries.push([name, file]);
  }
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  // Written by hand: as keys of an object, names such as "10" would change their order and "__proto__" vanish.
  const map = entries
    .map(([name, file]) => `    ${JSON.stringify(name)}: ${JSON.stringify(file)}`)
    .join(',\n');
  const index = `{\n  "metadata": {\n    "total_size": ${total}\n  },\n  "weight_map": {\n${map}\n  }\n}\n`;
  await writeFileAtomically(join(folder, INDEX), (file) => writeAll(file, Buffer.from(index)));
  return [...files, INDEX];
}

async function openSharded(path: string): Promise<SafetensorsFile> {
  const weightMap = await readIndex(path);
  const shards = new Map<string, SafetensorsFile>();
  const close = async () => {
    await Promise.all([...shards.values()].map((shard) => shard.close()));
  };
  try {
    const tensors = new Map<string, SafeTensorInfo>();
    const metadata = new Map<string, string>();
    for (const [name, file] of weightMap) {
      let shard = shards.get(file);
      if (!shard) {
        shard = await openSafetensorsFile(join(dirname(path), file));
        shards.set(file, shard);
        for (const [key, value] of shard.metadata) metadata.set(key, value);
      }
      const info = shard.tensors.get(name);
      if (!info)
        throw new TensorNotFound(shard.path, `${notFound(name, shard.tensors)} (${path} says it is here)`);
      tensors.set(name, info);
    }
    const read = (name: string) => {
      const shard = shards.get(weightMap.get(name) ?? '');
      if (!shard) throw new TensorNotFound(path, notFound(name, tensors));
      return shard.read(name);
    };
    return { path, metadata, tensors, close, read: async (name) => read(name) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readIndex(path: string): Promise<Map<string, string>> {
  let root: StrictJson;
  try {
    root = parseStrictJson(await readFile(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof StrictJsonError)
      throw new InvalidHeaderDeserialization(path, cause.message, { cause });
    throw new InputError(`${path}: cannot be read`, { cause });
  }
  const map = root instanceof Map ? root.get('weight_map') : undefined;
  if (!(map instanceof Map)) throw new InvalidHeaderDeserialization(path, 'expected an object "weight_map"');
  const out = new Map<string, string>();
  for (const [name, file] of map) {
    if (
      typeof file !== 'string' ||
      file !== basename(file) ||
      /[\\/]/.test(file) ||
      !file.endsWith('.safetensors')
    ) {
      throw new InvalidHeaderDeserialization(
        path,
        `weight_map[${JSON.stringify(name)}]: expected the name of a .safetensors file in the same folder, found ${typeof file === 'string' ? JSON.stringify(file) : 'no string'}`,
      );
    }
    out.set(name, file);
  }
  return out;
}

function count(i: number): string {
  return String(i).padStart(5, '0');
}
