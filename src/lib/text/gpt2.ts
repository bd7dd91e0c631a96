/**
 * @file GPT-2 (Radford et al. 2019), a decoder that sees only what stands before: token + position embeddings, then
 * layers with the norm before each branch:
 *
 *     x = x + attention(LayerNorm(x));  x = x + W₂·gelu(W₁·LayerNorm(x));  out = LayerNorm(x)
 *
 * Names, shapes (`Conv1D` is [in, out]) and numbers are those of Hugging Face's `GPT2Model` under the prefix
 * `transformer`. The vocabulary head shares the token table. Left out: cross-attention, per-layer scaling.
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
  conv1d,
  conv1dSpecifications,
  dropout,
  embedding,
  embeddingSpecifications,
  layerNorm,
  layerNormSpecifications,
  normal,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
} from '../nn';
import {
  attentionMask,
  pastTokens,
  positionStates,
  withoutPictureBefore,
  withPictureBefore,
} from './attention-mask';
import { lastStates } from './last-state';
import type { KeysAndValues, TextForwardOptions, TextInputs, TextOutput } from './types';

/** The keys of Hugging Face's `config.json`, in camelCase, with its defaults (GPT-2 small). */
export const gpt2ConfigSchema = z.strictObject({
  modelType: z.literal('gpt2'),
  vocabSize: z.int().positive().default(50257),
  nPositions: z.int().positive().default(1024),
  nEmbd: z.int().positive().default(768),
  nLayer: z.int().positive().default(12),
  nHead: z.int().positive().default(12),
  nInner: z.int().positive().nullable().default(null),
  activationFunction: z.enum(activationNames).default('gelu_new'),
  residPdrop: z.number().min(0).lt(1).default(0.1),
  embdPdrop: z.number().min(0).lt(1).default(0.1),
  attnPdrop: z.number().min(0).lt(1).default(0.1),
  layerNormEpsilon: z.number().positive().default(1e-5),
  initializerRange: z.number().positive().default(0.02),
  bosTokenId: z.int().nonnegative().nullable().default(50256),
  eosTokenId: z.int().nonnegative().nullable().default(50256),
});
export type Gpt2Config = z.infer<typeof gpt2ConfigSchema>;

/** Every parameter of `GPT2Model`, under `transformer.`. Branch ends begin smaller by √(2·layers). */
export function gpt2Specifications(config: Gpt2Config): ParameterSpecification[] {
  const width = config.nEmbd;
  const inner = config.nInner ?? 4 * width;
  const initialize = normal(config.initializerRange);
  const ending = { initialize: normal(config.initializerRange / Math.sqrt(2 * config.nLayer)) };
  const layers = Array.from({ length: config.nLayer }, (_, layer) =>
    prefixed(`h.${layer}`, [
      ...layerNormSpecifications('ln_1', width),
      ...conv1dSpecifications('attn.c_attn', width, 3 * width, { initialize }),
      ...conv1dSpecifications('attn.c_proj', width, width, ending),
      ...layerNormSpecifications('ln_2', width),
      ...conv1dSpecifications('mlp.c_fc', width, inner, { initialize }),
      ...conv1dSpecifications('mlp.c_proj', inner, width, ending),
    ]),
  );
  return prefixed('transformer', [
    ...embeddingSpecifications('wte', config.vocabSize, width, initialize),
    ...embeddingSpecifications('wpe', config.nPositions, width, initialize),
    ...layers.flat(),
    ...layerNormSpecifications('ln_f', width),
  ]);
}

/** Token ids [B, T] → states [B, T, D], pooled [B, D]: the last token that counts. Throws where T is too long. */
export function gpt2(
  params: ParameterScope,
  config: Gpt2Config,
  inputs: TextInputs,
  options: TextForwardOptions = {},
): TextOutput {
  const root = params.scope('transformer');
  const { ids, mask } = inputs;
  const time = ids.shape[1] as number;
  if (time > config.nPositions) {
    throw new RangeError(`gpt2: ${time} tokens, but the position table has ${config.nPositions}`);
  }
  const hidden = attentionMask(inputs, 'gpt2', true) as tf.Tensor; // [B, 1, T, T]
  const positions = positionStates(root.get('wpe.weight'), inputs);
  const words = dropout(tf.add(embedding(root, 'wte', ids), positions), config.embdPdrop, options.random);
  let x = withPictureBefore(words, inputs);
  const attentions: tf.Tensor[] = [];
  const hiddenStates: tf.Tensor[] = [x];
  const kept: KeysAndValues = { keys: [], values: [] };
  for (let layer = 0; layer < config.nLayer; layer++) {
    const block = decoderLayer(root.scope(`h.${layer}`), config, x, {
      mask: hidden,
      past: pastTokens(inputs.past, layer),
      random: options.random,
    });
    x = block.states; // [B, T, D]
    attentions.push(block.probabilities);
    hiddenStates.push(x);
    kept.keys.push(block.keys);
    kept.values.push(block.values);
  }
  const states = layerNorm(root, 'ln_f', withoutPictureBefore(x, inputs), config.layerNormEpsilon);
  const pooled = lastStates(states, mask ?? null);
  return {
    states,
    pooled,
    ...(options.attentions ? { attentions } : {}),
    ...(options.hiddenStates ? { hiddenStates } : {}),
    ...(options.keysAndValues ? { keysAndValues: kept } : {}),
  };
}

/** Logits over the vocabulary by the token table: states [..., D] → [..., V]. */
export function gpt2Logits(params: ParameterScope, states: tf.Tensor): tf.Tensor {
  return affine(states, params.get('transformer.wte.weight'), null);
}

function decoderLayer(
  params: ParameterScope,
  config: Gpt2Config,
  x: tf.Tensor,
  { mask, past, random }: Pick<AttentionOptions, 'mask' | 'past' | 'random'>,
): Omit<AttentionResult, 'output'> & { states: tf.Tensor } {
  const { residPdrop: rate, layerNormEpsilon: epsilon } = config;
  const joint = conv1d(params, 'attn.c_attn', layerNorm(params, 'ln_1', x, epsilon)); // [B, T, 3D]
  const [queries, keys, values] = tf.split(joint, 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const { output, ...attended } = attention(queries, keys, values, {
    heads: config.nHead,
    mask,
    past,
    dropout: config.attnPdrop,
    random,
  });
  const a = tf.add(x, dropout(conv1d(params, 'attn.c_proj', output), rate, random));
  const inner = conv1d(params, 'mlp.c_fc', layerNorm(params, 'ln_2', a, epsilon)); // [B, T, 4D]
  const outer = conv1d(params, 'mlp.c_proj', activations[config.activationFunction](inner));
  return { states: tf.add(a, dropout(outer, rate, random)), ...attended };
}
