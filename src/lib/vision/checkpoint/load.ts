/**
 * @file A vision checkpoint from a folder as the Hugging Face hub has them: `config.json`, `model.safetensors` (or
 * shards with their index) and `preprocessor_config.json`, of `ViTModel`, `ViTForImageClassification`,
 * `CLIPVisionModel` or a whole `CLIPModel`. Left out: pickled and quantized weights, and custom code.
 */
import { join } from 'node:path';
import { InputError } from '../../errors';
import { openSafetensors, type SafetensorsFile, tensorToFloat32 } from '../../export';
import { listFolder, readJsonObject, refuseOtherFormats, refusePointers } from '../../hub';
import type { ParameterArrays } from '../../nn';
import { type HuggingFaceVisionConfig, visionConfigFromHuggingFace } from '../huggingface';
import { createVisionNetwork } from '../network';
import { readPreprocessing } from '../preprocessing';
import { readNames } from './names';

/** A vision network with its weights; mean, deviation and preprocessing of its pictures are in `config`. */
export interface VisionCheckpoint {
  config: HuggingFaceVisionConfig;
  /** By the names of the network's specifications. */
  weights: ParameterArrays;
  /** Tensors of the files that were not taken: heads, the text tower, and what `allowExtra` let pass. */
  ignored: string[];
}

export interface LoadVisionCheckpointOptions {
  /** Tensors that no network here has are listed in `ignored` instead of refused. */
  allowExtra?: boolean;
}

const FLOATING = new Set(['F32', 'F16', 'BF16', 'F64']);

/**
 * Reads a checkpoint folder. Throws an `InputError` that lists every tensor that is missing, extra, or of another
 * shape or kind than `config.json` says; and for weights in another format, saying how to convert them.
 */
export async function loadVisionCheckpoint(
  folder: string,
  { allowExtra = false }: LoadVisionCheckpointOptions = {},
): Promise<VisionCheckpoint> {
  const names = await listFolder(folder);
  const configPath = join(folder, 'config.json');
  const json = await readJsonObject(configPath);
  if (json === null) {
    throw new InputError(
      `${configPath}: missing; the folder holds ${names.slice(0, 8).join(', ') || 'nothing'}`,
    );
  }
  const architecture = Array.isArray(json.architectures) ? json.architectures[0] : undefined;
  refuseOtherFormats(names, folder, { architecture });
  await refusePointers(folder, names);
  const config = visionConfigFromHuggingFace(json, await readPreprocessing(folder), configPath);
  const file = await openSafetensors(folder);
  try {
    const { read, ignored, faults } = plan(file, config, allowExtra);
    if (faults.length > 0) {
      throw new InputError(
        `${file.path}: the weights do not fit ${configPath} (${faults.length}):\n  ${faults.join('\n  ')}`,
      );
    }
    const weights: ParameterArrays = new Map();
    for (const [name, inFile] of read) {
      const tensor = await file.read(inFile);
      const data = tensorToFloat32(tensor, `${file.path}: tensor ${JSON.stringify(inFile)}`);
      weights.set(name, { shape: [...tensor.shape], data });
    }
    return { config, weights, ignored };
  } finally {
    await file.close();
  }
}

/** Which tensor becomes which parameter (ours → the file's), and everything that does not fit. */
function plan(
  { tensors }: SafetensorsFile,
  config: HuggingFaceVisionConfig,
  allowExtra: boolean,
): { read: Map<string, string>; ignored: string[]; faults: string[] } {
  const { stored, passedOver, clashes } = readNames(tensors.keys(), config);
  const read = new Map<string, string>();
  const ignored = [...passedOver];
  const faults: string[] = [];
  for (const { name, shape } of createVisionNetwork(config).specifications()) {
    const inFile = stored.get(name);
    const found = inFile === undefined ? undefined : tensors.get(inFile);
    stored.delete(name);
    const label = inFile === undefined || name === inFile ? name : `${name} (${inFile} in the file)`;
    if (inFile === undefined || !found) faults.push(`missing: ${name}, expected [${shape}]`);
    else if (found.shape.length !== shape.length || found.shape.some((axis, i) => axis !== shape[i])) {
      faults.push(`wrong shape: ${label}, expected [${shape}], found [${found.shape}]`);
    } else if (!FLOATING.has(found.dtype)) {
      faults.push(`wrong kind: ${label}, expected F32, F16, BF16 or F64, found ${found.dtype}`);
    } else read.set(name, inFile);
  }
  for (const inFile of stored.values()) {
    if (allowExtra) ignored.push(inFile);
    else faults.push(`not expected: ${inFile}, found [${tensors.get(inFile)?.shape}]`);
  }
  for (const [name, first, second] of clashes) {
    faults.push(`twice: ${name}, found as ${first} and as ${second}`);
  }
  return { read, ignored: ignored.sort(), faults };
}
