/** @file What a vision-guided network is given of a batch, and what it says of it. */
import { tf } from '../engine';
import type { Past } from '../text';
import type { FusionOptions, FusionOutput } from './types';

/** What the network reads of a batch. */
export interface GuidedTextInputs {
  /** [B, T] int32 */
  ids: tf.Tensor;
  /** 1 for a token, 0 for padding [B, T] int32; left out where there is no padding. */
  mask?: tf.Tensor;
  /** Segment of each token [B, T] int32. */
  tokenTypes?: tf.Tensor;
  /** Where rows are packed of several documents: the document and the position of each token [B, T] int32. */
  documents?: tf.Tensor;
  positions?: tf.Tensor;
  /** Of encoder–decoder networks: ids that the decoder reads [B, U] int32, the start first. The states are then its own. */
  targetIds?: tf.Tensor;
  /** 1 for the tokens of the prompt [B, T] int32, where the rest is written: the gate reads these alone. */
  promptMask?: tf.Tensor;
}

/** What the network is given of a batch. */
export interface GuidedInputs extends GuidedTextInputs {
  /**
   * [B, S, S, 3] in [0, 1]; what stands where a record has no picture does not count. [B/n, S, S, 3]: a picture for each n
   * records in a row.
   */
  pixels?: tf.Tensor;
  /** 1 where the record has a picture [B] float32. */
  picturePresent?: tf.Tensor;
  /** Equal numbers, equal pictures [B] int32: while it learns, the gate is also asked about each text beside another's picture. */
  pictureId?: tf.Tensor;
  /** 0 or 1 in place of what the gate says [B] float32. */
  forcedRelevance?: tf.Tensor;
}

/** What the vision network says of a batch. */
export type Seen = {
  /** [B, P, Dv] */
  patches: tf.Tensor;
  /** [B, Dv] */
  visionPooled: tf.Tensor;
}; // a type and no interface: so that compiled functions may return it

/** What the gate says. */
export interface Relevance {
  /** Logit that the picture is relevant [B]. */
  logits: tf.Tensor;
  /** The same beside another row's picture [B], where that was asked; `counts` is 1 where it is another picture. */
  mismatched?: { logits: tf.Tensor; counts: tf.Tensor };
}

export interface GuidedOutput extends FusionOutput {
  /** Where the network has a gate and the batch pictures. */
  relevance?: Relevance;
}

export interface ReadOptions extends FusionOptions {
  past?: Past | null;
  keysAndValues?: boolean;
}

/** What has been seen, and how much of it counts [B]: 1 all of it, 0 nothing. `null`: no pictures in the batch. */
export type Shown = (Seen & { present: tf.Tensor | null }) | null;

/** What was seen of each picture, for each of the records that share it. */
export function repeated(seen: Seen | null, { ids, pixels }: GuidedInputs): Seen | null {
  const each = (ids.shape[0] as number) / (pixels?.shape[0] as number);
  if (!seen || each === 1) return seen;
  const rows = (one: tf.Tensor): tf.Tensor => {
    const tiled = tf.tile(tf.expandDims(one, 1), [1, each, ...one.shape.slice(1).map(() => 1)]);
    return tf.reshape(tiled, [-1, ...one.shape.slice(1)]);
  };
  return { patches: rows(seen.patches), visionPooled: rows(seen.visionPooled) };
}
