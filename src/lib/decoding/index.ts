/** @file Decoding: from a language model to text. */
export {
  type BeamSearchOptions,
  type BeamWritten,
  beamSearch,
} from './beam-search';
export { type Candidates, type ContrastiveSearchOptions, contrastiveSearch } from './contrastive-search';
export { ExportedLogits, type ExportedLogitsOptions } from './exported-logits';
export * from './grammar';
export { greedy } from './greedy';
export * from './guidance';
export { type LanguageModel, NetworkLogits, type NetworkLogitsOptions } from './network-logits';
export type { ContextRow, LogitsWithStates, NextTokenLogits } from './next-token-logits';
export type { StreamOptions, WrittenToken } from './row-loop';
export * from './rules';
export { draw, type SampleSettings, sample } from './sample';
export type { ShownPictures } from './seen-pictures';
export { type SampledText, type SampleOptions, TextSampler } from './text-sampler';
export { TextStream } from './text-stream';
export { type DecodingWay, decodingText, parseDecoding } from './way';
export { type Ending, roomFor, type Writing, type WritingOptions, type Written } from './writing';
