/**
 * @file Concatenation, the source document's z = [z_t; z_v], fed to a small network whose result the linear head
 * reads (ConcatBERT in Kiela et al. 2019). The text's part is z_t = LayerNorm(h + c), c the pooled state and h the
 * mean state of the text, or for each token its own; a token of a text that is written knows no later ones, and so no
 * c. The network is a gated feed-forward (GEGLU, Shazeer 2020):
 *
 *     u = W₂·dropout(gelu(A·z + a) ⊙ (B·z + b)) + b₂
 *
 * The gate multiplies what the text says with what the picture shows. Without it (a plain GELU layer) the question
 * "is the shape the colour that is asked for?" stays at its prior for many epochs: alone, neither half tells
 * anything, so there is no first-order slope to follow. A and B are kept in two parts, text and picture, since
 * A·[x; y] = A_t·x + A_v·y saves copying the picture to every token.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  affine,
  dropout,
  type ForwardOptions,
  gelu,
  kaimingNormal,
  layerNorm,
  layerNormSpecifications,
  lecunUniform,
  linear,
  linearSpecifications,
  maskedMean,
  type ParameterScope,
  prefixed,
} from '../nn';
import { absentPictureSpecifications, orAbsentPicture } from './absent-picture';
import type { Fusion, FusionInputs, FusionOutput, FusionWidths } from './types';

export const concatConfigSchema = z.strictObject({
  kind: z.literal('concat'),
  /** Width of the gated layer; four times the text width unless given. */
  hiddenSize: z.int().positive().nullable().default(null),
  dropout: z.number().min(0).lt(1).default(0.1),
});
export type ConcatConfig = z.infer<typeof concatConfigSchema>;

export function concatFusion(config: ConcatConfig, widths: FusionWidths): Fusion {
  const hidden = config.hiddenSize ?? 4 * widths.text;
  // Scaled for each half by itself: at half this scale the products start too small to be found.
  const initialize = kaimingNormal;
  return {
    usesPicture: true,
    width: widths.text,
    specifications: () =>
      prefixed('fusion', [
        ...absentPictureSpecifications(widths.vision),
        ...layerNormSpecifications('norm', widths.text),
        ...linearSpecifications('text', widths.text, 2 * hidden, { initialize }),
        ...linearSpecifications('picture', widths.vision, 2 * hidden, { initialize, bias: false }),
        ...linearSpecifications('output', hidden, widths.text, { initialize: lecunUniform }),
      ]),
    forward: (params, inputs, options) => fuse(params.scope('fusion'), config, inputs, options),
  };
}

function fuse(
  params: ParameterScope,
  config: ConcatConfig,
  { textStates, textPooled, textMask, causal, visionPooled, picturePresent }: FusionInputs,
  options: ForwardOptions = {},
): FusionOutput {
  const batch = textPooled.shape[0] as number;
  const picture = orAbsentPicture(params, visionPooled, picturePresent, batch); // [B, Dv]
  const seen = affine(picture, params.get('picture.weight'), null); // [B, 2·hidden]
  const network = (state: tf.Tensor, pooled: tf.Tensor | null, picturePart: tf.Tensor) => {
    const text = layerNorm(params, 'norm', pooled ? tf.add(state, pooled) : state, 1e-5);
    const both = tf.add(linear(params, 'text', text), picturePart);
    const [gate, value] = tf.split(both, 2, both.rank - 1) as [tf.Tensor, tf.Tensor];
    return linear(params, 'output', dropout(tf.mul(gelu(gate), value), config.dropout, options.random));
  };
  return {
    pooled: network(maskedMean(textStates, textMask), textPooled, seen), // [B, D]
    states: network(textStates, causal ? null : tf.expandDims(textPooled, 1), tf.expandDims(seen, 1)), // [B, T, D]
  };
}
