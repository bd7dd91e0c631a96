/**
 * @file What a decoding strategy asks of a model: rows of ids, of unequal lengths, in; the logits of the token after
 * each out. Guidance that mixes two models (or one model with and without its picture) is again a `NextTokenLogits`
 * around them, so that every strategy can be guided.
 *
 * Each row says which row of the call before it goes on from. A step with a cache of keys and values needs no more:
 * it takes the caches of those rows (a beam search reorders them so) and feeds one id a row. A model without a cache
 * reads the ids and forgets.
 */

export interface ContextRow {
  /** Prompt and what was written after it; at least one id. */
  readonly ids: readonly number[];
  /** Index of the prompt that it goes on from: pictures and other conditions go by it. */
  readonly source: number;
  /** Row of the call before that this is, with one id more; `null` at first. */
  readonly parent: number | null;
}

export interface LogitsWithStates {
  /** [V] a row */
  logits: Float32Array[];
  /** Last hidden states a row, [T, D] of all the ids that the network writes on from, or [1, D] of the last one. */
  states: Float32Array[];
  /** D */
  width: number;
}

export interface NextTokenLogits {
  /** V */
  readonly vocabularySize: number;
  /** Longest context in tokens. Longer rows are read from their last tokens, where `slides`. */
  readonly maxLength: number;
  /** Whether a text may grow beyond `maxLength`. */
  readonly slides: boolean;
  /** Longest prompt, where it is read apart (encoder–decoder) and takes no room in the context. */
  readonly longestPrompt?: number;
  /** Logits [V] of the token after each row. */
  next(rows: readonly ContextRow[]): Promise<Float32Array[]>;
  /** `next` with the hidden states of all ids of each row, or of its last id alone. Contrastive search needs it. */
  nextWithStates?(rows: readonly ContextRow[], which: 'all' | 'last'): Promise<LogitsWithStates>;
}
