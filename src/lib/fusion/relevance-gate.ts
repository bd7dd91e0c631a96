/**
 * @file The relevance gate: does the picture hold information that the task needs? The source document's "binary
 * classifier", which it mentions once and never connects to z, completed as in RpBERT (Sun et al. 2021): a logit
 *
 *     s = w·(gelu(A·[t; v] + a) ⊙ (B·[t; v] + b)) + c,     P(relevant | text, picture) = σ(s)
 *
 * of the pooled text t and picture v, with a loss of its own (binary cross-entropy), and what fusion sees is scaled by
 * it: the picture's states are mixed with the learned "no picture" vector,
 *
 *     v' = g·v + (1 − g)·absent,     g = σ(s) (soft), or 1[σ(s) > threshold] (hard)
 *
 * so that g = 0 is exactly the model without a picture. The hard gate's gradient is the soft one's (straight-through,
 * Bengio et al. 2013). RpBERT mixes with zeros and reads s from [CLS] of text and picture together.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  affine,
  binaryCrossEntropyWithLogits,
  dropout,
  type ForwardOptions,
  gelu,
  kaimingNormal,
  layerNorm,
  layerNormSpecifications,
  linear,
  linearSpecifications,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
  zeros,
} from '../nn';
import type { Relevance } from './guided-inputs';
import type { FusionWidths } from './types';

export const gateConfigSchema = z.strictObject({
  /** What is let in: a share of the picture, or all or nothing. */
  mode: z.enum(['soft', 'hard']).default('soft'),
  /** Where the hard gate opens. */
  threshold: z.number().gt(0).lt(1).default(0.5),
  /**
   * What it learns from, beside the task's own loss: `labels`, the field `imageRelevant` of the records; `matching`,
   * whether the picture is the text's own or another record's; `both`; or `none`, the task's loss alone.
   */
  supervision: z.enum(['labels', 'matching', 'both', 'none']).default('labels'),
  /** Of its own loss beside the task's; RpBERT has 0.05 beside a loss summed over tokens. */
  lossWeight: z.number().min(0).default(0.5),
  /** Width of the gated layer. */
  hiddenSize: z.int().positive().default(64),
  dropout: z.number().min(0).lt(1).default(0.1),
});
export type GateConfig = z.infer<typeof gateConfigSchema>;

/** Parameters under `gate.`. */
export function relevanceGateSpecifications(
  { hiddenSize }: GateConfig,
  { text, vision }: FusionWidths,
): ParameterSpecification[] {
  return prefixed('gate', [
    ...layerNormSpecifications('norm', text),
    ...linearSpecifications('text', text, 2 * hiddenSize, { initialize: kaimingNormal }),
    ...linearSpecifications('picture', vision, 2 * hiddenSize, { initialize: kaimingNormal, bias: false }),
    // At first P = 1/2 for every pair.
    ...linearSpecifications('output', hiddenSize, 1, { initialize: zeros }),
  ]);
}

/** Logits [B] that the picture matters, from pooled text [B, D] and picture [B, Dv]. */
export function relevanceGate(
  params: ParameterScope,
  config: GateConfig,
  text: tf.Tensor,
  picture: tf.Tensor,
  options: ForwardOptions = {},
): tf.Tensor {
  const gate = params.scope('gate');
  const both = tf.add(
    linear(gate, 'text', layerNorm(gate, 'norm', text, 1e-5)),
    affine(picture, gate.get('picture.weight'), null),
  ); // [B, 2·hidden]
  const [open, value] = tf.split(both, 2, 1) as [tf.Tensor, tf.Tensor];
  const hidden = dropout(tf.mul(gelu(open), value), config.dropout, options.random);
  return tf.reshape(linear(gate, 'output', hidden), [-1]);
}

/** How far each picture is let in [B]: σ of the logits, the hard choice, or what is `forced`. */
export function openness(
  { mode, threshold }: GateConfig,
  logits: tf.Tensor,
  forced: tf.Tensor | null,
): tf.Tensor {
  if (forced) return tf.cast(forced, 'float32');
  const soft = tf.sigmoid(logits);
  if (mode === 'soft') return soft;
  const choose = tf.customGrad((probability: unknown) => ({
    value: tf.cast(tf.greater(probability as tf.Tensor, threshold), 'float32'),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return choose(soft);
}

export interface RelevanceTargets {
  /** 1 relevant, 0 not, −1 not said [B]. */
  relevant: tf.Tensor;
  /** 1 where there is a picture [B]. */
  present: tf.Tensor;
}

/**
 * The gate's own loss []: mean binary cross-entropy over the pairs that say something; 0 where none does. Under
 * `matching` the text's own picture counts as relevant where the record does not say otherwise.
 */
export function relevanceLoss(
  { supervision }: GateConfig,
  { logits, mismatched }: Relevance,
  { relevant, present }: RelevanceTargets,
): tf.Tensor {
  const parts: { logits: tf.Tensor; labels: tf.Tensor; weights: tf.Tensor }[] = [];
  const labels = tf.cast(relevant, 'float32');
  const isSaid = tf.mul(tf.cast(tf.greaterEqual(labels, 0), 'float32'), present);
  if (supervision === 'labels' || supervision === 'both') {
    parts.push({ logits, labels: tf.relu(labels), weights: isSaid });
  }
  if ((supervision === 'matching' || supervision === 'both') && mismatched) {
    const own = supervision === 'both' ? tf.mul(present, tf.sub(1, isSaid)) : present;
    parts.push({ logits, labels: tf.onesLike(labels), weights: own });
    const other = tf.mul(mismatched.counts, present);
    parts.push({ logits: mismatched.logits, labels: tf.zerosLike(labels), weights: other });
  }
  let [sum, count]: [tf.Tensor, tf.Tensor] = [tf.scalar(0), tf.scalar(0)];
  for (const part of parts) {
    const losses = binaryCrossEntropyWithLogits(part.logits, part.labels, 'none');
    sum = tf.add(sum, tf.sum(tf.mul(losses, part.weights)));
    count = tf.add(count, tf.sum(part.weights));
  }
  return tf.div(sum, tf.maximum(count, 1));
}
