/**
 * @file BERT (Devlin et al. 2018), an encoder that sees both sides: x = LayerNorm(word + position + segment), then
 * layers with the norm after each residual sum:
 *
 *     a = LayerNorm(x + attention(x));  x′ = LayerNorm(a + W₂·gelu(W₁·a))
 *
 * and pooled = tanh(W·x₀) of the first token. Names, shapes and numbers are those of Hugging Face's `BertModel`
 * under the prefix `bert`. Left out: relative positions, cross-attention, the decoder form.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  activationNames,
  activations,
  attention,
  dropout,
  embedding,
  embeddingSpecifications,
  layerNorm,
  layerNormSpecifications,
  linear,
  linearSpecifications,
  type ParameterScope,
  type ParameterSpecification,
  type PastTokens,
  prefixed,
  truncatedNormal,
} from '../nn';
import { attentionMask, pastTokens, positionStates, withoutPictureBehind } from './attention-mask';
import type { TextForwardOptions, TextInputs, TextOutput } from './types';

/** The keys of Hugging Face's `config.json`, in camelCase, with its defaults (BERT-base). */
export const bertConfigSchema = z
  .strictObject({
    modelType: z.literal('bert'),
    vocabSize: z.int().positive().default(30522),
    hiddenSize: z.int().positive().default(768),
    /** 0: a state is the norm of the token's word, place and segment, and no token knows another. */
    numHiddenLayers: z.int().nonnegative().default(12),
    numAttentionHeads: z.int().positive().default(12),
    intermediateSize: z.int().positive().default(3072),
    hiddenAct: z.enum(activationNames).default('gelu'),
    hiddenDropoutProb: z.number().min(0).lt(1).default(0.1),
    attentionProbsDropoutProb: z.number().min(0).lt(1).default(0.1),
    maxPositionEmbeddings: z.int().positive().default(512),
    typeVocabSize: z.int().positive().default(2),
    initializerRange: z.number().positive().default(0.02),
    layerNormEps: z.number().positive().default(1e-12),
    padTokenId: z.int().nonnegative().default(0),
  })
  .refine((config) => config.hiddenSize % config.numAttentionHeads === 0, {
    message: 'must divide hiddenSize',
    path: ['numAttentionHeads'],
  });
export type BertConfig = z.infer<typeof bertConfigSchema>;

/** Every parameter of `BertModel`, pooler included, under `bert.`. */
export function bertSpecifications(config: BertConfig): ParameterSpecification[] {
  const { hiddenSize: width, intermediateSize: inner } = config;
  const initialize = truncatedNormal(config.initializerRange);
  const dense = (name: string, inputs: number, outputs: number) =>
    linearSpecifications(name, inputs, outputs, { initialize });
  const layers = Array.from({ length: config.numHiddenLayers }, (_, layer) =>
    prefixed(`encoder.layer.${layer}`, [
      ...dense('attention.self.query', width, width),
      ...dense('attention.self.key', width, width),
      ...dense('attention.self.value', width, width),
      ...dense('attention.output.dense', width, width),
      ...layerNormSpecifications('attention.output.LayerNorm', width),
      ...dense('intermediate.dense', width, inner),
      ...dense('output.dense', inner, width),
      ...layerNormSpecifications('output.LayerNorm', width),
    ]),
  );
  return prefixed('bert', [
    ...embeddingSpecifications('embeddings.word_embeddings', config.vocabSize, width, initialize),
    ...embeddingSpecifications(
      'embeddings.position_embeddings',
      config.maxPositionEmbeddings,
      width,
      initialize,
    ),
    ...embeddingSpecifications('embeddings.token_type_embeddings', config.typeVocabSize, width, initialize),
    ...layerNormSpecifications('embeddings.LayerNorm', width),
    ...layers.flat(),
    ...dense('pooler.dense', width, width),
  ]);
}

/**
 * Token ids [B, T] → states [B, T, D], pooled [B, D]. Throws where T is longer than the position table, or the
 * mask or segments have another shape than the ids.
 */
export function bert(
  params: ParameterScope,
  config: BertConfig,
  inputs: TextInputs,
  options: TextForwardOptions = {},
): TextOutput {
  const root = params.scope('bert');
  const mask = attentionMask(inputs, 'bert', false);
  const attentions: tf.Tensor[] = [];
  let x = embeddings(root.scope('embeddings'), config, inputs, options);
  const hiddenStates: tf.Tensor[] = [x];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = encoderLayer(root.scope(`encoder.layer.${layer}`), config, x, mask, {
      ...options,
      past: pastTokens(inputs.past, layer),
    });
    x = block.states; // [B, T, D]
    attentions.push(block.probabilities);
    hiddenStates.push(x);
  }
  const read = withoutPictureBehind(x, inputs);
  const [batch, , width] = x.shape as [number, number, number];
  const first = tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, width]), [batch, width]);
  const pooled = tf.tanh(linear(root, 'pooler.dense', first)); // [B, D]
  return {
    ...read,
    pooled,
    ...(options.attentions ? { attentions } : {}),
    ...(options.hiddenStates ? { hiddenStates } : {}),
  };
}

function embeddings(
  params: ParameterScope,
  config: BertConfig,
  inputs: TextInputs,
  { random }: TextForwardOptions,
): tf.Tensor {
  const { ids, tokenTypes, pictureTokens } = inputs;
  const time = ids.shape[1] as number;
  if (time > config.maxPositionEmbeddings) {
    throw new RangeError(`bert: ${time} tokens, but the position table has ${config.maxPositionEmbeddings}`);
  }
  const words = embedding(params, 'word_embeddings', ids); // [B, T, D]
  const positions = positionStates(params.get('position_embeddings.weight'), inputs);
  const segments = tokenTypes
    ? embedding(params, 'token_type_embeddings', tokenTypes)
    : tf.slice(params.get('token_type_embeddings.weight'), [0, 0], [1, config.hiddenSize]);
  const text = tf.add(tf.add(words, segments), positions);
  const sum = pictureTokens ? tf.concat([text, pictureStates(params, config, pictureTokens)], 1) : text;
  return dropout(layerNorm(params, 'LayerNorm', sum, config.layerNormEps), config.hiddenDropoutProb, random);
}

/** Picture tokens [B, P, D] are the last segment's (MMBT); where they stand, the vision network has told them. */
function pictureStates(params: ParameterScope, config: BertConfig, tokens: tf.Tensor): tf.Tensor {
  const { typeVocabSize: types, hiddenSize: width } = config;
  const segment = tf.slice(params.get('token_type_embeddings.weight'), [types - 1, 0], [1, width]);
  return tf.add(tokens, segment);
}

function encoderLayer(
  params: ParameterScope,
  config: BertConfig,
  x: tf.Tensor,
  mask: tf.Tensor | null,
  { random, past }: TextForwardOptions & { past: PastTokens | null },
): { states: tf.Tensor; probabilities: tf.Tensor } {
  const { hiddenDropoutProb: rate, layerNormEps: epsilon } = config;
  const { output, probabilities } = attention(
    linear(params, 'attention.self.query', x),
    linear(params, 'attention.self.key', x),
    linear(params, 'attention.self.value', x),
    { heads: config.numAttentionHeads, mask, past, dropout: config.attentionProbsDropoutProb, random },
  );
  const attended = dropout(linear(params, 'attention.output.dense', output), rate, random);
  const a = layerNorm(params, 'attention.output.LayerNorm', tf.add(attended, x), epsilon);
  const inner = activations[config.hiddenAct](linear(params, 'intermediate.dense', a)); // [B, T, 4D]
  const outer = dropout(linear(params, 'output.dense', inner), rate, random);
  return { states: layerNorm(params, 'output.LayerNorm', tf.add(outer, a), epsilon), probabilities };
}
