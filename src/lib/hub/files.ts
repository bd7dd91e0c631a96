/** @file Which files of a repository on the hub a checkpoint needs. */
import { join } from 'node:path';
import { InputError } from '../errors';
import { refuseOtherFormats } from './other-formats';
import { readJsonObject } from './read-json';

const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** What a kind of checkpoint consists of, beside `config.json`. */
export interface CheckpointFiles {
  /** Files of which one has to be there (a tokenizer's); the first is taken alone. Empty: none is needed. */
  oneOf: readonly string[];
  /** What a checkpoint may have. */
  optional: readonly string[];
  /** Files of which each alone is the weights, the one to be preferred first; default `model.safetensors` or shards. */
  weights?: readonly string[];
}

/** Everything of a text checkpoint: any of the tokenizers is one, or a part of one. */
export const TEXT_FILES: CheckpointFiles = {
  oneOf: ['tokenizer.json', 'vocab.txt', 'vocab.json', 'merges.txt', 'tokenizer.model'],
  optional: ['generation_config.json', 'tokenizer_config.json', 'special_tokens_map.json'],
};

export const VISION_FILES: CheckpointFiles = {
  oneOf: [],
  optional: ['preprocessor_config.json', 'processor_config.json'],
};

/** An ONNX checkpoint of a vision network, as transformers.js takes it. */
export const ONNX_VISION_FILES: CheckpointFiles = {
  oneOf: [],
  optional: VISION_FILES.optional,
  weights: ['onnx/vision_model.onnx', 'onnx/model.onnx'],
};

/**
 * Everything but the weights, and the weights' index where they are in shards. Throws an `InputError` where the
 * repository has no weights that can be read here, or no configuration.
 */
export function filesBesideWeights(
  names: readonly string[],
  repository: string,
  files: CheckpointFiles,
  architecture?: unknown,
): string[] {
  if (!files.weights) refuseOtherFormats(names, repository, { source: repository, architecture });
  else if (singleWeights(names, files) === null) {
    throw new InputError(`${repository}: expected one of ${files.weights.join(', ')}; it has none of them`);
  }
  if (!names.includes('config.json')) {
    throw new InputError(`${repository}: the repository has no config.json; it is no transformers model`);
  }
  const [first] = files.oneOf;
  const some = first !== undefined && names.includes(first) ? [first] : files.oneOf;
  const index = singleWeights(names, files) !== null ? [] : [INDEX];
  return ['config.json', ...files.optional, ...some, ...index].filter((name) => names.includes(name));
}

/** The file that is the weights alone; `null` where they are in shards. */
export function singleWeights(
  names: readonly string[],
  { weights = [WEIGHTS] }: CheckpointFiles,
): string | null {
  return weights.find((name) => names.includes(name)) ?? null;
}

/** The files of weights of a snapshot whose other files are there. Throws an `InputError` for a broken index. */
export async function weightFiles(snapshot: string, single: string | null): Promise<string[]> {
  if (single !== null) return [single];
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

/** What a snapshot's weights are called where they are not there. */
export const missingWeights = ({ weights = [WEIGHTS] }: CheckpointFiles): string => weights[0] as string;
