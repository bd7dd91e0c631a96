/**
 * @file BART (Lewis et al. 2020), an encoder and a decoder of one token table: the encoder reads the source with both
 * sides in view, the decoder writes, seeing what it has written and, by cross-attention, what the encoder said. Norms
 * stand behind each branch:
 *
 *     encoder   x = LN(x + attention(x));  x = LN(x + W₂·gelu(W₁·x))
 *     decoder   x = LN(x + attention(x));  x = LN(x + attention(x, memory));  x = LN(x + W₂·gelu(W₁·x))
 *
 * Names, shapes and numbers are those of Hugging Face's `BartForConditionalGeneration`, positions from row 2 of their
 * table on. Left out: layer drop, and copies of the token table under other names.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  activationNames,
  activations,
  affine,
  attention,
  dropout,
  embedding,
  type ForwardOptions,
  layerNorm,
  layerNormSpecifications,
  linear,
  linearSpecifications,
  normal,
  type ParameterScope,
  type ParameterSpecification,
  type PastTokens,
  prefixed,
  zeros,
} from '../nn';
import { attentionMask, pastTokens, positionsOf, withoutPictureBehind } from './attention-mask';
import type {
  DecoderInputs,
  DecoderOutput,
  KeysAndValues,
  TextForwardOptions,
  TextInputs,
  TextOutput,
} from './types';

/** The keys of Hugging Face's `config.json`, in camelCase, with its defaults (BART large). */
export const bartConfigSchema = z.strictObject({
  modelType: z.literal('bart'),
  vocabSize: z.int().positive().default(50265),
  maxPositionEmbeddings: z.int().positive().default(1024),
  dModel: z.int().positive().default(1024),
  encoderLayers: z.int().positive().default(12),
  encoderAttentionHeads: z.int().positive().default(16),
  encoderFfnDim: z.int().positive().default(4096),
  decoderLayers: z.int().positive().default(12),
  decoderAttentionHeads: z.int().positive().default(16),
  decoderFfnDim: z.int().positive().default(4096),
  activationFunction: z.enum(activationNames).default('gelu'),
  dropout: z.number().min(0).lt(1).default(0.1),
  attentionDropout: z.number().min(0).lt(1).default(0),
  activationDropout: z.number().min(0).lt(1).default(0),
  initStd: z.number().positive().default(0.02),
  scaleEmbedding: z.boolean().default(false),
  padTokenId: z.int().nonnegative().default(1),
  bosTokenId: z.int().nonnegative().nullable().default(0),
  eosTokenId: z.int().nonnegative().nullable().default(2),
  decoderStartTokenId: z.int().nonnegative().default(2),
});
export type BartConfig = z.infer<typeof bartConfigSchema>;

/** The first rows of the position table stand for nothing. */
const OFFSET = 2;
/** `nn.LayerNorm`'s own. */
const EPSILON = 1e-5;

/** Every parameter of `BartForConditionalGeneration`, the token table once. */
export function bartSpecifications(config: BartConfig): ParameterSpecification[] {
  const { dModel: width, vocabSize, maxPositionEmbeddings } = config;
  const initialize = normal(config.initStd);
  const dense = (name: string, inputs: number, outputs: number) =>
    linearSpecifications(name, inputs, outputs, { initialize });
  const branch = (name: string) => [
    ...['k_proj', 'v_proj', 'q_proj', 'out_proj'].flatMap((part) => dense(`${name}.${part}`, width, width)),
    ...layerNormSpecifications(`${name}_layer_norm`, width),
  ];
  const feedForward = (inner: number) => [
    ...dense('fc1', width, inner),
    ...dense('fc2', inner, width),
    ...layerNormSpecifications('final_layer_norm', width),
  ];
  const side = (name: string, layers: number, parts: ParameterSpecification[]) =>
    prefixed(name, [
      { name: 'embed_positions.weight', shape: [maxPositionEmbeddings + OFFSET, width], initialize },
      ...layerNormSpecifications('layernorm_embedding', width),
      ...Array.from({ length: layers }, (_, layer) => prefixed(`layers.${layer}`, parts)).flat(),
    ]);
  return [
    ...prefixed('model', [
      { name: 'shared.weight', shape: [vocabSize, width], initialize },
      ...side('encoder', config.encoderLayers, [
        ...branch('self_attn'),
        ...feedForward(config.encoderFfnDim),
      ]),
      ...side('decoder', config.decoderLayers, [
        ...branch('self_attn'),
        ...branch('encoder_attn'),
        ...feedForward(config.decoderFfnDim),
      ]),
    ]),
    { name: 'final_logits_bias', shape: [1, vocabSize], initialize: zeros },
  ];
}

/** The encoder: token ids [B, T] → states [B, T, D], pooled [B, D]: the first token. Throws where T is too long. */
export function bartEncoder(
  params: ParameterScope,
  config: BartConfig,
  inputs: TextInputs,
  options: TextForwardOptions = {},
): TextOutput {
  const encoder = params.scope('model.encoder');
  const { random } = options;
  const mask = attentionMask(inputs, 'bart', false);
  const batch = inputs.ids.shape[0] as number;
  const words = embedded(params, 'encoder', config, inputs.ids, inputs.positions ?? null, random);
  let x = inputs.pictureTokens ? tf.concat([words, inputs.pictureTokens], 1) : words;
  const attentions: tf.Tensor[] = [];
  const hiddenStates = [x];
  for (let layer = 0; layer < config.encoderLayers; layer++) {
    const scope = encoder.scope(`layers.${layer}`);
    const heads = config.encoderAttentionHeads;
    const attended = attend(scope, 'self_attn', config, x, x, { heads, mask, random });
    x = feedForward(scope, config, attended.states, random);
    attentions.push(attended.probabilities);
    hiddenStates.push(x);
  }
  const width = config.dModel;
  return {
    ...withoutPictureBehind(x, inputs),
    pooled: tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, width]), [batch, width]),
    ...(options.attentions ? { attentions } : {}),
    ...(options.hiddenStates ? { hiddenStates } : {}),
  };
}

/** The decoder: ids [B, U] written so far beside `memory` [B, S, D] → states [B, U, D]. Throws where U is too long. */
export function bartDecoder(
  params: ParameterScope,
  config: BartConfig,
  inputs: DecoderInputs,
  options: TextForwardOptions = {},
): DecoderOutput {
  const decoder = params.scope('model.decoder');
  const { ids, memory, past } = inputs;
  const { random } = options;
  const own = attentionMask({ ids }, 'bart decoder', true);
  const beside = inputs.memoryMask
    ? attentionMask({ ids: inputs.memoryMask, mask: inputs.memoryMask }, 'bart memory', false)
    : null;
  const positions = positionsOf({ ids, past }, false);
  let x = embedded(params, 'decoder', config, ids, positions, random);
  const kept: KeysAndValues = { keys: [], values: [] };
  const attentions: tf.Tensor[] = [];
  const heads = config.decoderAttentionHeads;
  for (let layer = 0; layer < config.decoderLayers; layer++) {
    const scope = decoder.scope(`layers.${layer}`);
    const self = attend(scope, 'self_attn', config, x, x, {
      heads,
      mask: own,
      past: pastTokens(past, layer),
      random,
    });
    const cross = attend(scope, 'encoder_attn', config, self.states, memory, { heads, mask: beside, random });
    x = feedForward(scope, config, cross.states, random);
    kept.keys.push(self.keys);
    kept.values.push(self.values);
    attentions.push(cross.probabilities);
  }
  return {
    states: x,
    ...(options.attentions ? { attentions } : {}),
    ...(options.keysAndValues ? { keysAndValues: kept } : {}),
  };
}

/** Logits over the vocabulary by the token table: states [..., D] → [..., V]. */
export function bartLogits(params: ParameterScope, states: tf.Tensor): tf.Tensor {
  const logits = affine(states, params.get('model.shared.weight'), null);
  return tf.add(logits, tf.reshape(params.get('final_logits_bias'), [-1]));
}

function embedded(
  params: ParameterScope,
  side: 'encoder' | 'decoder',
  config: BartConfig,
  ids: tf.Tensor,
  positions: tf.Tensor | null,
  random: ForwardOptions['random'],
): tf.Tensor {
  const [batch, time] = ids.shape as [number, number];
  const { dModel: width, maxPositionEmbeddings: longest } = config;
  if (time > longest) throw new RangeError(`bart: ${time} tokens, but the position table has ${longest}`);
  const scope = params.scope(`model.${side}`);
  const table = scope.get('embed_positions.weight');
  const words = embedding(params, 'model.shared', ids);
  const scaled = config.scaleEmbedding ? tf.mul(words, Math.sqrt(width)) : words;
  const places = positions
    ? tf.reshape(
        tf.gather(table, tf.add(tf.reshape(positions, [-1]), tf.scalar(OFFSET, 'int32')) as tf.Tensor1D),
        [batch, time, width],
      )
    : tf.slice(table, [OFFSET, 0], [time, width]);
  const normed = layerNorm(scope, 'layernorm_embedding', tf.add(scaled, places), EPSILON);
  return dropout(normed, config.dropout, random);
}

interface AttendOptions extends ForwardOptions {
  heads: number;
  mask: tf.Tensor | null;
  past?: PastTokens | null;
}

function attend(
  params: ParameterScope,
  name: string,
  config: BartConfig,
  x: tf.Tensor,
  from: tf.Tensor,
  { heads, mask, past, random }: AttendOptions,
) {
  const { output, ...rest } = attention(
    linear(params, `${name}.q_proj`, x),
    linear(params, `${name}.k_proj`, from),
    linear(params, `${name}.v_proj`, from),
    { heads, mask, past, dropout: config.attentionDropout, random },
  );
  const added = dropout(linear(params, `${name}.out_proj`, output), config.dropout, random);
  return { states: layerNorm(params, `${name}_layer_norm`, tf.add(x, added), EPSILON), ...rest };
}

function feedForward(
  params: ParameterScope,
  config: BartConfig,
  x: tf.Tensor,
  random: ForwardOptions['random'],
): tf.Tensor {
  const inner = activations[config.activationFunction](linear(params, 'fc1', x));
  const outer = linear(params, 'fc2', dropout(inner, config.activationDropout, random));
  return layerNorm(params, 'final_layer_norm', tf.add(x, dropout(outer, config.dropout, random)), EPSILON);
}
