/** @file Layers as plain functions of tensors and parameters. */
export * from './activations';
export * from './attention';
export { binaryCrossEntropyWithLogits } from './binary-cross-entropy';
export * from './convolution';
export { type CrossEntropyOptions, crossEntropy, IGNORED } from './cross-entropy';
export { dropout, type ForwardOptions } from './dropout';
export * from './embedding';
export { type HeadConfig, head, headSpecifications } from './head';
export { camelCase, fromHuggingFaceKeys, snakeCase, toHuggingFaceKeys } from './huggingface-keys';
export * from './initializers';
export * from './linear';
export { type AdaptedProjection, LowRankAdapters, type LowRankSettings } from './lora';
export { meanSquaredError, negativeLogLikelihood } from './losses';
export { maskedMean } from './masked-mean';
export { nearest } from './nearest';
export * from './normalization';
export {
  type Adapter,
  arraysOf,
  createParameters,
  type LoadOptions,
  type ParameterArray,
  type ParameterArrays,
  type ParameterScope,
  type ParameterSpecification,
  Parameters,
  prefixed,
} from './parameters';
export type { Reduction } from './reduction';
export { rotary } from './rotary';
export { assertShape, type ExpectedSize } from './shape';
export { type EmbeddingShift, shiftedEmbedding } from './shifted-embedding';
