/**
 * @file BERT's two pretraining heads, with the names of Hugging Face's `BertForPreTraining`: masked words,
 *
 *     logits = LayerNorm(gelu(W·h + b))·Eᵀ + bias      with E the word table itself (tied),
 *
 * and whether the second sentence follows the first (two classes; 0 says that it does).
 */
import type { tf } from '../engine';
import {
  activations,
  affine,
  layerNorm,
  layerNormSpecifications,
  linear,
  linearSpecifications,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
  truncatedNormal,
  zeros,
} from '../nn';
import type { BertConfig } from './bert';

/** `cls.predictions.…`; the decoder's weight is `bert.embeddings.word_embeddings.weight`. */
export function bertMaskedWordSpecifications(config: BertConfig): ParameterSpecification[] {
  const initialize = truncatedNormal(config.initializerRange);
  return prefixed('cls.predictions', [
    { name: 'bias', shape: [config.vocabSize], initialize: zeros },
    ...linearSpecifications('transform.dense', config.hiddenSize, config.hiddenSize, { initialize }),
    ...layerNormSpecifications('transform.LayerNorm', config.hiddenSize),
  ]);
}

/** States [..., D] → logits over the vocabulary [..., V]. */
export function bertMaskedWordLogits(
  params: ParameterScope,
  config: BertConfig,
  states: tf.Tensor,
): tf.Tensor {
  const root = params.scope('cls.predictions');
  const transformed = activations[config.hiddenAct](linear(root, 'transform.dense', states));
  const normalized = layerNorm(root, 'transform.LayerNorm', transformed, config.layerNormEps);
  return affine(normalized, params.get('bert.embeddings.word_embeddings.weight'), root.get('bias'));
}

/** `cls.seq_relationship` [2, D]. */
export function bertNextSentenceSpecifications(config: BertConfig): ParameterSpecification[] {
  const initialize = truncatedNormal(config.initializerRange);
  return linearSpecifications('cls.seq_relationship', config.hiddenSize, 2, { initialize });
}

/** Pooled [B, D] → logits [B, 2]. */
export function bertNextSentenceLogits(params: ParameterScope, pooled: tf.Tensor): tf.Tensor {
  return linear(params, 'cls.seq_relationship', pooled);
}
