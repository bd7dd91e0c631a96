/** @file Fusion of text and picture, each form behind one interface. */
export {
  createFusion,
  type FusionConfig,
  type FusionKind,
  fusionConfigSchema,
  fusionKinds,
} from './fusion';
export type {
  GuidedInputs,
  GuidedOutput,
  GuidedTextInputs,
  ReadOptions,
  Relevance,
  Seen,
  Shown,
} from './guided-inputs';
export { GuidedNetwork, type GuidedNetworkConfig, type Pooling } from './guided-network';
export { type PromptConfig, promptConfigSchema } from './learned-prompt';
export { type GateConfig, gateConfigSchema, openness, relevanceGate, relevanceLoss } from './relevance-gate';
export type {
  Fusion,
  FusionInputs,
  FusionOptions,
  FusionOutput,
  FusionWidths,
  SeenPicture,
} from './types';
