/** @file What each token of a batch may see, from the inputs of a text network. */
import { tf } from '../engine';
import { assertShape, causalMask, documentMask, paddingMask } from '../nn';
import type { TextInputs } from './types';

/**
 * What to add to attention scores, broadcast over [B, H, T, T]; `null` where every token sees every other. Throws
 * where mask, segments, documents or positions have another shape than the ids [B, T], naming `network`.
 */
export function attentionMask(inputs: TextInputs, network: string, causal: boolean): tf.Tensor | null {
  const { ids, mask, tokenTypes, documents, positions } = inputs;
  const shape = ids.shape as [number, number];
  for (const [name, tensor] of Object.entries({ ids, mask, tokenTypes, documents, positions })) {
    if (tensor) assertShape(tensor, shape, `${network} ${name}`);
  }
  const parts: tf.Tensor[] = [];
  if (causal) parts.push(causalMask(shape[1]));
  if (mask) parts.push(paddingMask(mask));
  if (documents) parts.push(documentMask(documents));
  return parts.length === 0 ? null : parts.reduce((sum, part) => tf.add(sum, part));
}

/** Rows of a position table [L, D] for the tokens: [1, T, D], or [B, T, D] where they have positions of their own. */
export function positionStates(table: tf.Tensor, { ids, positions }: TextInputs): tf.Tensor {
  const [batch, time] = ids.shape as [number, number];
  const width = table.shape[1] as number;
  if (!positions) return tf.slice(table, [0, 0], [time, width]);
  return tf.reshape(tf.gather(table, tf.reshape(positions, [-1]) as tf.Tensor1D), [batch, time, width]);
}
