/**
 * @file A vision network's configuration from a Hugging Face `config.json` and, where there is one, its
 * preprocessing; and back. Of a whole CLIP (`model_type` "clip") the vision tower's part is read.
 */
import { z } from 'zod';
import { InputError } from '../errors';
import { fromHuggingFaceKeys, toHuggingFaceKeys } from '../nn';
import { type ClipVisionConfig, clipVisionConfigSchema } from './clip-vision';
import { preprocessedSize, preprocessingFromHuggingFace, type ReadPreprocessing } from './preprocessing';
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
  const { image_mean, image_std } = preprocessor;
  return parse(vitConfigSchema, source, {
    ...fromHuggingFaceKeys(json, Object.keys(vitConfigSchema.shape)),
    ...(image_mean === undefined ? {} : { imageMean: image_mean }),
    ...(image_std === undefined ? {} : { imageStd: image_std }),
  });
}

/** The object to write as `config.json`, with the class that Python should make of it. */
export function vitConfigToHuggingFace(config: VitConfig, architecture: string): Record<string, unknown> {
  return { architectures: [architecture], ...networkKeys(config), dtype: 'float32' };
}

/** A network that Hugging Face has. */
export type HuggingFaceVisionConfig = VitConfig | ClipVisionConfig;

/**
 * The configuration of a ViT, a CLIP vision tower, or the vision tower of a CLIP. Without a preprocessing, that of its
 * family at its size. Throws an `InputError` naming the key, also where pictures would not come out at `image_size`.
 */
export function visionConfigFromHuggingFace(
  json: Json,
  read: ReadPreprocessing | null = null,
  source = 'config.json',
): HuggingFaceVisionConfig {
  for (const key of ['quantization_config', 'compression_config']) {
    if (json[key] === undefined || json[key] === null) continue;
    throw new InputError(`${source}: ${key}: only weights of F32, F16 and BF16 can be run here`);
  }
  const config = networkConfig(json, source);
  const { imageSize } = config;
  const square = { height: imageSize, width: imageSize };
  const family =
    config.modelType === 'vit'
      ? { image_processor_type: 'ViTImageProcessor', size: square }
      : {
          image_processor_type: 'CLIPImageProcessor',
          size: { shortest_edge: imageSize },
          crop_size: square,
        };
  const settings = read ?? preprocessingFromHuggingFace(family);
  const size = preprocessedSize(settings.preprocessing);
  if (size && (size.height !== imageSize || size.width !== imageSize)) {
    throw new InputError(
      `${source}: image_size is ${imageSize}, but the preprocessing gives ${size.height} × ${size.width} pixels: they are not of one model`,
    );
  }
  return { ...config, ...settings };
}

function networkConfig(json: Json, source: string): HuggingFaceVisionConfig {
  switch (json.model_type) {
    case 'vit':
      return vitConfigFromHuggingFace(json, {}, source);
    case 'clip_vision_model': {
      const known = Object.keys(clipVisionConfigSchema.shape);
      const fields = { ...fromHuggingFaceKeys(json, known), modelType: 'clip-vision' };
      return parse(clipVisionConfigSchema, source, fields);
    }
    case 'clip': {
      const { vision_config: tower } = json;
      if (typeof tower !== 'object' || tower === null) {
        throw new InputError(`${source}: vision_config: missing; a clip has one`);
      }
      return networkConfig(
        { ...(tower as Json), model_type: 'clip_vision_model' },
        `${source}: vision_config`,
      );
    }
    default:
      throw new InputError(
        `${source}: model_type is ${JSON.stringify(json.model_type)}; the vision networks that can be loaded are vit, clip_vision_model and clip`,
      );
  }
}

/** The object to write as `config.json`: of `ViTModel` or `CLIPVisionModel`. */
export function visionConfigToHuggingFace(config: HuggingFaceVisionConfig): Record<string, unknown> {
  if (config.modelType === 'vit') return vitConfigToHuggingFace(config, 'ViTModel');
  const keys = { ...networkKeys(config), model_type: 'clip_vision_model' };
  return { architectures: ['CLIPVisionModel'], ...keys, dtype: 'float32' };
}

/** Without what stands in `preprocessor_config.json`. */
function networkKeys(config: HuggingFaceVisionConfig): Record<string, unknown> {
  const { imageMean: _mean, imageStd: _deviation, preprocessing: _preprocessing, ...network } = config;
  return toHuggingFaceKeys(network);
}

function parse<S extends z.ZodType>(schema: S, source: string, fields: unknown): z.infer<S> {
  const result = schema.safeParse(fields);
  if (!result.success) throw new InputError(`${source}: ${z.prettifyError(result.error)}`);
  return result.data;
}
