/** @file Which forms of fusion there are, and how one is made from its configuration. */
import { z } from 'zod';
import { concatConfigSchema, concatFusion } from './concat';
import { crossAttention, crossAttentionConfigSchema } from './cross-attention';
import { filmConfigSchema, filmFusion } from './film';
import { gatedAddition, gatedAdditionConfigSchema } from './gated-addition';
import { noFusion } from './none';
import { prefixConfigSchema, prefixFusion } from './prefix';
import type { Fusion, FusionWidths } from './types';

export const fusionKinds = [
  'none',
  'concat',
  'prefix',
  'cross-attention',
  'gated-cross-attention',
  'gated-addition',
  'film',
] as const;
export type FusionKind = (typeof fusionKinds)[number];

/** A form by its name alone (`"concat"`), or as an object with its settings. */
export const fusionConfigSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { kind: value } : value),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    concatConfigSchema,
    prefixConfigSchema,
    crossAttentionConfigSchema,
    gatedAdditionConfigSchema,
    filmConfigSchema,
  ]),
);
export type FusionConfig = z.infer<typeof fusionConfigSchema>;

export function createFusion(config: FusionConfig, widths: FusionWidths): Fusion {
  switch (config.kind) {
    case 'none':
      return noFusion(widths);
    case 'concat':
      return concatFusion(config, widths);
    case 'prefix':
      return prefixFusion(config, widths);
    case 'cross-attention':
    case 'gated-cross-attention':
      return crossAttention(config, widths);
    case 'gated-addition':
      return gatedAddition(config, widths);
    case 'film':
      return filmFusion(config, widths);
  }
}
