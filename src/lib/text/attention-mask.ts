/** @file What each token of a batch may see, from the inputs of a text network. */
import { tf } from '../engine';
import { assertShape, causalMask, documentMask, MASKED, type PastTokens, paddingMask } from '../nn';
import type { Past, TextInputs, TextOutput } from './types';

/**
 * What to add to attention scores, broadcast over [B, H, T, T]; `null` where every token sees every other. With P
 * picture tokens T is P + T; they are never padding. Throws where mask, segments, documents or positions have another
 * shape than the ids [B, T], or a row of several documents is to have a picture, naming `network`.
 */
export function attentionMask(inputs: TextInputs, network: string, causal: boolean): tf.Tensor | null {
  const { ids, mask, tokenTypes, documents, positions, pictureTokens } = inputs;
  const [batch, time] = ids.shape as [number, number];
  for (const [name, tensor] of Object.entries({ ids, mask, tokenTypes, documents, positions })) {
    if (tensor) assertShape(tensor, [batch, time], `${network} ${name}`);
  }
  const pictures = pictureTokens ? (pictureTokens.shape[1] as number) : 0;
  if (pictureTokens && (documents || positions)) {
    throw new TypeError(`${network}: rows of several documents cannot have picture tokens`);
  }
  const parts: tf.Tensor[] = [];
  if (causal) parts.push(causalMask(pictures + time));
  if (mask) parts.push(paddingMask(pictures > 0 ? withPictures(mask, pictures, causal) : mask));
  if (documents) parts.push(documentMask(documents));
  return parts.length === 0 ? null : parts.reduce((sum, part) => tf.add(sum, part));
}

/** A mask [B, T] with ones for P picture tokens, before or behind: [B, P + T]. */
function withPictures(mask: tf.Tensor, count: number, before: boolean): tf.Tensor {
  const text = tf.cast(mask, 'float32');
  const pictures = tf.ones([mask.shape[0] as number, count]);
  return tf.concat(before ? [pictures, text] : [text, pictures], 1);
}

/** States of the text [B, T, D] with the picture's before them, where there is one. */
export function withPictureBefore(states: tf.Tensor, { pictureTokens }: TextInputs): tf.Tensor {
  return pictureTokens ? tf.concat([pictureTokens, states], 1) : states;
}

/** The last T of [B, P + T, D]: the text's states again. */
export function withoutPictureBefore(states: tf.Tensor, { ids }: TextInputs): tf.Tensor {
  const [batch, time] = ids.shape as [number, number];
  const [, all, width] = states.shape as [number, number, number];
  return all === time ? states : tf.slice(states, [0, all - time, 0], [batch, time, width]);
}

/** [B, T + P, D] in two: the text's states [B, T, D], and where there is a picture its own [B, P, D]. */
export function withoutPictureBehind(
  states: tf.Tensor,
  { ids }: TextInputs,
): Pick<TextOutput, 'states' | 'pictureStates'> {
  const [batch, time] = ids.shape as [number, number];
  const [, all, width] = states.shape as [number, number, number];
  if (all === time) return { states };
  return {
    states: tf.slice(states, [0, 0, 0], [batch, time, width]),
    pictureStates: tf.slice(states, [0, time, 0], [batch, all - time, width]),
  };
}

/** What attention is told of a cache, a layer. */
export function pastTokens(past: Past | null | undefined, layer: number): PastTokens | null {
  if (!past) return null;
  const [keys, values] = [past.keys[layer] as tf.Tensor, past.values[layer] as tf.Tensor];
  if (past.filled) return { keys, values, mask: paddingMask(past.filled), joined: true };
  const room = keys.shape[2] as number;
  const isEmpty = tf.greaterEqual(tf.range(0, room, 1, 'int32'), tf.reshape(past.lengths, [-1, 1, 1, 1]));
  return { keys, values, mask: tf.mul(tf.cast(isEmpty, 'float32'), MASKED) }; // [B, 1, 1, C]
}

/**
 * Positions [B, T] of tokens that stand behind a cache; those given where there are any, or `null` for 0, 1, …
 * Picture tokens have positions of their own where `pictureCounts`.
 */
export function positionsOf({ ids, positions, past }: TextInputs, pictureCounts: boolean): tf.Tensor | null {
  if (positions || !past) return positions ?? null;
  const [batch, time] = ids.shape as [number, number];
  const before = pictureCounts ? past.lengths : tf.sub(past.lengths, tf.scalar(past.pictureTokens, 'int32'));
  return tf.add(tf.reshape(before, [batch, 1]), tf.range(0, time, 1, 'int32'));
}

/** Rows of a position table [L, D] for the tokens: [1, T, D], or [B, T, D] where they have positions of their own. */
export function positionStates(table: tf.Tensor, inputs: TextInputs): tf.Tensor {
  const positions = positionsOf(inputs, false);
  const [batch, time] = inputs.ids.shape as [number, number];
  const width = table.shape[1] as number;
  if (!positions) return tf.slice(table, [0, 0], [time, width]);
  return tf.reshape(tf.gather(table, tf.reshape(positions, [-1]) as tf.Tensor1D), [batch, time, width]);
}
