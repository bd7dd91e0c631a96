/**
 * @file Prefix: patches of the picture, projected to the width of the text, go through the text network as tokens of
 * their own (LLaVA: Liu et al. 2023, §4.1; MMBT: Kiela et al. 2019, §3). A network that sees both sides reads them
 * behind the text, so that its first token stays the first; a causal one before, so that every token sees them.
 *
 * A record's one state is read from the text's tokens, as in every other form, or from the picture's (`readout`), of each
 * feature the greatest over the P of them: "is there a place where …?". Each place has read the text and can answer for itself;
 * a text's token would have to learn first where to look. A relation network too sums over places (Santoro et al. 2017,
 * eq. 1). What it is worth is in docs/log.md.
 */
import { z } from 'zod';
import { tf } from '../engine';
import {
  layerNorm,
  layerNormSpecifications,
  lecunUniform,
  linear,
  linearSpecifications,
  prefixed,
} from '../nn';
import { absentPictureSpecifications, orAbsentPicture } from './absent-picture';
import type { Fusion, FusionWidths } from './types';

export const prefixConfigSchema = z.strictObject({
  kind: z.literal('prefix'),
  /** What becomes tokens: every patch, or the pooled picture as one token. */
  tokens: z.enum(['patches', 'pooled']).default('patches'),
  /** Whose tokens the pooled state is read from; `picture` needs a text network that sees both sides. */
  readout: z.enum(['text', 'picture']).optional(),
});
export type PrefixConfig = z.infer<typeof prefixConfigSchema>;

export function prefixFusion(config: PrefixConfig, widths: FusionWidths): Fusion {
  return {
    usesPicture: true,
    width: widths.text,
    specifications: () =>
      prefixed('fusion', [
        ...absentPictureSpecifications(widths.vision),
        ...layerNormSpecifications('norm', widths.vision),
        ...linearSpecifications('projection', widths.vision, widths.text, { initialize: lecunUniform }),
      ]),
    pictureTokenCount: (patches) => (config.tokens === 'patches' ? patches : 1),
    pictureTokens(params, { patches, visionPooled, picturePresent, batch }) {
      const scope = params.scope('fusion');
      const chosen = config.tokens === 'patches' ? patches : visionPooled;
      const seen = orAbsentPicture(scope, chosen, picturePresent, batch);
      const rows = seen.rank === 2 ? tf.expandDims(seen, 1) : seen; // [B, P, Dv]
      return linear(scope, 'projection', layerNorm(scope, 'norm', rows, 1e-5)); // [B, P, D]
    },
    forward: (_params, { textStates, textPooled, pictureStates }) => ({
      states: textStates,
      pooled: readsPicture(config) && pictureStates ? tf.max(pictureStates, 1) : textPooled,
    }),
  };
}

/** Whether the pooled state is read from the picture's tokens. */
export const readsPicture = ({ readout }: PrefixConfig): boolean => readout === 'picture';
