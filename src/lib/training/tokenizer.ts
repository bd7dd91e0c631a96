/** @file The tokenizer that a config asks for: trained on the texts of the training split, or that of another model. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../errors';
import { Tokenizer, trainByteLevelBpe, trainCharacters, trainWordPiece } from '../text';
import type { TrainConfig } from './config';

/**
 * `texts` are read only where a tokenizer is trained; `folder` is where a relative `model.tokenizer.from` starts. Throws an
 * `InputError` where there is no tokenizer.
 */
export async function configuredTokenizer(
  texts: () => Iterable<string> | Promise<Iterable<string>>,
  config: TrainConfig['model']['tokenizer'],
  folder: string,
): Promise<Tokenizer> {
  if (config.from === null) return trainTokenizer(await texts(), config);
  const place = resolve(folder, config.from);
  if (!existsSync(place)) {
    throw new InputError(
      `model.tokenizer.from: ${JSON.stringify(config.from)} is no folder (looked for ${place}); name a run, its model folder, or a checkpoint`,
    );
  }
  const inside = join(place, 'model');
  return Tokenizer.fromFolder(existsSync(inside) ? inside : place);
}

function trainTokenizer(texts: Iterable<string>, config: TrainConfig['model']['tokenizer']): Tokenizer {
  const { kind, vocabularySize, lowercase, minimumFrequency } = config;
  switch (kind) {
    case 'word-piece':
      return trainWordPiece(texts, { vocabularySize, lowercase, minimumFrequency });
    case 'byte-level-bpe':
      return trainByteLevelBpe(texts, { vocabularySize, minimumFrequency });
    case 'characters':
      return trainCharacters(texts);
  }
}
