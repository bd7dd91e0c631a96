/** @file Guidance by the picture while decoding, and the controls that stand beside it. */
export { type ClassifierFreeOptions, classifierFreeGuidance } from './classifier-free';
export { type ContrastContext, type ContrastOptions, contrast } from './contrast';
export { cutoffOnly, meanShift, priorShift } from './controls';
export { type CountedLogits, counted } from './count';
export {
  checkGuidance,
  checkGuides,
  type GuidanceConfig,
  type GuidanceConfigInput,
  type GuidedLogits,
  type GuideOptions,
  guidanceConfigSchema,
  guidanceName,
  guidanceRules,
  guide,
  parseGuidance,
} from './from-config';
export { instructionContrastiveDecoding } from './instruction-contrastive';
export { type M3idOptions, m3id } from './m3id';
export { withPrefix, withPrompts } from './prefix';
export {
  type ImageTextScorer,
  type MagicOptions,
  magic,
  type Ranked,
  type RerankOptions,
  rerank,
} from './scorer';
export { type VisualContrastiveOptions, visualContrastiveDecoding } from './visual-contrastive';
