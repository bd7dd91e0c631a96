/**
 * @file One interface for fusion, so that an ablation changes one word: what the text network and the vision
 * network say of a record goes in, states that know of both come out. Most forms run after the text network; one
 * that gives it tokens to read has a method that runs before it.
 */
import type { tf } from '../engine';
import type { ForwardOptions, ParameterScope, ParameterSpecification } from '../nn';

export interface FusionInputs {
  /** [B, T, D] */
  textStates: tf.Tensor;
  /** [B, D] */
  textPooled: tf.Tensor;
  /** What the text network makes of the picture's tokens [B, P, D], where the form has given it some and it sees both sides. */
  pictureStates?: tf.Tensor;
  /** 1 a token, 0 padding [B, T]; `null` where all count. */
  textMask: tf.Tensor | null;
  /** Whether a token's state must not know of later tokens, nor so of `textPooled`. */
  causal: boolean;
  /** [B, P, Dv]; `null` where the batch has no pictures at all. */
  patches: tf.Tensor | null;
  /** [B, Dv]; `null` likewise. */
  visionPooled: tf.Tensor | null;
  /** 1 where the record has a picture, 0 where not [B], int32 or float32; `null` where all have. */
  picturePresent: tf.Tensor | null;
}

/** What the vision network says of a batch. */
export type SeenPicture = Pick<FusionInputs, 'patches' | 'visionPooled' | 'picturePresent'> & {
  /** Records B of the batch. */
  batch: number;
};

export interface FusionOutput {
  /** One fused state a token [B, T, D]. */
  states: tf.Tensor;
  /** One fused state a record [B, D]. */
  pooled: tf.Tensor;
  /** Where each token looks in the picture, one [B, H, T, P] a block: of forms that look, where asked for. */
  attentions?: tf.Tensor[];
}

export interface FusionOptions extends ForwardOptions {
  /** Also return the attention probabilities over the patches. */
  attentions?: boolean;
}

export interface FusionWidths {
  /** Width D of the text states. */
  text: number;
  /** Width Dv of the picture's states. */
  vision: number;
}

export interface Fusion {
  /** Whether the picture can change the result: a model that does not use it needs no vision network. */
  readonly usesPicture: boolean;
  /** Width of the states that come out. */
  readonly width: number;
  /** `params` is the root scope: names begin with `fusion.`. */
  specifications(): ParameterSpecification[];
  /** How many tokens `pictureTokens` makes of P patches. */
  pictureTokenCount?(patches: number): number;
  /** The picture as tokens [B, P, D] for the text network to read beside its own; only of forms that do so. */
  pictureTokens?(params: ParameterScope, picture: SeenPicture): tf.Tensor;
  forward(params: ParameterScope, inputs: FusionInputs, options?: FusionOptions): FusionOutput;
}
