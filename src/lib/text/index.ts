/** @file The text networks N_T, and tokenizers. */
export { type AttentionShape, attentionShape } from './attention-shape';
export * from './bart';
export * from './bert';
export * from './bert-heads';
export * from './checkpoint';
export * from './gpt2';
export { textConfigFromHuggingFace, textConfigToHuggingFace } from './huggingface';
export * from './llama';
export { readLlama2c } from './llama2c';
export { Llama2cVocabulary } from './llama2c-vocabulary';
export {
  createTextNetwork,
  type TextConfig,
  type TextConfigInput,
  type TextDecoder,
  type TextNetwork,
  textConfigSchema,
} from './network';
export { type TextPreset, textPresets } from './presets';
export * from './tokenizer';
export type {
  DecoderInputs,
  DecoderOutput,
  KeysAndValues,
  Past,
  TextForwardOptions,
  TextInputs,
  TextOutput,
} from './types';
