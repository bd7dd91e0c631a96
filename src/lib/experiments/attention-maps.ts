/**
 * @file The attention of a trained language model on one text: A = softmax(Q·Kᵀ/√d + mask) of every head of every
 * layer, row i the weights with which place i looks at each place j. Heads are told apart by where they look.
 */

import type { LanguageModel } from '../decoding';
import { compile, tf } from '../engine';
import { shownToken } from './shown-tokens';

export interface AttentionMaps {
  /** What stands at each place, for the eye. */
  tokens: string[];
  /** [layer][head][T][T]; every row sums to 1. */
  maps: number[][][][];
}

/** One head: which, and what it looks like. */
export interface Head {
  layer: number;
  head: number;
  map: number[][];
}

/** The attention on `text`, special tokens as the tokenizer sets them. Throws a `RangeError` where it is too long. */
export async function attentionMaps(model: LanguageModel, text: string): Promise<AttentionMaps> {
  const { network, parameters, tokenizer } = model;
  const { ids } = tokenizer.encode(text);
  const read = compile(
    (input: tf.Tensor): tf.Tensor[] =>
      network.forward(parameters, { ids: input }, { attentions: true }).attentions ?? [],
    { state: parameters.variables(), name: 'attention maps' },
  );
  const input = tf.tensor2d([ids], [1, ids.length], 'int32');
  const layers = await read(input);
  const maps = layers.map((layer) => (layer.arraySync() as number[][][][])[0] as number[][][]);
  tf.dispose([input, ...layers]);
  read.dispose();
  return { tokens: ids.map((id) => shownToken(tokenizer, id)), maps };
}

/** All heads in order, as a list. */
export function headsOf({ maps }: AttentionMaps): Head[] {
  return maps.flatMap((heads, layer) => heads.map((map, head) => ({ layer, head, map })));
}

/** Mean weight on the token `offset` places away (−1: the one before), over the places where there is one. */
export function weightAtOffset(map: readonly (readonly number[])[], offset: number): number {
  const weights = map.flatMap((row, i) => row[i + offset] ?? []);
  return weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
}

/** The same for a head that looks at all the places that it may see alike: at those up to its own, or at all. */
export function evenWeightAtOffset(time: number, offset: number, causal: boolean): number {
  const even = Array.from({ length: time }, (_, i) =>
    Array.from({ length: time }, (_, j) => (causal ? (j <= i ? 1 / (i + 1) : 0) : 1 / time)),
  );
  return weightAtOffset(even, offset);
}
