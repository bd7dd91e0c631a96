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
  { config, weights }: { config: VisionConfig; weights: ParameterArrays },
  { dtype = 'F32', overwrite = false }: SaveVisionCheckpointOptions = {},
): Promise<void> {
  if (config.modelType !== 'vit' && config.modelType !== 'clip-vision') {
    throw new InputError(
      `${folder}: a ${config.modelType} has no class in Hugging Face transformers; vit and clip-vision have`,
    );
  }
  const named = choose(config, weights, folder);
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const { imageMean, imageStd, imageSize, modelType } = config;
  const stretched: Preprocessing = {
    resize: { height: imageSize, width: imageSize },
    filter: 'bilinear',
    crop: null,
  };
  const preprocessor = preprocessingToHuggingFace(
    { preprocessing: config.preprocessing ?? stretched, imageMean, imageStd },
    modelType === 'vit' ? 'ViTImageProcessor' : 'CLIPImageProcessor',
  );
  const fill = async (partial: string) => {
    await saveWeights(join(partial, 'model.safetensors'), named, { dtype, metadata: { format: 'pt' } });
    const json = { ...visionConfigToHuggingFace(config), dtype: DTYPES[dtype] };
    await writeFile(join(partial, 'config.json'), text(json), { flush: true });
    await writeFile(join(partial, 'preprocessor_config.json'), text(preprocessor), { flush: true });
  };
  await writeOutputFolder(folder, fill, overwrite ? { replaceable: FILES } : {});
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
