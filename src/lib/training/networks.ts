/** @file From the `model` part of a train config to complete network settings: presets, folders, own settings. */
import { parseConfig } from '../config-issues';
import { InputError } from '../errors';
import type { GuidedNetworkConfig } from '../fusion';
import { nearest } from '../nn/nearest';
import { type TextConfig, type Tokenizer, textConfigSchema, textPresets } from '../text';
import { type VisionConfig, visionConfigSchema, visionPresets } from '../vision';
import type { TrainConfig } from './config';

type ModelConfig = TrainConfig['model'];

/** The settings of N_T, N_V and fusion. Throws an `InputError` where one is wrong. */
export function networkConfigs(
  model: ModelConfig,
  tokenizer: Tokenizer,
  pretrained?: TextConfig,
  pretrainedVision?: VisionConfig,
): GuidedNetworkConfig {
  const text = pretrained ?? textConfig(model.text, tokenizer);
  if (model.gate && model.fusion.kind === 'none') {
    throw new InputError(
      'model.gate: a text-only model ("fusion": "none") lets no picture in; leave the gate out, or choose a fusion',
    );
  }
  const vision = model.fusion.kind === 'none' ? null : (pretrainedVision ?? visionConfig(model.vision));
  const { fusion, pooling, gate, prompt } = model;
  return { text, vision, fusion, pooling, gate, ...(prompt ? { prompt } : {}) };
}

function textConfig(setting: ModelConfig['text'], tokenizer: Tokenizer): TextConfig {
  const own = typeof setting === 'string' ? preset('model.text', setting, textPresets) : setting;
  const { vocabularySize: vocabSize, bosId, eosId } = tokenizer;
  const { modelType } = own as { modelType?: string };
  const ends = modelType === 'gpt2' || modelType === 'bart' ? { bosTokenId: bosId, eosTokenId: eosId } : {};
  const end = eosId ?? tokenizer.sepId ?? 0;
  const start = modelType === 'bart' ? { padTokenId: tokenizer.padId ?? end, decoderStartTokenId: end } : {};
  return parseConfig(textConfigSchema, { ...own, ...ends, ...start, vocabSize }, 'model.text');
}

function visionConfig(setting: ModelConfig['vision']): VisionConfig {
  const own = typeof setting === 'string' ? preset('model.vision', setting, visionPresets) : setting;
  return parseConfig(visionConfigSchema, own, 'model.vision');
}

function preset(path: string, name: string, presets: Record<string, object>): object {
  const found = presets[name];
  if (found) return found;
  const known = Object.keys(presets);
  throw new InputError(
    `${path}: ${JSON.stringify(name)} is not known; did you mean ${nearest(name, known)}? (${known.join(', ')})`,
  );
}
