export * from './checkpoint';
export {
  type ClipVisionConfig,
  clipVision,
  clipVisionConfigSchema,
  clipVisionSpecifications,
  quickGelu,
} from './clip-vision';
export { type CnnConfig, cnn, cnnConfigSchema, cnnSpecifications } from './cnn';
export * from './diffusion-noise';
export * from './features';
export * from './huggingface';
export * from './mobilenet';
export * from './mobilenet-reader';
export {
  createVisionNetwork,
  type VisionConfig,
  type VisionConfigInput,
  type VisionNetwork,
  visionConfigSchema,
} from './network';
export { pictureShape, pictureStoreFor } from './network-pictures';
export * from './picture';
export * from './picture-conditions';
export * from './picture-store';
export * from './preprocessing';
export { type VisionPreset, visionPresets } from './presets';
export { RESAMPLING_FILTERS, type ResamplingFilter, resample } from './resample';
export type { VisionForwardOptions, VisionOutput } from './types';
export { type VitConfig, vit, vitConfigSchema, vitSpecifications } from './vit';
