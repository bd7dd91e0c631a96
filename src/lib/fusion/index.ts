/** @file Fusion of text and picture, each form behind one interface. */
export {
  createFusion,
  type FusionConfig,
  type FusionKind,
  fusionConfigSchema,
  fusionKinds,
} from './fusion';
export type { Fusion, FusionInputs, FusionOutput, FusionWidths, SeenPicture } from './types';
