/**
 * @file Visual contrastive decoding, VCD (Leng et al. 2024, arXiv 2311.16922): away from what the model says of a noisy
 * copy of the picture (`vision.diffusionNoise`), where its prejudices speak,
 *
 *     l = (1 + α)·l(y | v, x) − α·l(y | v', x),     tokens with l(y | v, x) < log β + max l(y | v, x) excluded
 *
 * VCD's settings are α = 1, β = 0.1 and noise of step 500. The same as classifier-free guidance of γ = 1 + α with the
 * noisy branch in place of the text-only one.
 */
import type { NextTokenLogits } from '../next-token-logits';
import { contrast } from './contrast';

export interface VisualContrastiveOptions {
  /** α ≥ 0; 1 by default. */
  alpha?: number;
  /** β; 0.1 by default, `null` for none. */
  cutoff?: number | null;
}

export function visualContrastiveDecoding(
  guided: NextTokenLogits,
  noisy: NextTokenLogits,
  { alpha = 1, cutoff = 0.1 }: VisualContrastiveOptions = {},
): NextTokenLogits {
  return contrast(guided, noisy, { weight: alpha, cutoff: cutoff ?? undefined });
}
