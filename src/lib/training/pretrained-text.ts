/**
 * @file `"text": "<folder>"` in a config: a text network that starts from trained weights and keeps their tokenizer. The
 * folder is that of a run of this kit (or its `model/`), or a Hugging Face checkpoint; `hub:NAME@REVISION` is one on
 * the hub, kept in the cache that Python uses.
 */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../errors';
import type { ParameterArrays } from '../nn';
import type { GuidedModel } from '../tasks/guided-model';
import { loadTextCheckpoint, resolveCheckpoint, type TextConfig, type Tokenizer, textPresets } from '../text';
import type { PrepareOptions } from './prepared';
import { loadTrainedModel } from './trained-model';

const HUB = 'hub:';

export interface PretrainedText {
  folder: string;
  config: TextConfig;
  tokenizer: Tokenizer;
  /** Parameters by name, of the network and perhaps of its heads. */
  arrays: ParameterArrays;
}

/** The weights behind `model.text`, or `null` where it names a preset or gives settings. Throws an `InputError`. */
export async function pretrainedText(
  setting: unknown,
  { folder: start, onProgress }: PrepareOptions,
): Promise<PretrainedText | null> {
  if (typeof setting !== 'string' || setting in textPresets) return null;
  if (setting.startsWith(HUB)) {
    const folder = await resolveCheckpoint(setting.slice(HUB.length), {
      onProgress: ({ receivedBytes, totalBytes }) =>
        onProgress?.(`bytes of ${setting.slice(HUB.length)}`, receivedBytes, totalBytes),
    });
    return fromCheckpoint(folder);
  }
  const folder = resolve(start, setting);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new InputError(
      `model.text: ${JSON.stringify(setting)} is neither a preset (${Object.keys(textPresets).join(', ')}) nor a folder (looked for ${folder}); a checkpoint on the Hugging Face hub is ${HUB}OWNER/NAME@REVISION`,
    );
  }
  for (const place of [folder, join(folder, 'model')]) {
    if (existsSync(join(place, 'sightline.json'))) return fromRun(place);
  }
  return fromCheckpoint(folder);
}

/** A classifier's head, say, is passed over: the new task has its own. */
async function fromCheckpoint(folder: string): Promise<PretrainedText> {
  const { config, weights, tokenizer } = await loadTextCheckpoint(folder, { allowExtra: true });
  return { folder, config, tokenizer, arrays: weights };
}

async function fromRun(folder: string): Promise<PretrainedText> {
  const { model, tokenizer } = await loadTrainedModel(folder);
  try {
    return { folder, config: model.config.text, tokenizer, arrays: await model.parameters.toArrays() };
  } finally {
    model.dispose();
  }
}

/**
 * Gives a new model the pretrained values of its text network, and of its head where the objective has the same one.
 * Throws an `InputError` that lists every parameter of the network that is missing or has another shape.
 */
export function startFrom(model: GuidedModel, { arrays, folder }: PretrainedText): void {
  const network = new Set(model.network.text.specifications().map(({ name }) => name));
  const wanted = new Set(model.parameters.names());
  const missing = [...network].filter((name) => !arrays.has(name) && !name.includes('pooler'));
  if (missing.length > 0) {
    throw new InputError(`${folder}: the weights lack ${missing.length} parameters: ${missing.join(', ')}`);
  }
  const taken = new Map([...arrays].filter(([name]) => wanted.has(name) && !isOwnHead(name)));
  model.parameters.load(taken, { allowMissing: true });
}

/** Heads of record tasks belong to their own labels, also where another task has as many. */
function isOwnHead(name: string): boolean {
  return name.startsWith('classifier.') || name.startsWith('qa_outputs.');
}
