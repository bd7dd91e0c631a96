/** @file Which forms of fusion there are, and how one is made from its configuration. */
import { z } from 'zod';
import { concatConfigSchema, concatFusion } from './concat';
import { noFusion } from './none';
import type { Fusion, FusionWidths } from './types';

export const fusionKinds = ['none', 'concat'] as const;
export type FusionKind = (typeof fusionKinds)[number];

/** A form by its name alone (`"concat"`), or as an object with its settings. */
export const fusionConfigSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { kind: value } : value),
  z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('none') }), concatConfigSchema]),
);
export type FusionConfig = z.infer<typeof fusionConfigSchema>;

export function createFusion(config: FusionConfig, widths: FusionWidths): Fusion {
  switch (config.kind) {
    case 'none':
      return noFusion(widths);
    case 'concat':
      return concatFusion(config, widths);
  }
}
