/** @file Vision networks by name; sizes for training from scratch. */
import type { VisionConfigInput } from './network';

export const visionPresets = {
  /** Pictures of 32 pixels: for tests. */
  'cnn-tiny': { modelType: 'cnn', imageSize: 32, channels: [8, 16, 32], blocks: 0 },
  /** Pictures of 64 pixels: 7 million floating-point operations a picture. */
  'cnn-small': { modelType: 'cnn', imageSize: 64, channels: [16, 32, 64], blocks: 0 },
  /** With a residual block, a place of the map sees 49 pixels across in place of 17: 17 million operations. */
  'cnn-medium': { modelType: 'cnn', imageSize: 64, channels: [16, 32, 64], blocks: 1 },
  /** A small Vision Transformer on pictures of 64 pixels in patches of 8. */
  'vit-small': {
    modelType: 'vit',
    imageSize: 64,
    patchSize: 8,
    hiddenSize: 96,
    numHiddenLayers: 4,
    numAttentionHeads: 4,
    intermediateSize: 384,
  },
} as const satisfies Record<string, VisionConfigInput>;

export type VisionPreset = keyof typeof visionPresets;
