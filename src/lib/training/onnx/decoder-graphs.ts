/**
 * @file The graphs of a model that writes with a causal network:
 *
 *   model            a few tokens, behind the cache of those before (none, at first) → their logits and the longer cache
 *   vision_encoder   a picture → its patches and its pooled state
 *   relevance_gate   a prompt beside a picture → how far the picture is let in: in the place of `image_present`
 *   image_prefix     of the fusion `prefix`: the picture's tokens, read before the text → the cache that the text begins with
 *
 * `position_ids` count the ones of `attention_mask` before a token, padding anywhere; the mask is as long as cache and
 * tokens together, as transformers.js feeds them.
 */
import { tf } from '../../engine';
import type { GuidedNetwork, Shown } from '../../fusion';
import type { ParameterScope } from '../../nn';
import {
  BATCH,
  cacheInputs,
  cacheShape,
  type Inputs,
  integers,
  PAST,
  pastOf,
  pictureInputs,
  pixelsOf,
  presence,
  presentOf,
  SEQUENCE,
  seenInputs,
  seenOf,
  type Tensors,
  tensorNamed,
} from './signature';

/** A function to be exported and what it takes. */
export interface GraphFunction {
  inputs: Inputs;
  fn(tensors: Tensors): Tensors;
  /** Open dimensions with their largest size. */
  dimensions: Record<string, number>;
  mayBeEmpty?: string[];
}

export function decoderGraphs(
  network: GuidedNetwork,
  params: ParameterScope,
): { [file: string]: GraphFunction } {
  const { vision } = network;
  return {
    model: decoder(network, params),
    ...(vision ? { vision_encoder: visionEncoder(network, params) } : {}),
    ...(network.config.gate ? { relevance_gate: relevanceGate(network, params) } : {}),
    ...(network.pictureTokenCount > 0 ? { image_prefix: imagePrefix(network, params) } : {}),
  };
}

function decoder(network: GuidedNetwork, params: ParameterScope): GraphFunction {
  const { text } = network;
  const { layers } = cacheShape(text.config, PAST);
  // A picture that came as tokens stands in the cache; the text's own positions begin behind it or anew.
  const looks = network.vision !== null && network.pictureTokenCount === 0;
  const restarts = text.config.modelType === 'gpt2' ? network.pictureTokenCount : 0;
  return {
    inputs: {
      input_ids: integers(BATCH, SEQUENCE),
      attention_mask: integers(BATCH, `${PAST} + ${SEQUENCE}`),
      position_ids: integers(BATCH, SEQUENCE),
      ...(looks ? { ...seenInputs(network), ...presence } : {}),
      ...cacheInputs(text.config, null),
    },
    dimensions: { [BATCH]: Infinity, [SEQUENCE]: text.maxLength, [PAST]: Infinity },
    mayBeEmpty: [PAST],
    fn(tensors) {
      const ids = tensorNamed(tensors, 'input_ids');
      const counts = tensorNamed(tensors, 'attention_mask');
      const [batch, time] = ids.shape as [number, number];
      const before = (counts.shape[1] as number) - time;
      const kept = pastOf(tensors, layers, null);
      const past = {
        ...kept,
        filled: tf.slice(counts, [0, 0], [batch, before]),
        lengths: tf.zeros([batch], 'int32'), // `filled` and the positions say it all
        pictureTokens: network.pictureTokenCount,
      };
      const positions = tensorNamed(tensors, 'position_ids');
      const shown: Shown = looks
        ? { ...seenOf(tensors), present: tensorNamed(tensors, 'image_present') }
        : null;
      const read = network.read(
        params,
        {
          ids,
          mask: tf.slice(counts, [0, before], [batch, time]),
          positions: restarts > 0 ? tf.sub(positions, tf.scalar(restarts, 'int32')) : positions,
        },
        shown,
        { past, keysAndValues: true },
      );
      const now = read.keysAndValues as NonNullable<typeof read.keysAndValues>;
      return {
        logits: text.languageModel.logits(params, read.states),
        ...presentOf(now, null),
      };
    },
  };
}

export function visionEncoder(network: GuidedNetwork, params: ParameterScope): GraphFunction {
  const { vision } = network;
  if (!vision) throw new TypeError('the model looks at no picture');
  return {
    inputs: pictureInputs(vision),
    dimensions: { [BATCH]: Infinity },
    fn(tensors) {
      const { patches, pooled } = vision.forward(params, pixelsOf(tensors));
      return { image_patches: patches, image_pooled: pooled };
    },
  };
}

function relevanceGate(network: GuidedNetwork, params: ParameterScope): GraphFunction {
  return {
    inputs: {
      input_ids: integers(BATCH, SEQUENCE),
      attention_mask: integers(BATCH, SEQUENCE),
      ...seenInputs(network),
    },
    dimensions: { [BATCH]: Infinity, [SEQUENCE]: network.text.maxLength },
    fn(tensors) {
      const mask = tensorNamed(tensors, 'attention_mask');
      const inputs = { ids: tensorNamed(tensors, 'input_ids'), mask, promptMask: mask };
      return { relevance: network.relevance(params, inputs, seenOf(tensors)) };
    },
  };
}

function imagePrefix(network: GuidedNetwork, params: ParameterScope): GraphFunction {
  return {
    inputs: { ...seenInputs(network), ...presence },
    dimensions: { [BATCH]: Infinity },
    fn(tensors) {
      const present = tensorNamed(tensors, 'image_present');
      const ids = tf.zeros([present.shape[0] as number, 1], 'int32');
      const shown = { ...seenOf(tensors), present };
      const { keysAndValues } = network.read(params, { ids }, shown, { keysAndValues: true });
      const now = keysAndValues as NonNullable<typeof keysAndValues>;
      // Of the picture's tokens alone: no token sees a later one, so the text behind them makes no difference.
      const ofPicture = (layer: tf.Tensor) => {
        const [batch, heads, , width] = layer.shape as [number, number, number, number];
        return tf.slice(layer, [0, 0, 0, 0], [batch, heads, network.pictureTokenCount, width]);
      };
      return presentOf({ keys: now.keys.map(ofPicture), values: now.values.map(ofPicture) }, null);
    },
  };
}
