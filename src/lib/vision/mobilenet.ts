/**
 * @file MobileNet (v1: Howard et al. 2017; v2: Sandler et al. 2018), whose convolutions are split in two, one over
 * places a channel at a time and one over channels a place at a time; in v2 a block's narrow ends are added where they
 * fit. A published one is a list of layers, each of the form
 *
 *     y = clip(convolution(x) + bias, low, high)   or   y = clip(x₁ + x₂, low, high)
 *
 * in which `clip` is relu6 and the range that the eight-bit original can hold. Patches are the places of the last map,
 * pooled is their mean. Batch norm is folded into the weights, so a record does not depend on its batch. Made to be
 * read (`readMobilenet`) and used frozen: depthwise convolutions train slowly here, and from scratch `cnn` is the
 * better choice. Weights are OIHW, of depthwise layers [C, 1, k, k]. Left out: rounding to eight bits.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  assertShape,
  kaimingNormal,
  type ParameterScope,
  type ParameterSpecification,
  prefixed,
  zeros,
} from '../nn';
import { normalizationFields, normalizePixels } from './normalize-pixels';
import { preprocessingSchema } from './preprocessing';
import type { VisionForwardOptions, VisionOutput } from './types';

/** Numbers of earlier layers; −1 is the picture. */
const layerSchema = z.strictObject({
  kind: z.enum(['convolution', 'depthwise', 'add']),
  inputs: z.array(z.int().min(-1)).min(1).max(2),
  channels: z.int().positive(),
  /** Side of the filter, and how many places it goes on; 1 for `add`. */
  kernel: z.int().positive().default(1),
  stride: z.int().positive().default(1),
  low: z.number(),
  high: z.number(),
});
export type MobilenetLayer = z.infer<typeof layerSchema>;

export const mobilenetConfigSchema = z
  .strictObject({
    modelType: z.literal('mobilenet'),
    imageSize: z.int().positive(),
    layers: z.array(layerSchema).min(1),
    ...normalizationFields,
    preprocessing: preprocessingSchema.optional(),
  })
  .superRefine(({ layers }, context) => {
    for (const [i, layer] of layers.entries()) {
      const wrong = faultOf(layer, i, layers);
      if (wrong) context.addIssue({ code: 'custom', path: ['layers', i], message: wrong });
    }
  });
export type MobilenetConfig = z.infer<typeof mobilenetConfigSchema>;

const channelsOf = (layers: readonly MobilenetLayer[], input: number) =>
  input < 0 ? 3 : (layers[input]?.channels ?? 0);

function faultOf(layer: MobilenetLayer, i: number, layers: readonly MobilenetLayer[]): string | null {
  const { kind, inputs, channels } = layer;
  if (inputs.some((input) => input >= i)) return 'inputs must be earlier layers';
  if (inputs.length !== (kind === 'add' ? 2 : 1))
    return `${kind} takes ${kind === 'add' ? 'two inputs' : 'one input'}`;
  const keeps = kind !== 'convolution';
  if (keeps && inputs.some((input) => channelsOf(layers, input) !== channels))
    return `${kind} keeps its channels`;
  return null;
}

/** Side of the last map: each stride of s makes ⌈side/s⌉. */
function mapSide({ layers, imageSize }: MobilenetConfig): number {
  const sides: number[] = [];
  for (const { inputs, stride } of layers) {
    const [input = -1] = inputs;
    sides.push(Math.ceil((input < 0 ? imageSize : (sides[input] as number)) / stride));
  }
  return sides[sides.length - 1] as number;
}

/** Width D of the patches. */
export const mobilenetWidth = ({ layers }: MobilenetConfig): number =>
  (layers[layers.length - 1] as MobilenetLayer).channels;

/** How many patches P a picture has: the places of the last map. */
export const mobilenetPatchCount = (config: MobilenetConfig): number => mapSide(config) ** 2;

/** Every parameter, under `mobilenet.`; a published classifier is apart (`MobilenetClassifier`). */
export function mobilenetSpecifications({ layers }: MobilenetConfig): ParameterSpecification[] {
  const own = layers.flatMap(({ kind, inputs, channels, kernel }, i) => {
    if (kind === 'add') return [];
    const seen = kind === 'depthwise' ? 1 : channelsOf(layers, inputs[0] as number);
    return [
      { name: `layers.${i}.weight`, shape: [channels, seen, kernel, kernel], initialize: kaimingNormal },
      { name: `layers.${i}.bias`, shape: [channels], initialize: zeros },
    ];
  });
  return prefixed('mobilenet', own);
}

/** Pixels [B, S, S, 3] in [0, 1] → patches [B, P, D] and pooled [B, D]. Throws where S is not `imageSize`. */
export function mobilenet(
  params: ParameterScope,
  config: MobilenetConfig,
  pixels: tf.Tensor,
  _options: VisionForwardOptions = {},
): VisionOutput {
  assertShape(pixels, ['B', config.imageSize, config.imageSize, 3], 'mobilenet pixels');
  const root = params.scope('mobilenet');
  const picture = normalizePixels(pixels, config);
  const maps: tf.Tensor[] = [];
  for (const [i, { kind, inputs, stride, low, high }] of config.layers.entries()) {
    const [x, other] = inputs.map((input) => (input < 0 ? picture : (maps[input] as tf.Tensor)));
    const sum =
      kind === 'add'
        ? tf.add(x as tf.Tensor, other as tf.Tensor)
        : tf.add(
            convolution(root.get(`layers.${i}.weight`), kind, x as tf.Tensor, stride),
            root.get(`layers.${i}.bias`),
          );
    maps.push(tf.clipByValue(sum, low, high));
  }
  const map = maps[maps.length - 1] as tf.Tensor; // [B, h, w, D]
  const patches = tf.reshape(map, [
    map.shape[0] as number,
    mobilenetPatchCount(config),
    mobilenetWidth(config),
  ]);
  return { patches, pooled: tf.mean(patches, 1) };
}

/** As TensorFlow pads: what is missing is shared between both edges, the odd one goes right and below. */
function convolution(
  weight: tf.Tensor,
  kind: 'convolution' | 'depthwise',
  x: tf.Tensor,
  stride: number,
): tf.Tensor {
  const input = x as tf.Tensor4D;
  if (kind === 'convolution') {
    return tf.conv2d(input, tf.transpose(weight, [2, 3, 1, 0]) as tf.Tensor4D, stride, 'same');
  }
  return tf.depthwiseConv2d(input, tf.transpose(weight, [2, 3, 0, 1]) as tf.Tensor4D, stride, 'same');
}
