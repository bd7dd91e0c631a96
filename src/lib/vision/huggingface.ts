/**
 * @file A vision network's configuration from a Hugging Face `config.json` and, where there is one, its
 * `preprocessor_config.json` (mean and deviation of the pixels); and back.
 */
import { z } from 'zod';
import { InputError } from '../errors';
import { fromHuggingFaceKeys, toHuggingFaceKeys } from '../nn';
import { type VitConfig, vitConfigSchema } from './vit';

type Json = Readonly<Record<string, unknown>>;

/** The ViT of a parsed `config.json`; `source` names the file in errors. Throws an `InputError`. */
export function vitConfigFromHuggingFace(
  json: Json,
  preprocessor: Json = {},
  source = 'config.json',
): VitConfig {
  if (json.model_type !== 'vit') {
    throw new InputError(`${source}: model_type is ${JSON.stringify(json.model_type)}, expected "vit"`);
  }
  const known = Object.keys(vitConfigSchema.shape);
  const { image_mean, image_std } = preprocessor;
  const fields = {
    ...fromHuggingFaceKeys(json, known),
    ...(image_mean === undefined ? {} : { imageMean: image_mean }),
    ...(image_std === undefined ? {} : { imageStd: image_std }),
  };
  const result = vitConfigSchema.safeParse(fields);
  if (!result.success) throw new InputError(`${source}: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** The object to write as `config.json`, with the class that Python should make of it. */
export function vitConfigToHuggingFace(config: VitConfig, architecture: string): Record<string, unknown> {
  const { imageMean: _mean, imageStd: _deviation, ...network } = config;
  return { architectures: [architecture], ...toHuggingFaceKeys(network), dtype: 'float32' };
}
