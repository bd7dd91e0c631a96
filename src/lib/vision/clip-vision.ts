/**
 * @file CLIP's vision tower (Radford et al. 2021): a Vision Transformer whose tiles have no bias, with a norm before
 * the layers, QuickGELU x·σ(1.702·x), and a norm after them on the state of the class token alone:
 *
 *     x = LayerNorm([class; tiles] + positions)
 *     x = x + attention(LayerNorm(x));  x = x + W₂·quickGELU(W₁·LayerNorm(x));  pooled = LayerNorm(x₀)
 *
 * Names, shapes and numbers are those of Hugging Face's `CLIPVisionModel`, under the prefix `vision_model`; the patches
 * are the rest of its `last_hidden_state`, which no norm has touched, and pooled is its `pooler_output`. Left out: the
 * projection to the space shared with texts, interpolated positions.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  activationNames,
  activations,
  assertShape,
  attention,
  convolve,
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
import { preprocessingSchema } from './preprocessing';
import type { VisionForwardOptions, VisionOutput } from './types';

/** x·σ(1.702·x), Hendrycks and Gimpel's quick form of the GELU; quickGelu(1) = 0.8457958. Shapes [...] → [...]. */
export function quickGelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
}

const CLIP_ACTIVATIONS = { ...activations, quick_gelu: quickGelu };

/** The keys of Hugging Face's `CLIPVisionConfig`, in camelCase, with its defaults (CLIP ViT-B/32). */
export const clipVisionConfigSchema = z
  .strictObject({
    modelType: z.literal('clip-vision'),
    imageSize: z.int().positive().default(224),
    patchSize: z.int().positive().default(32),
    numChannels: z.literal(3).default(3),
    hiddenSize: z.int().positive().default(768),
    numHiddenLayers: z.int().positive().default(12),
    numAttentionHeads: z.int().positive().default(12),
    intermediateSize: z.int().positive().default(3072),
    hiddenAct: z.enum([...activationNames, 'quick_gelu']).default('quick_gelu'),
    attentionDropout: z.number().min(0).lt(1).default(0),
    initializerRange: z.number().positive().default(0.02),
    layerNormEps: z.number().positive().default(1e-5),
    ...normalizationFields,
    preprocessing: preprocessingSchema.optional(),
  })
  .refine((config) => config.hiddenSize % config.numAttentionHeads === 0, {
    message: 'must be a multiple of numAttentionHeads',
    path: ['hiddenSize'],
  })
  .refine((config) => config.imageSize >= config.patchSize, {
    message: 'must be at least patchSize',
    path: ['imageSize'],
  });
export type ClipVisionConfig = z.infer<typeof clipVisionConfigSchema>;

/** How many patches P a picture has; what is left at the right and lower edge is not looked at. */
export const clipVisionPatchCount = (config: ClipVisionConfig): number =>
  Math.floor(config.imageSize / config.patchSize) ** 2;

/** Every parameter of `CLIPVisionModel`, under `vision_model.`. */
export function clipVisionSpecifications(config: ClipVisionConfig): ParameterSpecification[] {
  const { hiddenSize: width, intermediateSize: inner, patchSize: patch } = config;
  const initialize = truncatedNormal(config.initializerRange);
  const dense = (name: string, inputs: number, outputs: number) =>
    linearSpecifications(name, inputs, outputs, { initialize });
  const layers = Array.from({ length: config.numHiddenLayers }, (_, layer) =>
    prefixed(`encoder.layers.${layer}`, [
      ...['k_proj', 'v_proj', 'q_proj', 'out_proj'].flatMap((name) =>
        dense(`self_attn.${name}`, width, width),
      ),
      ...layerNormSpecifications('layer_norm1', width),
      ...dense('mlp.fc1', width, inner),
      ...dense('mlp.fc2', inner, width),
      ...layerNormSpecifications('layer_norm2', width),
    ]),
  );
  return prefixed('vision_model', [
    { name: 'embeddings.class_embedding', shape: [width], initialize },
    {
      name: 'embeddings.patch_embedding.weight',
      shape: [width, config.numChannels, patch, patch],
      initialize,
    },
    {
      name: 'embeddings.position_embedding.weight',
      shape: [clipVisionPatchCount(config) + 1, width],
      initialize,
    },
    ...layerNormSpecifications('pre_layrnorm', width),
    ...layers.flat(),
    ...layerNormSpecifications('post_layernorm', width),
  ]);
}

/** Pixels [B, S, S, 3] in [0, 1] → patches [B, P, D] and pooled [B, D]. Throws where S is not `imageSize`. */
export function clipVision(
  params: ParameterScope,
  config: ClipVisionConfig,
  pixels: tf.Tensor,
  options: VisionForwardOptions = {},
): VisionOutput {
  const { imageSize, patchSize, hiddenSize: width, layerNormEps: epsilon } = config;
  assertShape(pixels, ['B', imageSize, imageSize, 3], 'clip-vision pixels');
  const root = params.scope('vision_model');
  const batch = pixels.shape[0] as number;
  const count = clipVisionPatchCount(config);
  const filter = root.get('embeddings.patch_embedding.weight');
  const tiles = convolve(normalizePixels(pixels, config), filter, null, { stride: patchSize }); // [B, S/p, S/p, D]
  const first = tf.broadcastTo(tf.reshape(root.get('embeddings.class_embedding'), [1, 1, width]), [
    batch,
    1,
    width,
  ]);
  const tokens = tf.concat([first, tf.reshape(tiles, [batch, count, width])], 1); // [B, 1 + P, D]
  let x = tf.add(tokens, root.get('embeddings.position_embedding.weight'));
  x = layerNorm(root, 'pre_layrnorm', x, epsilon);
  const attentions: tf.Tensor[] = [];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = encoderLayer(root.scope(`encoder.layers.${layer}`), config, x, options);
    x = block.states;
    attentions.push(block.probabilities);
  }
  const pooled = tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, width]), [batch, width]);
  return {
    patches: tf.slice(x, [0, 1, 0], [batch, count, width]),
    pooled: layerNorm(root, 'post_layernorm', pooled, epsilon),
    ...(options.attentions ? { attentions } : {}),
  };
}

function encoderLayer(
  params: ParameterScope,
  config: ClipVisionConfig,
  x: tf.Tensor,
  { random }: VisionForwardOptions,
): { states: tf.Tensor; probabilities: tf.Tensor } {
  const n = layerNorm(params, 'layer_norm1', x, config.layerNormEps);
  const { output, probabilities } = attention(
    linear(params, 'self_attn.q_proj', n),
    linear(params, 'self_attn.k_proj', n),
    linear(params, 'self_attn.v_proj', n),
    { heads: config.numAttentionHeads, dropout: config.attentionDropout, random },
  );
  const a = tf.add(x, linear(params, 'self_attn.out_proj', output));
  const m = layerNorm(params, 'layer_norm2', a, config.layerNormEps);
  const inner = CLIP_ACTIVATIONS[config.hiddenAct](linear(params, 'mlp.fc1', m)); // [B, 1 + P, 4D]
  return { states: tf.add(a, linear(params, 'mlp.fc2', inner)), probabilities };
}
