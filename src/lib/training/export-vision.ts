/**
 * @file A trained model's vision network as a folder: a Hugging Face checkpoint where Python `transformers` has the
 * class (ViT, CLIP), else its settings, weights and preprocessing, which this kit and the ONNX export read.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveWeights } from '../export/weights';
import { type ParameterArrays, toHuggingFaceKeys } from '../nn';
import {
  hasHuggingFaceClass,
  preprocessorConfig,
  type VisionNetwork,
  visionCheckpointFiller,
} from '../vision';

type Dtype = 'F32' | 'F16' | 'BF16';

/** What fills an empty folder. Throws an `InputError` before anything is written. */
export function visionPartFiller(
  { config, specifications }: VisionNetwork,
  weights: ParameterArrays,
  { dtype, name }: { dtype: Dtype; name: string },
): (place: string) => Promise<void> {
  if (hasHuggingFaceClass(config)) return visionCheckpointFiller({ config, weights }, { dtype, name });
  const own = new Map(specifications().map((one) => [one.name, weights.get(one.name) as never]));
  const { modelType, ...settings } = config;
  const json = { ...toHuggingFaceKeys(settings), model_type: `sightline-${modelType}` };
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return async (place) => {
    await writeFile(join(place, 'config.json'), text(json), { flush: true });
    // The pictures of frozen features are prepared by the published model that computes them.
    if (config.modelType === 'features') return;
    await saveWeights(join(place, 'model.safetensors'), own, { dtype });
    await writeFile(join(place, 'preprocessor_config.json'), text(preprocessorConfig(config)), {
      flush: true,
    });
  };
}

/** The Python class of the part, or what it is in words. */
export function visionClass({ config }: VisionNetwork): string {
  if (config.modelType === 'vit') return 'ViTModel';
  if (config.modelType === 'clip-vision') return 'CLIPVisionModel';
  return `sightline-${config.modelType}`;
}
