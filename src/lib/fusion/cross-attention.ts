/**
 * @file Cross-attention: each text state looks for what it needs among the patches of the picture. Blocks with the norm
 * before each branch,
 *
 *     x = x + g_a·attention(LayerNorm(x), patches);  x = x + g_f·W₂·gelu(W₁·LayerNorm(x))
 *
 * For `cross-attention` g = 1. For `gated-cross-attention` (Alayrac et al. 2022, Flamingo) g = tanh(α) with α learned
 * and 0 at first: the untrained model is the text-only model, to the bit. The pooled state looks for itself, as one
 * state more. The blocks stand behind the text network, not between its layers.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  attention,
  dropout,
  type ForwardOptions,
  gelu,
  layerNorm,
  layerNormSpecifications,
  lecunUniform,
  linear,
  linearSpecifications,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
  zeros,
} from '../nn';
import { absentPictureSpecifications, orAbsentPicture } from './absent-picture';
import type { Fusion, FusionInputs, FusionOptions, FusionOutput, FusionWidths } from './types';

export const crossAttentionConfigSchema = z.strictObject({
  kind: z.enum(['cross-attention', 'gated-cross-attention']),
  blocks: z.int().positive().default(1),
  heads: z.int().positive().default(4),
  /** Width of the feed-forward layer; four times the text width unless given. */
  hiddenSize: z.int().positive().nullable().default(null),
  dropout: z.number().min(0).lt(1).default(0.1),
});
export type CrossAttentionConfig = z.infer<typeof crossAttentionConfigSchema>;

/** Throws a `RangeError` where the text width is no multiple of the heads. */
export function crossAttention(config: CrossAttentionConfig, widths: FusionWidths): Fusion {
  const { text, vision } = widths;
  if (text % config.heads !== 0) {
    throw new RangeError(`fusion.heads: ${config.heads} does not divide the text width ${text}`);
  }
  return {
    usesPicture: true,
    width: text,
    specifications: () =>
      prefixed('fusion', [
        ...absentPictureSpecifications(vision),
        ...Array.from({ length: config.blocks }, (_, i) =>
          prefixed(`blocks.${i}`, blockSpecifications(config, widths)),
        ).flat(),
      ]),
    forward: (params, inputs, options) => fuse(params.scope('fusion'), config, inputs, options),
  };
}

function blockSpecifications(
  { kind, hiddenSize }: CrossAttentionConfig,
  { text, vision }: FusionWidths,
): ParameterSpecification[] {
  const hidden = hiddenSize ?? 4 * text;
  const dense = (name: string, inputs: number, outputs: number) =>
    linearSpecifications(name, inputs, outputs, { initialize: lecunUniform });
  const gate = (name: string) => ({ name, shape: [1], initialize: zeros });
  return [
    ...layerNormSpecifications('attention_norm', text),
    ...dense('query', text, text),
    ...dense('key', vision, text),
    ...dense('value', vision, text),
    ...dense('attention_output', text, text),
    ...layerNormSpecifications('feed_forward_norm', text),
    ...dense('feed_forward', text, hidden),
    ...dense('feed_forward_output', hidden, text),
    ...(kind === 'gated-cross-attention' ? [gate('attention_gate'), gate('feed_forward_gate')] : []),
  ];
}

function fuse(
  params: ParameterScope,
  config: CrossAttentionConfig,
  { textStates, textPooled, patches, picturePresent }: FusionInputs,
  options: FusionOptions = {},
): FusionOutput {
  const [batch, time, width] = textStates.shape as [number, number, number];
  const seen = orAbsentPicture(params, patches, picturePresent, batch);
  const picture = seen.rank === 2 ? tf.expandDims(seen, 1) : seen; // [B, P, Dv]
  let x = tf.concat([tf.expandDims(textPooled, 1), textStates], 1); // [B, 1 + T, D]
  const attentions: tf.Tensor[] = [];
  for (let i = 0; i < config.blocks; i++) {
    const { states, probabilities } = block(params.scope(`blocks.${i}`), config, x, picture, options);
    x = states;
    // The first query is the pooled state's.
    if (options.attentions)
      attentions.push(tf.slice(probabilities, [0, 0, 1, 0], [batch, config.heads, time, -1]));
  }
  return {
    pooled: tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, width]), [batch, width]),
    states: tf.slice(x, [0, 1, 0], [batch, time, width]),
    ...(options.attentions ? { attentions } : {}),
  };
}

function block(
  params: ParameterScope,
  config: CrossAttentionConfig,
  x: tf.Tensor,
  picture: tf.Tensor,
  { random }: ForwardOptions,
): { states: tf.Tensor; probabilities: tf.Tensor } {
  const gated = (name: string, branch: tf.Tensor) => {
    const gate = params.find(name);
    return gate ? tf.mul(branch, tf.tanh(gate)) : branch;
  };
  const queries = linear(params, 'query', layerNorm(params, 'attention_norm', x, 1e-5));
  const { output, probabilities } = attention(
    queries,
    linear(params, 'key', picture),
    linear(params, 'value', picture),
    {
      heads: config.heads,
      dropout: config.dropout,
      random,
    },
  );
  const looked = dropout(linear(params, 'attention_output', output), config.dropout, random);
  const a = tf.add(x, gated('attention_gate', looked));
  const inner = gelu(linear(params, 'feed_forward', layerNorm(params, 'feed_forward_norm', a, 1e-5)));
  const fed = dropout(linear(params, 'feed_forward_output', inner), config.dropout, random);
  return { states: tf.add(a, gated('feed_forward_gate', fed)), probabilities };
}
