/**
 * @file Gated addition (Wu et al. 2021, "Good for misconceived reasons", eq. 4–5): the picture is added to every state
 * as far as a gate lets it in,
 *
 *     Λ = σ(W·[h; v] + b),   h' = h + Λ ⊙ (W_v·v + b_v)
 *
 * with v the pooled picture. The mean of Λ was that paper's measure of whether the picture matters, and was found near
 * 0. W is kept in two parts, text and picture, since W·[h; v] = W_t·h + W_p·v saves copying v to every token.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  affine,
  dropout,
  type ForwardOptions,
  lecunUniform,
  linear,
  linearSpecifications,
  type ParameterScope,
  prefixed,
} from '../nn';
import { absentPictureSpecifications, orAbsentPicture } from './absent-picture';
import type { Fusion, FusionInputs, FusionOutput, FusionWidths } from './types';

export const gatedAdditionConfigSchema = z.strictObject({
  kind: z.literal('gated-addition'),
  /** Of what is added. */
  dropout: z.number().min(0).lt(1).default(0.1),
});
export type GatedAdditionConfig = z.infer<typeof gatedAdditionConfigSchema>;

export function gatedAddition(config: GatedAdditionConfig, widths: FusionWidths): Fusion {
  const initialize = lecunUniform;
  return {
    usesPicture: true,
    width: widths.text,
    specifications: () =>
      prefixed('fusion', [
        ...absentPictureSpecifications(widths.vision),
        ...linearSpecifications('gate.text', widths.text, widths.text, { initialize }),
        ...linearSpecifications('gate.picture', widths.vision, widths.text, { initialize, bias: false }),
        ...linearSpecifications('picture', widths.vision, widths.text, { initialize }),
      ]),
    forward: (params, inputs, options) => fuse(params.scope('fusion'), config, inputs, options),
  };
}

function fuse(
  params: ParameterScope,
  config: GatedAdditionConfig,
  { textStates, textPooled, visionPooled, picturePresent }: FusionInputs,
  options: ForwardOptions = {},
): FusionOutput {
  const picture = orAbsentPicture(params, visionPooled, picturePresent, textPooled.shape[0] as number); // [B, Dv]
  const gatePart = affine(picture, params.get('gate.picture.weight'), null); // [B, D]
  const value = dropout(linear(params, 'picture', picture), config.dropout, options.random); // [B, D]
  const add = (states: tf.Tensor, gate: tf.Tensor, added: tf.Tensor) =>
    tf.add(states, tf.mul(tf.sigmoid(tf.add(linear(params, 'gate.text', states), gate)), added));
  return {
    states: add(textStates, tf.expandDims(gatePart, 1), tf.expandDims(value, 1)),
    pooled: add(textPooled, gatePart, value),
  };
}
