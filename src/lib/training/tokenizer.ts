/** @file The tokenizer that a config asks for: trained on the texts of the training split, or that of another model. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../errors';
import { Tokenizer, trainByteLevelBpe, trainCharacters, trainWordPiece } from '../text';
import { textPresets } from '../text/presets';
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
  return Tokenizer.fromFolder(tokenizerFolder(config.from, folder));
}

/** Where the tokenizer of `model.tokenizer.from` lies. Throws an `InputError` where there is nothing. */
export function tokenizerFolder(from: string, folder: string): string {
  const place = resolve(folder, from);
  if (!existsSync(place)) {
    throw new InputError(
      `model.tokenizer.from: ${JSON.stringify(from)} is no folder (looked for ${place}); name a run, its model folder, or a checkpoint`,
    );
  }
  return modelFolder(place);
}

/** Throws an `InputError` where pretrained weights, which bring their tokenizer, stand beside the name of another. */
export function checkOneTokenizer({ text, tokenizer: { from } }: TrainConfig['model'], folder: string): void {
  if (from === null || typeof text !== 'string' || text in textPresets) return;
  if (modelFolder(resolve(folder, text)) === modelFolder(resolve(folder, from))) return;
  throw new InputError(
    `model.tokenizer.from: the weights of model.text ${JSON.stringify(text)} bring their own tokenizer, and ${JSON.stringify(from)} would not be read; leave it out`,
  );
}

/** Of a run the folder of its model. */
function modelFolder(place: string): string {
  const inside = join(place, 'model');
  return existsSync(inside) ? inside : place;
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
