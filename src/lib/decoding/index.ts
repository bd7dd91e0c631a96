/** @file Decoding: from a language model to text. */
export { type LanguageModel, type SampleOptions, TextSampler } from './text-sampler';
