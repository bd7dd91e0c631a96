/**
 * @file The Vision Transformer (Dosovitskiy et al. 2020): the picture is cut into tiles, each a token by one
 * linear map (a convolution whose stride is its size); a [CLS] token goes first, positions are added, and layers
 * norm before each branch:
 *
 *     x = x + attention(LayerNorm(x));  x = x + W₂·gelu(W₁·LayerNorm(x));  out = LayerNorm(x)
 *
 * Names, shapes and numbers are those of Hugging Face's `ViTModel` without its pooler, under the prefix `vit`;
 * pooled is the state of [CLS]. Left out: interpolated positions, masked patches.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  activationNames,
  activations,
  assertShape,
  attention,
  conv2d,
  conv2dSpecifications,
  dropout,
  layerNorm,
  layerNormSpecifications,
  linear,
  linearSpecifications,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
  truncatedNormal,
} from '../nn';
import { normalizationFields, normalizePixels } from './normalize-pixels';
import { positionInitializerRange } from './position-scale';
import { preprocessingSchema } from './preprocessing';
import type { VisionForwardOptions, VisionOutput } from './types';

/** The keys of Hugging Face's `config.json`, in camelCase, with its defaults (ViT-base), and the normalization. */
export const vitConfigSchema = z
  .strictObject({
    modelType: z.literal('vit'),
    imageSize: z.int().positive().default(224),
    patchSize: z.int().positive().default(16),
    numChannels: z.literal(3).default(3),
    hiddenSize: z.int().positive().default(768),
    numHiddenLayers: z.int().positive().default(12),
    numAttentionHeads: z.int().positive().default(12),
    intermediateSize: z.int().positive().default(3072),
    hiddenAct: z.enum(activationNames).default('gelu'),
    hiddenDropoutProb: z.number().min(0).lt(1).default(0),
    attentionProbsDropoutProb: z.number().min(0).lt(1).default(0),
    initializerRange: z.number().positive().default(0.02),
    positionInitializerRange: positionInitializerRange.optional(),
    layerNormEps: z.number().positive().default(1e-12),
    qkvBias: z.boolean().default(true),
    ...normalizationFields,
    preprocessing: preprocessingSchema.optional(),
  })
  .refine((config) => config.imageSize % config.patchSize === 0, {
    message: 'must be a multiple of patchSize',
    path: ['imageSize'],
  });
export type VitConfig = z.infer<typeof vitConfigSchema>;

/** How many patches P a picture has. */
export const vitPatchCount = (config: VitConfig): number => (config.imageSize / config.patchSize) ** 2;

/** Every parameter of `ViTModel(add_pooling_layer=False)`, under `vit.`. */
export function vitSpecifications(config: VitConfig): ParameterSpecification[] {
  const { hiddenSize: width, intermediateSize: inner, qkvBias: bias } = config;
  const initialize = truncatedNormal(config.initializerRange);
  const dense = (name: string, inputs: number, outputs: number, withBias = true) =>
    linearSpecifications(name, inputs, outputs, { initialize, bias: withBias });
  const layers = Array.from({ length: config.numHiddenLayers }, (_, layer) =>
    prefixed(`encoder.layer.${layer}`, [
      ...dense('attention.attention.query', width, width, bias),
      ...dense('attention.attention.key', width, width, bias),
      ...dense('attention.attention.value', width, width, bias),
      ...dense('attention.output.dense', width, width),
      ...dense('intermediate.dense', width, inner),
      ...dense('output.dense', inner, width),
      ...layerNormSpecifications('layernorm_before', width),
      ...layerNormSpecifications('layernorm_after', width),
    ]),
  );
  return prefixed('vit', [
    { name: 'embeddings.cls_token', shape: [1, 1, width], initialize },
    {
      name: 'embeddings.position_embeddings',
      shape: [1, vitPatchCount(config) + 1, width],
      initialize: truncatedNormal(config.positionInitializerRange ?? config.initializerRange),
    },
    ...conv2dSpecifications(
      'embeddings.patch_embeddings.projection',
      config.numChannels,
      width,
      config.patchSize,
      initialize,
    ),
    ...layers.flat(),
    ...layerNormSpecifications('layernorm', width),
  ]);
}

/** Pixels [B, S, S, 3] in [0, 1] → patches [B, P, D] and pooled [B, D]. Throws where S is not `imageSize`. */
export function vit(
  params: ParameterScope,
  config: VitConfig,
  pixels: tf.Tensor,
  options: VisionForwardOptions = {},
): VisionOutput {
  const { imageSize, patchSize, hiddenSize: width } = config;
  assertShape(pixels, ['B', imageSize, imageSize, 3], 'vit pixels');
  const root = params.scope('vit');
  const batch = pixels.shape[0] as number;
  const count = vitPatchCount(config);
  const tiles = conv2d(root, 'embeddings.patch_embeddings.projection', normalizePixels(pixels, config), {
    stride: patchSize,
  }); // [B, S/p, S/p, D]
  const first = tf.broadcastTo(root.get('embeddings.cls_token'), [batch, 1, width]);
  const tokens = tf.concat([first, tf.reshape(tiles, [batch, count, width])], 1); // [B, 1 + P, D]
  let x = tf.add(tokens, root.get('embeddings.position_embeddings'));
  x = dropout(x, config.hiddenDropoutProb, options.random);
  const attentions: tf.Tensor[] = [];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = encoderLayer(root.scope(`encoder.layer.${layer}`), config, x, options);
    x = block.states;
    attentions.push(block.probabilities);
  }
  const states = layerNorm(root, 'layernorm', x, config.layerNormEps);
  return {
    patches: tf.slice(states, [0, 1, 0], [batch, count, width]),
    pooled: tf.reshape(tf.slice(states, [0, 0, 0], [batch, 1, width]), [batch, width]),
    ...(options.attentions ? { attentions } : {}),
  };
}

function encoderLayer(
  params: ParameterScope,
  config: VitConfig,
  x: tf.Tensor,
  { random }: VisionForwardOptions,
): { states: tf.Tensor; probabilities: tf.Tensor } {
  const { hiddenDropoutProb: rate, layerNormEps: epsilon } = config;
  const n = layerNorm(params, 'layernorm_before', x, epsilon);
  const { output, probabilities } = attention(
    linear(params, 'attention.attention.query', n),
    linear(params, 'attention.attention.key', n),
    linear(params, 'attention.attention.value', n),
    { heads: config.numAttentionHeads, dropout: config.attentionProbsDropoutProb, random },
  );
  const a = tf.add(x, dropout(linear(params, 'attention.output.dense', output), rate, random));
  const m = layerNorm(params, 'layernorm_after', a, epsilon);
  const inner = activations[config.hiddenAct](linear(params, 'intermediate.dense', m)); // [B, 1 + P, 4D]
  return { states: tf.add(a, dropout(linear(params, 'output.dense', inner), rate, random)), probabilities };
}
