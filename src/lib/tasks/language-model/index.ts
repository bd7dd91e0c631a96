/** @file Language modelling: texts in blocks, masking, and the two objectives of pretraining. */
export {
  isLanguageModelTask,
  type LanguageModelSettings,
  type LanguageModelTask,
  languageModelBlocks,
} from './blocks';
export { MaskedBlocks, type MaskedBlocksOptions } from './masked-blocks';
export { type MaskingOptions, maskTokens } from './masking';
export { causalLanguageModel, languageModelObjective, maskedLanguageModel } from './objective';
export { PackedBlocks, type PackedBlocksOptions } from './packed-blocks';
export { type PairQuestion, SentencePairs } from './sentence-pairs';
