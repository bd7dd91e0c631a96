/** @file The tokenizer that a config asks for, trained on the texts of the training split. */
import { type Tokenizer, trainByteLevelBpe, trainCharacters, trainWordPiece } from '../text';
import type { TrainConfig } from './config';

export function trainTokenizer(
  texts: Iterable<string>,
  config: TrainConfig['model']['tokenizer'],
): Tokenizer {
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
