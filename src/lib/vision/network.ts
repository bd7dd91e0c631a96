/** @file Which vision networks there are, and how one is made from its configuration. */
import { z } from 'zod';
import type { tf } from '../engine';
import type { ParameterScope, ParameterSpecification } from '../nn';
import {
  clipVision,
  clipVisionConfigSchema,
  clipVisionPatchCount,
  clipVisionSpecifications,
} from './clip-vision';
import { cnn, cnnConfigSchema, cnnPatchCount, cnnSpecifications, cnnWidth } from './cnn';
import { featuresConfigSchema, featuresNetwork } from './features/features-network';
import {
  mobilenet,
  mobilenetConfigSchema,
  mobilenetPatchCount,
  mobilenetSpecifications,
  mobilenetWidth,
} from './mobilenet';
import type { Preprocessing } from './preprocessing';
import type { VisionForwardOptions, VisionOutput } from './types';
import { vit, vitConfigSchema, vitPatchCount, vitSpecifications } from './vit';

/** The configuration of any vision network; `modelType` says which. */
export const visionConfigSchema = z.discriminatedUnion('modelType', [
  cnnConfigSchema,
  vitConfigSchema,
  clipVisionConfigSchema,
  mobilenetConfigSchema,
  featuresConfigSchema,
]);
export type VisionConfig = z.infer<typeof visionConfigSchema>;
/** As a user writes it: what has a default may be left out. */
export type VisionConfigInput = z.input<typeof visionConfigSchema>;

export interface VisionNetwork {
  readonly config: VisionConfig;
  /** Width D of patches and pooled. */
  readonly width: number;
  /** Side of the square pictures, in pixels. */
  readonly imageSize: number;
  /** What a picture goes through before the network sees it; without it, it is stretched to the size. */
  readonly preprocessing?: Preprocessing;
  /** Patches P of a picture. */
  readonly patchCount: number;
  specifications(): ParameterSpecification[];
  /** Pixels [B, S, S, 3] in [0, 1] (of frozen features: [B, 1 + P, D]). `params` is the root scope: the network adds its own prefix. */
  forward(params: ParameterScope, pixels: tf.Tensor, options?: VisionForwardOptions): VisionOutput;
}

/** The vision network of a checked configuration. */
export function createVisionNetwork(config: VisionConfig): VisionNetwork {
  const common = { config, imageSize: config.imageSize };
  switch (config.modelType) {
    case 'cnn':
      return {
        ...common,
        width: cnnWidth(config),
        patchCount: cnnPatchCount(config),
        specifications: () => cnnSpecifications(config),
        forward: (params, pixels, options) => cnn(params, config, pixels, options),
      };
    case 'clip-vision':
      return {
        ...common,
        preprocessing: config.preprocessing,
        width: config.hiddenSize,
        patchCount: clipVisionPatchCount(config),
        specifications: () => clipVisionSpecifications(config),
        forward: (params, pixels, options) => clipVision(params, config, pixels, options),
      };
    case 'features':
      return {
        ...common,
        preprocessing: config.preprocessing,
        width: config.width,
        patchCount: config.patchCount,
        specifications: () => [],
        forward: (_params, features) => featuresNetwork(config, features),
      };
    case 'mobilenet':
      return {
        ...common,
        preprocessing: config.preprocessing,
        width: mobilenetWidth(config),
        patchCount: mobilenetPatchCount(config),
        specifications: () => mobilenetSpecifications(config),
        forward: (params, pixels, options) => mobilenet(params, config, pixels, options),
      };
    case 'vit':
      return {
        ...common,
        preprocessing: config.preprocessing,
        width: config.hiddenSize,
        patchCount: vitPatchCount(config),
        specifications: () => vitSpecifications(config),
        forward: (params, pixels, options) => vit(params, config, pixels, options),
      };
  }
}
