export type { BatchOptions, EncodedBatch, Encoding } from './encoding';
export { Tokenizer } from './tokenizer';
export { type TrainOptions, trainByteLevelBpe, trainWordPiece, type WordPieceOptions } from './train';
