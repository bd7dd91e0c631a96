/**
 * @file Names and shapes of the inputs of exported graphs: those that optimum gives and transformers.js feeds
 * (`input_ids` [batch_size, sequence_length] int64, …), and this kit's own for what is seen.
 */
import { type Dimension, type DynamicInput, tf } from '../../engine';
import type { GuidedNetwork, Seen } from '../../fusion';
import { attentionShape, type TextConfig } from '../../text';
import { pictureShape, type VisionNetwork } from '../../vision';

export const BATCH = 'batch_size';
export const SEQUENCE = 'sequence_length';
export const PAST = 'past_sequence_length';

export type Inputs = { [name: string]: DynamicInput };
export type Tensors = { [name: string]: tf.Tensor };

/** A tensor of that name; throws where the graph has no such input. */
export function tensorNamed(tensors: Tensors, name: string): tf.Tensor {
  const found = tensors[name];
  if (!found) throw new Error(`the graph has no input ${name}`);
  return found;
}

export function integers(...shape: Dimension[]): DynamicInput {
  return { dtype: 'int32', storedAs: 'int64', shape };
}

export function reals(...shape: Dimension[]): DynamicInput {
  return { dtype: 'float32', shape };
}

/**
 * The picture as processors give it, `pixel_values` [batch_size, 3, S, S] in [0, 1] (the network normalizes by itself),
 * and `image_present` [batch_size]: 1 for a picture, 0 for none. Frozen features come as `features` [batch_size, 1 + P, D].
 */
export function pictureInputs(vision: VisionNetwork): Inputs {
  const shape = pictureShape(vision);
  if (vision.config.modelType === 'features') return { features: reals(BATCH, ...shape) };
  const [height, width] = shape as [number, number];
  return { pixel_values: reals(BATCH, 3, height, width) };
}

export const presence: Inputs = { image_present: reals(BATCH) };

/** The picture of the inputs as the vision network takes it: [B, S, S, 3], or features. */
export function pixelsOf(tensors: Tensors): tf.Tensor {
  if (tensors.features) return tensors.features;
  return tf.transpose(tensorNamed(tensors, 'pixel_values'), [0, 2, 3, 1]);
}

/** What the vision network said of a picture, as inputs of the graphs that read beside it. */
export function seenInputs({ vision }: GuidedNetwork): Inputs {
  if (!vision) return {};
  return {
    image_patches: reals(BATCH, vision.patchCount, vision.width),
    image_pooled: reals(BATCH, vision.width),
  };
}

export function seenOf(tensors: Tensors): Seen {
  return {
    patches: tensorNamed(tensors, 'image_patches'),
    visionPooled: tensorNamed(tensors, 'image_pooled'),
  };
}

/** Shape of one layer's keys or values in a cache of the network that writes. */
export function cacheShape(config: TextConfig, time: Dimension): { layers: number; shape: Dimension[] } {
  const { layers, heads, headWidth } = attentionShape(config, 'decoder');
  return { layers, shape: [BATCH, heads, time, headWidth] };
}

/** `past_key_values.0.key`, …; with `side` `past_key_values.0.decoder.key`, as encoder–decoder networks are named. */
export function cacheName(
  when: 'past_key_values' | 'present',
  layer: number,
  side: 'decoder' | null,
  what: 'key' | 'value',
): string {
  return [when, layer, ...(side ? [side] : []), what].join('.');
}

export function cacheInputs(config: TextConfig, side: 'decoder' | null): Inputs {
  const { layers, shape } = cacheShape(config, PAST);
  return Object.fromEntries(
    Array.from({ length: layers }, (_, layer) =>
      (['key', 'value'] as const).map((what) => [
        cacheName('past_key_values', layer, side, what),
        reals(...shape),
      ]),
    ).flat(),
  );
}

/** Keys and values of the past, one a layer. */
export function pastOf(tensors: Tensors, layers: number, side: 'decoder' | null) {
  const all = (what: 'key' | 'value') =>
    Array.from({ length: layers }, (_, layer) =>
      tensorNamed(tensors, cacheName('past_key_values', layer, side, what)),
    );
  return { keys: all('key'), values: all('value') };
}

/** Keys and values, one a layer, as outputs. */
export function presentOf(
  { keys, values }: { keys: readonly tf.Tensor[]; values: readonly tf.Tensor[] },
  side: 'decoder' | null,
): Tensors {
  return Object.fromEntries(
    keys.flatMap((key, layer) => [
      [cacheName('present', layer, side, 'key'), key],
      [cacheName('present', layer, side, 'value'), values[layer] as tf.Tensor],
    ]),
  );
}
