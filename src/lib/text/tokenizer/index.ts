export { type BatchOptions, type EncodedBatch, padRows } from './batch';
export type { Encoding } from './encoding';
export { Tokenizer } from './tokenizer';
export {
  type TrainOptions,
  trainByteLevelBpe,
  trainCharacters,
  trainWordPiece,
  type WordPieceOptions,
} from './train';
