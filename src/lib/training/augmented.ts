/** @file The training records of a run, changed in each epoch where its config says so (`data.augmentation`). */
import { resolve } from 'node:path';
import { AugmentedSource, BUILT_IN_SYNONYMS, changesPictures, readSynonyms } from '../augmentation';
import { InputError } from '../errors';
import type { Examples } from '../tasks/examples';
import type { GuidedModel } from '../tasks/guided-model';
import type { BatchSource } from '../tasks/source';
import { checksum } from './atomic-folder';
import { seedFor, type TrainConfig } from './config';

/**
 * `train`, or what changes it. The file of synonyms is noted in `dataHashes`. Throws an `InputError` where that is none,
 * pictures are to be changed whose features are frozen, or entities exchanged in records that have none.
 */
export async function augmented(
  train: Examples,
  config: TrainConfig,
  model: GuidedModel,
  { folder, dataHashes }: { folder: string; dataHashes: Record<string, string> },
): Promise<BatchSource> {
  const { augmentation } = config.data;
  if (!augmentation) return train;
  if (changesPictures(augmentation.pictures) && model.config.vision?.modelType === 'features') {
    throw new InputError(
      'data.augmentation.pictures: the features of the pictures are frozen, computed once for each; leave it out, or use a vision network that reads pictures',
    );
  }
  if (augmentation.text.entityExchange > 0 && config.task !== 'ner') {
    throw new InputError(
      `data.augmentation.text.entityExchange: records of task ${config.task} have no entities; leave it out, or use task "ner"`,
    );
  }
  return new AugmentedSource(train, {
    config: augmentation,
    synonyms: await synonymsOf(augmentation.text.synonyms, folder, dataHashes),
    seed: seedFor(config, 'augmentation'),
    looks: model.config.vision !== null,
  });
}

async function synonymsOf(setting: string | null, folder: string, dataHashes: Record<string, string>) {
  if (setting === null) return null;
  if (setting === 'built-in') return BUILT_IN_SYNONYMS;
  const path = resolve(folder, setting);
  const synonyms = await readSynonyms(path);
  dataHashes[path] = (await checksum(path)).sha256;
  return synonyms;
}
