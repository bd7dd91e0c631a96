/**
 * @file One interface for vision networks N_V: pictures in, a state for each patch and one for the picture out.
 * Normalization by mean and deviation is the network's own, so that every caller hands over plain [0, 1].
 */
import type { tf } from '../engine';
import type { ForwardOptions } from '../nn';

export interface VisionForwardOptions extends ForwardOptions {
  /** Also return the attention probabilities of every layer, where the network has attention. */
  attentions?: boolean;
}

export interface VisionOutput {
  /** [B, P, D]: patches in reading order, row by row. */
  patches: tf.Tensor;
  /** One state a picture [B, D]. */
  pooled: tf.Tensor;
  /** One [B, H, 1 + P, 1 + P] a layer, where asked for. */
  attentions?: tf.Tensor[];
}
