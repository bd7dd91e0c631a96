/**
 * @file A causal language model to write with: of a run of this kit (pretrained on text, or trained to answer, with or
 * without pictures), or of a Hugging Face folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageModel } from '../decoding';
import { InputError } from '../errors';
import { createParameters } from '../nn';
import { textFormat } from '../tasks';
import { createTextNetwork, loadTextCheckpoint } from '../text';
import { pictureStoreFor } from '../vision';
import { loadTrainedModel, type TrainedModel } from './trained-model';

export interface LoadedLanguageModel extends LanguageModel {
  /**
   * A picture file as the model takes it: for `NetworkLogits.withPictures`. Throws an `InputError` where the model looks
   * at none, or the file cannot be decoded.
   */
  picture(path: string): Promise<Float32Array>;
  dispose(): void;
}

/** Throws an `InputError` where the folder holds no model, or one that cannot write. */
export async function loadLanguageModel(folder: string): Promise<LoadedLanguageModel> {
  const place = existsSync(join(folder, 'model')) ? join(folder, 'model') : folder;
  const isCheckpoint = existsSync(join(place, 'config.json')) && !existsSync(join(place, 'sightline.json'));
  return isCheckpoint ? ofCheckpoint(place) : ofRun(folder, place);
}

/** A trained model that writes, as decoding takes it. */
export function languageModelOf({ model, task, tokenizer, knowsNoPicture }: TrainedModel): LanguageModel {
  const { network, parameters } = model;
  return {
    network: network.text,
    guided: network,
    parameters,
    tokenizer,
    knowsNoPicture,
    ...(task.write ? { format: textFormat(tokenizer) } : {}),
  };
}

async function ofRun(folder: string, place: string): Promise<LoadedLanguageModel> {
  const trained = await loadTrainedModel(place);
  const { model, task } = trained;
  if (task.name !== 'causal-lm' && !task.write) {
    model.dispose();
    throw new InputError(
      `${folder}: is a ${task.name} model, which writes no text; train a causal-lm model, or one of a task whose answer is written`,
    );
  }
  const { vision } = model.network;
  const store = vision ? pictureStoreFor(vision) : null;
  return {
    ...languageModelOf(trained),
    picture: (path) => (store ? store.batch([path]) : refuse(folder)),
    dispose: () => model.dispose(),
  };
}

async function ofCheckpoint(folder: string): Promise<LoadedLanguageModel> {
  const { config, weights, tokenizer } = await loadTextCheckpoint(folder, { allowExtra: true });
  const network = createTextNetwork(config);
  if (!network.causal && !network.decoder) {
    throw new InputError(`${folder}: a ${config.modelType} sees both sides of a word and writes no text`);
  }
  const parameters = createParameters(network.specifications(), 0);
  parameters.load(weights);
  return {
    network,
    parameters,
    tokenizer,
    picture: () => refuse(folder),
    dispose: () => parameters.dispose(),
  };
}

async function refuse(folder: string): Promise<never> {
  throw new InputError(`${folder}: this model was trained on text alone, and cannot look at a picture`);
}
