/**
 * @file Frozen features in the place of a vision network: what a large published network says of each picture is
 * computed once, outside the compiled graph, and the "network" only takes it apart,
 *
 *     features [B, 1 + P, D]  →  pooled = the first state [B, D],  patches = the others [B, P, D].
 *
 * It has no parameters; what is to be learned stands in the fusion.
 */
import { z } from 'zod';
import { tf } from '../../engine';
import { assertShape } from '../../nn';
import { preprocessingSchema } from '../preprocessing';
import type { VisionOutput } from '../types';

/** In a train config `modelType` and `model` are enough: the rest is asked of the model. */
export const featuresConfigSchema = z.strictObject({
  modelType: z.literal('features'),
  /** A folder with an ONNX checkpoint as the hub lays them, or `hub:NAME@REVISION`. */
  model: z.string(),
  /** SHA-256 of weights and preprocessing: features of another model are refused. */
  modelHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Side of the square pictures, in pixels. */
  imageSize: z.int().positive(),
  preprocessing: preprocessingSchema,
  patchCount: z.int().positive(),
  width: z.int().positive(),
});
export type FeaturesConfig = z.infer<typeof featuresConfigSchema>;

/** Features [B, 1 + P, D] → patches [B, P, D] and pooled [B, D]. Throws where they are not of that shape. */
export function featuresNetwork({ patchCount, width }: FeaturesConfig, features: tf.Tensor): VisionOutput {
  assertShape(features, ['B', patchCount + 1, width], 'features');
  const batch = features.shape[0] as number;
  return {
    patches: tf.slice(features, [0, 1, 0], [batch, patchCount, width]),
    pooled: tf.reshape(tf.slice(features, [0, 0, 0], [batch, 1, width]), [batch, width]),
  };
}
