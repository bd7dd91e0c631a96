/**
 * @file FiLM, feature-wise linear modulation (Perez et al. 2018, arXiv 1709.07871, eqs. 1 and 2): what the text says
 * scales and shifts every feature of every place of the picture, between convolutions over neighbouring places:
 *
 *     x = x + relu((1 + γ)·norm(conv(relu(x))) + β),   [γ; β] = W·LayerNorm(h)
 *     z = h + W₂·gelu(W₁·max x)
 *
 * h is the state of the text, or of one token with the text's added to it (a token of a text that is written knows no
 * later ones, and so only its own), and the greatest of each feature over all places is what was found. The product of
 * text and picture at each place is what a question such as "on which side is the red thing?" needs first: which place
 * is meant. It is learned early where the text is hardly more than that word, late in whole sentences (docs/log.md).
 * Differences from the paper: a layer norm, over the features of a place or of the whole picture, in place of batch norm, so
 * that a record's result does not depend on its batch; no maps of coordinates, since a vision network marks its places
 * itself; one convolution a block.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  conv2d,
  conv2dSpecifications,
  dropout,
  type ForwardOptions,
  gelu,
  layerNorm,
  layerNormalize,
  layerNormSpecifications,
  lecunUniform,
  linear,
  linearSpecifications,
  type ParameterScope,
  prefixed,
} from '../nn';
import { absentPictureSpecifications, orAbsentPicture } from './absent-picture';
import type { Fusion, FusionInputs, FusionOutput, FusionWidths } from './types';

export const filmConfigSchema = z.strictObject({
  kind: z.literal('film'),
  /** Each widens what a place knows of by its eight neighbours. */
  blocks: z.int().positive().default(3),
  /** Width H of the modulated features; the text's unless given. */
  hiddenSize: z.int().positive().nullable().default(null),
  /**
   * What is normalized behind a convolution: the channels of each `place` (layer norm, the default), or places and channels
   * of the `picture` together (group norm of one group), which leaves it that more is at one place than at another.
   */
  norm: z.enum(['place', 'picture']).optional(),
  /** Of what was found. */
  dropout: z.number().min(0).lt(1).default(0.1),
});
export type FilmConfig = z.infer<typeof filmConfigSchema>;

const KERNEL = 3;
const EPSILON = 1e-5;

export function filmFusion(config: FilmConfig, { text, vision }: FusionWidths): Fusion {
  const width = config.hiddenSize ?? text;
  const dense = (name: string, inputs: number, outputs: number) =>
    linearSpecifications(name, inputs, outputs, { initialize: lecunUniform });
  return {
    usesPicture: true,
    width: text,
    specifications: () =>
      prefixed('fusion', [
        ...absentPictureSpecifications(width),
        ...layerNormSpecifications('norm', text),
        ...dense('picture', vision, width),
        ...Array.from({ length: config.blocks }, (_, i) =>
          prefixed(`blocks.${i}`, [
            ...conv2dSpecifications('convolution', width, width, KERNEL),
            ...dense('modulation', text, 2 * width),
          ]),
        ).flat(),
        ...dense('found', width, text),
        ...dense('output', text, text),
      ]),
    forward: (params, inputs, options) => fuse(params.scope('fusion'), config, inputs, options),
  };
}

/** Side of a square map of so many places. Throws a `RangeError` where they make none. */
export function mapSide(patches: number): number {
  const side = Math.round(Math.sqrt(patches));
  if (side * side !== patches) {
    throw new RangeError(
      `fusion film: ${patches} patches make no square map for its convolutions; use cross-attention`,
    );
  }
  return side;
}

function fuse(
  params: ParameterScope,
  config: FilmConfig,
  { textStates, textPooled, causal, patches, picturePresent }: FusionInputs,
  options: ForwardOptions = {},
): FusionOutput {
  const [batch, time, width] = textStates.shape as [number, number, number];
  /** What each of N states of a record [B, N, D] is told by the picture [B, N, D]. */
  const told = (states: tf.Tensor): tf.Tensor => {
    const seen = patches && look(params, config, states, patches); // [B, N, H]
    const found = orAbsentPicture(params, seen, picturePresent, batch);
    const every = found.rank === 2 ? tf.expandDims(found, 1) : found;
    const inner = gelu(linear(params, 'found', dropout(every, config.dropout, options.random)));
    return tf.add(states, linear(params, 'output', inner));
  };
  const pooled = tf.expandDims(textPooled, 1); // [B, 1, D]
  const tokens = causal ? textStates : tf.add(textStates, pooled);
  return {
    pooled: tf.reshape(told(pooled), [batch, width]),
    states: tf.reshape(told(tokens), [batch, time, width]),
  };
}

/** What is found for states [B, N, D] in patches [B, P, Dv] → [B, N, H]. */
function look(params: ParameterScope, config: FilmConfig, states: tf.Tensor, patches: tf.Tensor): tf.Tensor {
  const [batch, count] = states.shape as [number, number];
  const rows = batch * count;
  const condition = tf.reshape(layerNorm(params, 'norm', states, EPSILON), [rows, 1, 1, -1]);
  const places = linear(params, 'picture', patches); // [B, P, H]
  const [, all, width] = places.shape as [number, number, number];
  const side = mapSide(all);
  const repeated = count === 1 ? places : tf.tile(tf.expandDims(places, 1), [1, count, 1, 1]);
  let x = tf.reshape(repeated, [rows, side, side, width]);
  const normalized = config.norm === 'picture' ? [rows, 1, 1, all * width] : [rows, side, side, width];
  const [one, zero] = [tf.ones(normalized.slice(-1)), tf.zeros(normalized.slice(-1))];
  for (let i = 0; i < config.blocks; i++) {
    const scope = params.scope(`blocks.${i}`);
    const modulation = linear(scope, 'modulation', condition); // [B·N, 1, 1, 2H]
    const [gamma, beta] = tf.split(modulation, 2, 3) as [tf.Tensor, tf.Tensor];
    const convolved = conv2d(scope, 'convolution', tf.relu(x), { padding: (KERNEL - 1) / 2 });
    const even = tf.reshape(layerNormalize(tf.reshape(convolved, normalized), one, zero, EPSILON), x.shape);
    x = tf.add(x, tf.relu(tf.add(tf.mul(even, tf.add(gamma, 1)), beta)));
  }
  return tf.reshape(tf.max(tf.reshape(x, [rows, all, width]), 1), [batch, count, width]);
}
