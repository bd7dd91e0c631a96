/**
 * @file A vision network as a folder that Python `transformers` loads by `AutoModel.from_pretrained` and
 * `AutoImageProcessor.from_pretrained`, and this kit by `loadVisionCheckpoint`.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { saveWeights } from '../../export';
import { writeOutputFolder } from '../../export/output-folder';
import type { ParameterArrays } from '../../nn';
import { type HuggingFaceVisionConfig, visionConfigToHuggingFace } from '../huggingface';
import { createVisionNetwork, type VisionConfig } from '../network';
import { type Preprocessing, preprocessingToHuggingFace } from '../preprocessing';
import { writtenName } from './names';

export interface SaveVisionCheckpointOptions {
  /** Numbers of the file; F16 and BF16 round to nearest even. */
  dtype?: 'F32' | 'F16' | 'BF16';
  /** Replace an earlier checkpoint in `folder`; a folder that holds anything else is never replaced. */
  overwrite?: boolean;
}

const FILES = ['config.json', 'model.safetensors', 'preprocessor_config.json'];
const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/**
 * Writes `folder`, all or nothing. Weights that belong to no vision network (the parts of a larger model) are left
 * out. Throws an `InputError` that lists parameters that are missing or of a wrong shape, for a network that Hugging
 * Face does not have, and where `folder` holds something already; nothing is written then.
 */
export async function saveVisionCheckpoint(
  folder: string,
  checkpoint: { config: VisionConfig; weights: ParameterArrays },
  { dtype, overwrite = false }: SaveVisionCheckpointOptions = {},
): Promise<void> {
  const fill = visionCheckpointFiller(checkpoint, { dtype, name: folder });
  await writeOutputFolder(folder, fill, overwrite ? { replaceable: FILES } : {});
}

/**
 * What fills an empty folder with the files of a checkpoint: for folders that hold more than that. Throws as
 * `saveVisionCheckpoint` does, `name` naming the folder, before anything is written.
 */
export function visionCheckpointFiller(
  { config, weights }: { config: VisionConfig; weights: ParameterArrays },
  { dtype = 'F32', name: folder }: Pick<SaveVisionCheckpointOptions, 'dtype'> & { name: string },
): (place: string) => Promise<void> {
  if (!hasHuggingFaceClass(config)) {
    throw new InputError(
      `${folder}: a ${config.modelType} has no class in Hugging Face transformers; vit and clip-vision have`,
    );
  }
  const named = choose(config, weights, folder);
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const json = { ...visionConfigToHuggingFace(config), dtype: DTYPES[dtype] };
  const preprocessor = text(preprocessorConfig(config));
  return async (place) => {
    await saveWeights(join(place, 'model.safetensors'), named, { dtype, metadata: { format: 'pt' } });
    await writeFile(join(place, 'config.json'), text(json), { flush: true });
    await writeFile(join(place, 'preprocessor_config.json'), preprocessor, { flush: true });
  };
}

/** Whether Python `transformers` has a class for the network. */
export function hasHuggingFaceClass(config: VisionConfig): config is HuggingFaceVisionConfig {
  return config.modelType === 'vit' || config.modelType === 'clip-vision';
}

/**
 * The object to write as `preprocessor_config.json`: what a picture goes through before the network sees it. Networks
 * that normalize in their own way have mean 0 and deviation 1 there.
 */
export function preprocessorConfig(config: VisionConfig): Record<string, unknown> {
  const { imageSize, modelType } = config;
  const stretched: Preprocessing = {
    resize: { height: imageSize, width: imageSize },
    filter: 'bilinear',
    crop: null,
  };
  const {
    preprocessing = stretched,
    imageMean = [0, 0, 0],
    imageStd = [1, 1, 1],
  } = config as Partial<Pick<HuggingFaceVisionConfig, 'preprocessing' | 'imageMean' | 'imageStd'>>;
  return preprocessingToHuggingFace(
    { preprocessing, imageMean, imageStd },
    modelType === 'clip-vision' ? 'CLIPImageProcessor' : 'ViTImageProcessor',
  );
}

/** The parameters of the network by their names in the file, each of the right shape. */
function choose(config: HuggingFaceVisionConfig, weights: ParameterArrays, folder: string): ParameterArrays {
  const faults: string[] = [];
  const chosen: ParameterArrays = new Map();
  for (const { name, shape } of createVisionNetwork(config).specifications()) {
    const array = weights.get(name);
    if (!array) faults.push(`missing: ${name}, expected [${shape}]`);
    else if (array.shape.length !== shape.length || array.shape.some((axis, i) => axis !== shape[i])) {
      faults.push(`wrong shape: ${name}, expected [${shape}], found [${array.shape}]`);
    } else chosen.set(writtenName(name, config), array);
  }
  if (faults.length > 0) {
    throw new InputError(
      `${folder}: the weights do not fit the network (${faults.length}), nothing was written:\n  ${faults.join('\n  ')}`,
    );
  }
  return chosen;
}
