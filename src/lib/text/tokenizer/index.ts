export type { BatchOptions, EncodedBatch } from './batch';
export type { Encoding } from './encoding';
export { Tokenizer } from './tokenizer';
export {
  type TrainOptions,
  trainByteLevelBpe,
  trainCharacters,
  trainWordPiece,
  type WordPieceOptions,
} from './train';
