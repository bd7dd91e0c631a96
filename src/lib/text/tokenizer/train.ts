/** @file Training of WordPiece and byte-level BPE vocabularies. */
import type { Tokenizer } from './tokenizer';

export interface TrainOptions {
  /** Ids in the finished vocabulary, special tokens included; fewer where the texts do not give as many. */
  vocabularySize: number;
  /** A pair seen less often is not merged. Default 2. */
  minimumFrequency?: number;
}

export interface WordPieceOptions extends TrainOptions {
  /** Lower case and no accents (BERT uncased). Default true. */
  lowercase?: boolean;
}

/** A BERT tokenizer trained on `texts`. */
export function trainWordPiece(_texts: Iterable<string>, _options: WordPieceOptions): Tokenizer {
  throw new Error('not written yet');
}

/** A GPT-2 tokenizer trained on `texts`. */
export function trainByteLevelBpe(_texts: Iterable<string>, _options: TrainOptions): Tokenizer {
  throw new Error('not written yet');
}
