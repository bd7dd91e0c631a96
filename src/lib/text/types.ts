/**
 * @file One interface for text networks N_T: token ids in, a state for each token and one for the text out. What
 * a network is made of, it says itself: its parameters carry the names of its Hugging Face checkpoint, prefix
 * included (`bert.…`, `transformer.…`, `model.…`), so the parts of one model never clash.
 */
import type { tf } from '../engine';
import type { ForwardOptions } from '../nn';

export interface TextInputs {
  /** Token ids [B, T] int32. */
  ids: tf.Tensor;
  /** 1 for a token and 0 for padding, [B, T] int32 or float32; all tokens count where it is left out. */
  mask?: tf.Tensor | null;
  /** Segment of each token [B, T] int32 (BERT); 0 where it is left out. */
  tokenTypes?: tf.Tensor | null;
  /** Document of each token [B, T] int32, where a row is packed of several: none sees another. */
  documents?: tf.Tensor | null;
  /**
   * Tokens that come as states [B, P, D] instead of ids: a picture's. A causal network reads them before the text, one
   * that sees both sides behind it; the states that come out are the text's alone.
   */
  pictureTokens?: tf.Tensor | null;
  /** Position of each token [B, T] int32, below the network's longest text; 0, 1, … where it is left out. */
  positions?: tf.Tensor | null;
  /** What a causal network keeps of the tokens before these: `KeysAndValues` of earlier calls, in a room of C places. */
  past?: Past | null;
}

/** Keys and values of all layers, [B, H_kv, T, d] each. */
export interface KeysAndValues {
  keys: tf.Tensor[];
  values: tf.Tensor[];
}

/** A key–value cache: keys and values [B, H_kv, C, d], of which the first few places of each row are filled. */
export interface Past extends KeysAndValues {
  /** Places filled in each row [B] int32, picture tokens included. */
  lengths: tf.Tensor;
  /**
   * 1 for a place that is filled, 0 for one that is not [B, C] int32, where it is not the first `lengths` that are. The
   * keys and values that are returned are then those of the cache and of these tokens together.
   */
  filled?: tf.Tensor;
  /** How many of them are picture tokens: the same in each row. */
  pictureTokens: number;
}

/** What the decoder of an encoder–decoder network reads. */
export interface DecoderInputs {
  /** Ids written so far [B, U] int32, the start token first. */
  ids: tf.Tensor;
  /** What stands in the place of the encoder's states [B, S, D]. */
  memory: tf.Tensor;
  /** 1 for a state that counts, 0 for padding [B, S] int32. */
  memoryMask?: tf.Tensor | null;
  past?: Past | null;
}

export interface DecoderOutput {
  /** [B, U, D] */
  states: tf.Tensor;
  /** Over the memory, one [B, H, U, S] a layer, where asked for. */
  attentions?: tf.Tensor[];
  keysAndValues?: KeysAndValues;
}

export interface TextForwardOptions extends ForwardOptions {
  /** Also return the attention probabilities of every layer. */
  attentions?: boolean;
  /** Also return the states before the first layer and after each one. */
  hiddenStates?: boolean;
  /** Also return keys and values of these tokens, for a cache; of causal networks. */
  keysAndValues?: boolean;
}

export interface TextOutput {
  /** [B, T, D] */
  states: tf.Tensor;
  /** The states of picture tokens [B, P, D] that were read behind the text: of networks that see both sides. */
  pictureStates?: tf.Tensor;
  /** One state a text [B, D]: BERT's pooler of the first token; the last token that counts, for causal networks. */
  pooled: tf.Tensor;
  /** One [B, H, T, T] a layer, where asked for. */
  attentions?: tf.Tensor[];
  /** Embeddings, then the states after each layer, [B, T, D] with the picture's where it has tokens; where asked for. */
  hiddenStates?: tf.Tensor[];
  /** Of these tokens, and of the picture tokens before them, where asked for. */
  keysAndValues?: KeysAndValues;
}
