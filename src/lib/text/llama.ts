/**
 * @file A Llama decoder (Touvron et al. 2023): no biases, RMS norm before each branch, rotary positions, grouped
 * queries, and a gated feed-forward (SwiGLU, Shazeer 2020):
 *
 *     x = x + attention(RMSNorm(x));  x = x + W_down·(silu(W_gate·n) ⊙ W_up·n),  n = RMSNorm(x)
 *
 * Names, shapes and numbers are those of Hugging Face's `LlamaForCausalLM` under the prefix `model`. Left out:
 * scaled rotary variants, biases, head widths other than D/H.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  type AttentionOptions,
  type AttentionResult,
  activationNames,
  activations,
  affine,
  attention,
  embedding,
  embeddingSpecifications,
  linear,
  linearSpecifications,
  normal,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
  rmsNorm,
  rmsNormSpecifications,
  rotary,
} from '../nn';
import {
  attentionMask,
  pastTokens,
  positionsOf,
  withoutPictureBefore,
  withPictureBefore,
} from './attention-mask';
import { lastStates } from './last-state';
import type { KeysAndValues, TextForwardOptions, TextInputs, TextOutput } from './types';

/** The keys of Hugging Face's `config.json`, in camelCase, with its defaults. */
export const llamaConfigSchema = z.strictObject({
  modelType: z.literal('llama'),
  vocabSize: z.int().positive().default(32000),
  hiddenSize: z.int().positive().default(4096),
  intermediateSize: z.int().positive().default(11008),
  numHiddenLayers: z.int().positive().default(32),
  numAttentionHeads: z.int().positive().default(32),
  numKeyValueHeads: z.int().positive().nullable().default(null),
  hiddenAct: z.enum(activationNames).default('silu'),
  maxPositionEmbeddings: z.int().positive().default(2048),
  initializerRange: z.number().positive().default(0.02),
  rmsNormEps: z.number().positive().default(1e-6),
  ropeTheta: z.number().positive().default(10000),
  attentionDropout: z.number().min(0).lt(1).default(0),
  tieWordEmbeddings: z.boolean().default(false),
  bosTokenId: z.int().nonnegative().nullable().default(1),
  eosTokenId: z.int().nonnegative().nullable().default(2),
});
export type LlamaConfig = z.infer<typeof llamaConfigSchema>;

const keyValueHeads = (config: LlamaConfig) => config.numKeyValueHeads ?? config.numAttentionHeads;

/** Every parameter of `LlamaModel` under `model.`, and `lm_head.weight` unless the head is tied. */
export function llamaSpecifications(config: LlamaConfig): ParameterSpecification[] {
  const { hiddenSize: width, intermediateSize: inner } = config;
  const initialize = normal(config.initializerRange);
  const narrow = (width / config.numAttentionHeads) * keyValueHeads(config);
  const dense = (name: string, inputs: number, outputs: number) =>
    linearSpecifications(name, inputs, outputs, { initialize, bias: false });
  const layers = Array.from({ length: config.numHiddenLayers }, (_, layer) =>
    prefixed(`layers.${layer}`, [
      ...dense('self_attn.q_proj', width, width),
      ...dense('self_attn.k_proj', width, narrow),
      ...dense('self_attn.v_proj', width, narrow),
      ...dense('self_attn.o_proj', width, width),
      ...dense('mlp.gate_proj', width, inner),
      ...dense('mlp.up_proj', width, inner),
      ...dense('mlp.down_proj', inner, width),
      ...rmsNormSpecifications('input_layernorm', width),
      ...rmsNormSpecifications('post_attention_layernorm', width),
    ]),
  );
  return [
    ...prefixed('model', [
      ...embeddingSpecifications('embed_tokens', config.vocabSize, width, initialize),
      ...layers.flat(),
      ...rmsNormSpecifications('norm', width),
    ]),
    ...(config.tieWordEmbeddings ? [] : dense('lm_head', width, config.vocabSize)),
  ];
}

/** Token ids [B, T] → states [B, T, D], pooled [B, D]: the last token that counts. Throws where T is too long. */
export function llama(
  params: ParameterScope,
  config: LlamaConfig,
  inputs: TextInputs,
  options: TextForwardOptions = {},
): TextOutput {
  const root = params.scope('model');
  const { ids, mask } = inputs;
  const time = ids.shape[1] as number;
  if (time > config.maxPositionEmbeddings) {
    throw new RangeError(`llama: ${time} tokens, but positions end at ${config.maxPositionEmbeddings}`);
  }
  const hidden = attentionMask(inputs, 'llama', true) as tf.Tensor; // [B, 1, T, T]
  // The picture's tokens come before the text's and take none of its positions away.
  const pictureTokens = inputs.past?.pictureTokens ?? inputs.pictureTokens?.shape[1] ?? 0;
  const positions = {
    of: positionsOf(inputs, true),
    longest: config.maxPositionEmbeddings + pictureTokens,
  };
  const rotate = (heads: tf.Tensor) => rotary(heads, config.ropeTheta, positions);
  let x = withPictureBefore(embedding(root, 'embed_tokens', ids), inputs); // [B, T, D]
  const attentions: tf.Tensor[] = [];
  const hiddenStates: tf.Tensor[] = [x];
  const kept: KeysAndValues = { keys: [], values: [] };
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = decoderLayer(root.scope(`layers.${layer}`), config, x, {
      mask: hidden,
      rotate,
      past: pastTokens(inputs.past, layer),
      random: options.random,
    });
    x = block.states;
    attentions.push(block.probabilities);
    hiddenStates.push(x);
    kept.keys.push(block.keys);
    kept.values.push(block.values);
  }
  const states = rmsNorm(root, 'norm', withoutPictureBefore(x, inputs), config.rmsNormEps);
  const pooled = lastStates(states, mask ?? null);
  return {
    states,
    pooled,
    ...(options.attentions ? { attentions } : {}),
    ...(options.hiddenStates ? { hiddenStates } : {}),
    ...(options.keysAndValues ? { keysAndValues: kept } : {}),
  };
}

/** Logits over the vocabulary: states [..., D] → [..., V]. */
export function llamaLogits(params: ParameterScope, config: LlamaConfig, states: tf.Tensor): tf.Tensor {
  const table = config.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
  return affine(states, params.get(table), null);
}

function decoderLayer(
  params: ParameterScope,
  config: LlamaConfig,
  x: tf.Tensor,
  { mask, rotate, past, random }: Pick<AttentionOptions, 'mask' | 'rotate' | 'past' | 'random'>,
): Omit<AttentionResult, 'output'> & { states: tf.Tensor } {
  const n = rmsNorm(params, 'input_layernorm', x, config.rmsNormEps);
  const { output, ...attended } = attention(
    linear(params, 'self_attn.q_proj', n),
    linear(params, 'self_attn.k_proj', n),
    linear(params, 'self_attn.v_proj', n),
    {
      heads: config.numAttentionHeads,
      keyValueHeads: keyValueHeads(config),
      mask,
      dropout: config.attentionDropout,
      rotate,
      past,
      random,
    },
  );
  const a = tf.add(x, linear(params, 'self_attn.o_proj', output));
  const m = rmsNorm(params, 'post_attention_layernorm', a, config.rmsNormEps);
  const gated = tf.mul(
    activations[config.hiddenAct](linear(params, 'mlp.gate_proj', m)),
    linear(params, 'mlp.up_proj', m),
  );
  return { states: tf.add(a, linear(params, 'mlp.down_proj', gated)), ...attended };
}
