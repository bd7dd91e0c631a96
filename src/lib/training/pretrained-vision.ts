/**
 * @file `"vision": "<folder>"` in a config: a vision network that starts from trained weights, whose pictures are
 * prepared as theirs were. The folder is that of a run of this kit (or its `model/`), a Hugging Face checkpoint of
 * ViT or CLIP, or a published MobileNet (`manifest.json`, `weights.bin`); `hub:NAME@REVISION` is one on the hub, kept in the cache that Python uses.
 */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../errors';
import { VISION_FILES } from '../hub';
import { resolveCheckpoint } from '../hub/download';
import type { ParameterArrays } from '../nn';
import { nearest } from '../nn/nearest';
import type { GuidedModel } from '../tasks/guided-model';
import {
  FeatureModel,
  loadVisionCheckpoint,
  readMobilenet,
  type VisionConfig,
  visionPresets,
} from '../vision';
import type { PrepareOptions } from './prepared';
import { loadTrainedModel } from './trained-model';

const HUB = 'hub:';

export interface PretrainedVision {
  folder: string;
  config: VisionConfig;
  /** Parameters of the network by name. */
  arrays: ParameterArrays;
}

/** The weights behind `model.vision`, or `null` where it names a preset or gives settings. Throws an `InputError`. */
export async function pretrainedVision(
  setting: unknown,
  { folder: start, onProgress }: PrepareOptions,
): Promise<PretrainedVision | null> {
  if (isFeatures(setting)) {
    const { config } = await FeatureModel.load(setting.model, start, {
      onProgress: (received, total) => onProgress?.(`bytes of ${setting.model}`, received, total),
    });
    return { folder: config.model, config, arrays: new Map() };
  }
  if (typeof setting !== 'string' || setting in visionPresets) return null;
  if (setting.startsWith(HUB)) {
    const name = setting.slice(HUB.length);
    const folder = await resolveCheckpoint(name, {
      files: VISION_FILES,
      onProgress: ({ receivedBytes, totalBytes }) =>
        onProgress?.(`bytes of ${name}`, receivedBytes, totalBytes),
    });
    return fromCheckpoint(folder);
  }
  const folder = resolve(start, setting);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    const presets = Object.keys(visionPresets);
    const near = /[\\/]/.test(setting) ? null : nearest(setting, presets);
    throw new InputError(
      `model.vision: ${JSON.stringify(setting)} is neither a preset (${presets.join(', ')}) nor a folder (looked for ${folder})${near ? `; did you mean ${near}?` : ''}; a checkpoint on the Hugging Face hub is ${HUB}OWNER/NAME@REVISION`,
    );
  }
  for (const place of [folder, join(folder, 'model')]) {
    if (existsSync(join(place, 'sightline.json'))) return fromRun(place);
  }
  return fromCheckpoint(folder);
}

/** `{ "modelType": "features", "model": "…" }`: what else its configuration has is asked of the model. */
function isFeatures(setting: unknown): setting is { model: string } {
  if (typeof setting !== 'object' || setting === null) return false;
  const { modelType, model, ...rest } = setting as Record<string, unknown>;
  if (modelType !== 'features' || Object.keys(rest).length > 0) return false;
  if (typeof model === 'string') return true;
  throw new InputError(
    `model.vision.model: expected a folder or ${HUB}NAME@REVISION of an ONNX checkpoint, found ${JSON.stringify(model)}`,
  );
}

async function fromCheckpoint(folder: string): Promise<PretrainedVision> {
  if (existsSync(join(folder, 'weights.bin'))) {
    const { config, weights } = await readMobilenet(folder);
    return { folder, config, arrays: weights };
  }
  const { config, weights } = await loadVisionCheckpoint(folder);
  return { folder, config, arrays: weights };
}

/** The vision part of a run's model. */
async function fromRun(folder: string): Promise<PretrainedVision> {
  const { model } = await loadTrainedModel(folder);
  try {
    const { vision } = model.network;
    if (!vision) {
      throw new InputError(
        `model.vision: ${folder} is a text-only model; name one that has a vision network`,
      );
    }
    const names = new Set(vision.specifications().map(({ name }) => name));
    const arrays = await model.parameters.toArrays();
    return {
      folder,
      config: vision.config,
      arrays: new Map([...arrays].filter(([name]) => names.has(name))),
    };
  } finally {
    model.dispose();
  }
}

/** Gives a new model the pretrained values of its vision network. */
export function startVisionFrom(model: GuidedModel, { arrays }: PretrainedVision): void {
  model.parameters.load(arrays, { allowMissing: true });
}
