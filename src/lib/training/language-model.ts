/** @file A causal language model to write with: of a run of this kit, or of a Hugging Face folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageModel } from '../decoding';
import { InputError } from '../errors';
import { createParameters } from '../nn';
import { createTextNetwork, loadTextCheckpoint } from '../text';
import { loadTrainedModel } from './trained-model';

export interface LoadedLanguageModel extends LanguageModel {
  dispose(): void;
}

/** Throws an `InputError` where the folder holds no model, or one that cannot write. */
export async function loadLanguageModel(folder: string): Promise<LoadedLanguageModel> {
  const place = existsSync(join(folder, 'model')) ? join(folder, 'model') : folder;
  const isCheckpoint = existsSync(join(place, 'config.json')) && !existsSync(join(place, 'sightline.json'));
  return isCheckpoint ? ofCheckpoint(place) : ofRun(folder, place);
}

async function ofRun(folder: string, place: string): Promise<LoadedLanguageModel> {
  const { model, task, tokenizer } = await loadTrainedModel(place);
  if (task.name === 'causal-lm') {
    return {
      network: model.network.text,
      parameters: model.parameters,
      tokenizer,
      dispose: () => model.dispose(),
    };
  }
  model.dispose();
  throw new InputError(`${folder}: is a ${task.name} model, which writes no text; train a causal-lm model`);
}

async function ofCheckpoint(folder: string): Promise<LoadedLanguageModel> {
  const { config, weights, tokenizer } = await loadTextCheckpoint(folder, { allowExtra: true });
  const network = createTextNetwork(config);
  if (!network.causal) {
    throw new InputError(`${folder}: a ${config.modelType} sees both sides of a word and writes no text`);
  }
  const parameters = createParameters(network.specifications(), 0);
  parameters.load(weights);
  return { network, parameters, tokenizer, dispose: () => parameters.dispose() };
}
