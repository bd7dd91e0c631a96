/** @file Which files of a repository on the hub a text checkpoint needs. */
import { join } from 'node:path';
import { InputError } from '../../errors';
import { refuseOtherFormats } from './other-formats';
import { readJsonObject } from './read-json';

export const WEIGHTS = 'model.safetensors';
export const INDEX = 'model.safetensors.index.json';

/** Any of these is a tokenizer, or a part of one; the first is taken alone. */
export const TOKENIZERS = ['tokenizer.json', 'vocab.txt', 'vocab.json', 'merges.txt', 'tokenizer.model'];

/** What a checkpoint may have. */
export const OPTIONAL = ['generation_config.json', 'tokenizer_config.json', 'special_tokens_map.json'];

/**
 * Everything but the weights, and the weights' index where they are in shards. Throws an `InputError` where the
 * repository has no weights that can be read here, or no configuration.
 */
export function filesBesideWeights(
  names: readonly string[],
  repository: string,
  architecture?: unknown,
): string[] {
  refuseOtherFormats(names, repository, { source: repository, architecture });
  if (!names.includes('config.json')) {
    throw new InputError(`${repository}: the repository has no config.json; it is no transformers model`);
  }
  const tokenizer = names.includes('tokenizer.json') ? ['tokenizer.json'] : TOKENIZERS;
  const index = names.includes(WEIGHTS) ? [] : [INDEX];
  return ['config.json', ...OPTIONAL, ...tokenizer, ...index].filter((name) => names.includes(name));
}

/** The files of weights of a snapshot whose other files are there. Throws an `InputError` for a broken index. */
export async function weightFiles(snapshot: string, isSingle: boolean): Promise<string[]> {
  if (isSingle) return [WEIGHTS];
  const path = join(snapshot, INDEX);
  const map = (await readJsonObject(path))?.weight_map;
  const shards = typeof map === 'object' && map !== null ? [...new Set(Object.values(map))] : [];
  for (const shard of shards) {
    if (typeof shard !== 'string' || !/^[\w.-]+\.safetensors$/.test(shard)) {
      throw new InputError(`${path}: weight_map: ${JSON.stringify(shard)} is no name of a shard`);
    }
  }
  if (shards.length === 0) throw new InputError(`${path}: expected a weight_map that names shards`);
  return (shards as string[]).sort();
}
