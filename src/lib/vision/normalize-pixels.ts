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

/**
 * Pixels [B, H, W, 3] → the same shape. Computed channels first, where a factor a channel is one factor a plane: the
 * convolution that follows wants that layout anyway, and the transpose back cancels against its own.
 */
export function normalizePixels(
  pixels: tf.Tensor,
  { imageMean, imageStd }: { imageMean: readonly number[]; imageStd: readonly number[] },
): tf.Tensor {
  const planes = [3, 1, 1];
  const scale = tf.tensor(
    imageStd.map((value) => 1 / value),
    planes,
  );
  const shift = tf.tensor(
    imageMean.map((value, i) => -value / (imageStd[i] as number)),
    planes,
  );
  const normalized = tf.add(tf.mul(tf.transpose(pixels, [0, 3, 1, 2]), scale), shift);
  return tf.transpose(normalized, [0, 2, 3, 1]);
}
