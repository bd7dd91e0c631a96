/**
 * @file A small residual CNN for pictures of 32 to 128 pixels (He et al. 2015, without batch norm): strided
 * convolutions halve the picture and widen it, and residual blocks on the last map
 *
 *     x = x + s·conv(relu(conv(relu(x))))
 *
 * start as the identity (s = 0, SkipInit: De and Smith 2020), which is what lets it train with no norm at all, so
 * that a record's result does not depend on its batch. A learned position is added to each place of the last map
 * before the blocks, so that what is pooled over all places still knows where things were. Left out: depthwise
 * convolutions, which the compiled engine runs at a tenth of the speed.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  assertShape,
  conv2d,
  conv2dSpecifications,
  layerNorm,
  layerNormSpecifications,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
  truncatedNormal,
  zeros,
} from '../nn';
import { normalizationFields, normalizePixels } from './normalize-pixels';
import { positionInitializerRange } from './position-scale';
import type { VisionForwardOptions, VisionOutput } from './types';

export const cnnConfigSchema = z
  .strictObject({
    modelType: z.literal('cnn'),
    /** Side of the square picture in pixels. */
    imageSize: z.int().positive().default(64),
    /** Width after each strided convolution; each halves the side. The last one is the width D of the patches. */
    channels: z.array(z.int().positive()).min(1).default([16, 32, 64]),
    /** Residual blocks on the last map: each widens what a place sees by 4 places. */
    blocks: z.int().nonnegative().default(0),
    positionInitializerRange: positionInitializerRange.optional(),
    ...normalizationFields,
  })
  .refine((config) => config.imageSize % 2 ** config.channels.length === 0, {
    message: 'must be divisible by 2 once for each entry of channels',
    path: ['imageSize'],
  });
export type CnnConfig = z.infer<typeof cnnConfigSchema>;

const FIRST = 5; // the first filter is wider: three colours are few, and edges want room
const LATER = 3;

const mapSide = (config: CnnConfig) => config.imageSize / 2 ** config.channels.length;

/** Width D of the patches. */
export const cnnWidth = (config: CnnConfig): number => config.channels[config.channels.length - 1] as number;

/** How many patches P a picture has: the places of the last map. */
export const cnnPatchCount = (config: CnnConfig): number => mapSide(config) ** 2;

/** Every parameter, under `cnn.`. */
export function cnnSpecifications(config: CnnConfig): ParameterSpecification[] {
  const width = cnnWidth(config);
  const stages = config.channels.flatMap((outputs, stage) =>
    conv2dSpecifications(
      `stages.${stage}`,
      stage === 0 ? 3 : (config.channels[stage - 1] as number),
      outputs,
      stage === 0 ? FIRST : LATER,
    ),
  );
  const blocks = Array.from({ length: config.blocks }, (_, block) =>
    prefixed(`blocks.${block}`, [
      ...conv2dSpecifications('conv1', width, width, LATER),
      ...conv2dSpecifications('conv2', width, width, LATER),
      { name: 'scale', shape: [1], initialize: zeros },
    ]),
  );
  return prefixed('cnn', [
    ...stages,
    ...blocks.flat(),
    {
      name: 'position_embeddings',
      shape: [1, cnnPatchCount(config), width],
      initialize: truncatedNormal(config.positionInitializerRange ?? 0.02),
    },
    ...layerNormSpecifications('layernorm', width),
  ]);
}

/** Pixels [B, S, S, 3] in [0, 1] → patches [B, P, D] and pooled [B, D]. Throws where S is not `imageSize`. */
export function cnn(
  params: ParameterScope,
  config: CnnConfig,
  pixels: tf.Tensor,
  _options: VisionForwardOptions = {},
): VisionOutput {
  assertShape(pixels, ['B', config.imageSize, config.imageSize, 3], 'cnn pixels');
  const root = params.scope('cnn');
  const batch = pixels.shape[0] as number;
  let x = normalizePixels(pixels, config);
  for (let stage = 0; stage < config.channels.length; stage++) {
    const padding = ((stage === 0 ? FIRST : LATER) - 1) / 2;
    x = conv2d(root, `stages.${stage}`, stage === 0 ? x : tf.relu(x), { stride: 2, padding }); // halves H and W
  }
  const side = mapSide(config);
  x = tf.add(x, tf.reshape(root.get('position_embeddings'), [1, side, side, cnnWidth(config)]));
  for (let block = 0; block < config.blocks; block++) {
    const scope = root.scope(`blocks.${block}`);
    const inner = conv2d(scope, 'conv1', tf.relu(x), { padding: 1 });
    const branch = conv2d(scope, 'conv2', tf.relu(inner), { padding: 1 });
    x = tf.add(x, tf.mul(branch, scope.get('scale')));
  }
  const map = tf.reshape(tf.relu(x), [batch, cnnPatchCount(config), cnnWidth(config)]); // [B, P, D]
  // What is there at all (max) and how much of it (mean). By the mean alone, a shape of a few places is found late.
  const pooled = tf.add(tf.max(map, 1), tf.mean(map, 1));
  return {
    patches: layerNorm(root, 'layernorm', map, 1e-5),
    pooled: layerNorm(root, 'layernorm', pooled, 1e-5),
  };
}
