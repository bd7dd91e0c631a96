/**
 * @file Concatenation, the source document's z = concat(z_t, z_v), fed to a small network so that a linear head on
 * top can express interactions of text and picture (ConcatBERT in Kiela et al. 2019):
 *
 *     u = W₂·dropout(gelu(W₁·[z_t; z_v] + b₁)) + b₂
 *
 * for the record with z_t its pooled state, and for each token with z_t its state. W₁ is kept in two parts, text
 * and picture, since W₁·[a; b] = W_a·a + W_b·b saves copying the picture to every token.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  affine,
  dropout,
  type ForwardOptions,
  gelu,
  lecunUniform,
  linear,
  linearSpecifications,
  type ParameterScope,
  prefixed,
} from '../nn';
import { absentPictureSpecifications, orAbsentPicture } from './absent-picture';
import type { Fusion, FusionInputs, FusionOutput, FusionWidths } from './types';

export const concatConfigSchema = z.strictObject({
  kind: z.literal('concat'),
  /** Width of the hidden layer; four times the text width unless given. */
  hiddenSize: z.int().positive().nullable().default(null),
  dropout: z.number().min(0).lt(1).default(0.1),
});
export type ConcatConfig = z.infer<typeof concatConfigSchema>;

export function concatFusion(config: ConcatConfig, widths: FusionWidths): Fusion {
  const hidden = config.hiddenSize ?? 4 * widths.text;
  const initialize = lecunUniform;
  return {
    usesPicture: true,
    width: widths.text,
    specifications: () =>
      prefixed('fusion', [
        ...absentPictureSpecifications(widths.vision),
        ...linearSpecifications('text', widths.text, hidden, { initialize }),
        ...linearSpecifications('picture', widths.vision, hidden, { initialize, bias: false }),
        ...linearSpecifications('output', hidden, widths.text, { initialize }),
      ]),
    forward: (params, inputs, options) => fuse(params.scope('fusion'), config, inputs, options),
  };
}

function fuse(
  params: ParameterScope,
  config: ConcatConfig,
  { textStates, textPooled, visionPooled, picturePresent }: FusionInputs,
  options: ForwardOptions = {},
): FusionOutput {
  const batch = textPooled.shape[0] as number;
  const picture = orAbsentPicture(params, visionPooled, picturePresent, batch); // [B, Dv]
  const seen = affine(picture, params.get('picture.weight'), null); // [B, hidden]
  const network = (text: tf.Tensor, picturePart: tf.Tensor) => {
    const inner = gelu(tf.add(linear(params, 'text', text), picturePart));
    return linear(params, 'output', dropout(inner, config.dropout, options.random));
  };
  return {
    pooled: network(textPooled, seen), // [B, D]
    states: network(textStates, tf.expandDims(seen, 1)), // [B, T, D]
  };
}
