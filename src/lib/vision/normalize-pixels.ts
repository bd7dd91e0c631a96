/** @file Pixels in [0, 1] to (x − mean)/deviation, one number a colour channel. */
import { z } from 'zod';
import { tf } from '../engine';

/** Three numbers: red, green, blue. */
const channels = z.tuple([z.number(), z.number(), z.number()]);

/** Mean and deviation that a network expects its pixels to be normalized by. */
export const normalizationFields = {
  imageMean: channels.default([0.5, 0.5, 0.5]),
  imageStd: channels
    .refine((values) => values.every((value) => value > 0), 'every deviation must be above 0')
    .default([0.5, 0.5, 0.5]),
};

/** Pixels [B, H, W, 3] → the same shape. */
export function normalizePixels(
  pixels: tf.Tensor,
  { imageMean, imageStd }: { imageMean: readonly number[]; imageStd: readonly number[] },
): tf.Tensor {
  const scale = tf.tensor1d(imageStd.map((value) => 1 / value));
  const shift = tf.tensor1d(imageMean.map((value, i) => -value / (imageStd[i] as number)));
  return tf.add(tf.mul(pixels, scale), shift);
}
