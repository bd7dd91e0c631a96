/**
 * @file Instruction contrastive decoding, ICD (Wang et al. 2024, arXiv 2403.18715): away from what the model says of the
 * same picture under a disturbing instruction ("You are a confused object detector."), put before the prompt,
 *
 *     l = (1 + α)·l(y | v, x) − α·l(y | v, disturbance + x),     with VCD's cutoff
 *
 * The disturbance must be words that the model knows how to take; for a model that was never instructed it is only a
 * prompt that it has not seen.
 */
import type { NextTokenLogits } from '../next-token-logits';
import { contrast } from './contrast';
import { withPrefix } from './prefix';
import type { VisualContrastiveOptions } from './visual-contrastive';

/** `disturbed` is the guided model once more, with a cache of its own; `disturbance` stands before each prompt, as ids. */
export function instructionContrastiveDecoding(
  guided: NextTokenLogits,
  disturbed: NextTokenLogits,
  disturbance: readonly number[],
  { alpha = 1, cutoff = 0.1 }: VisualContrastiveOptions = {},
): NextTokenLogits {
  return contrast(guided, withPrefix(disturbed, disturbance), { weight: alpha, cutoff: cutoff ?? undefined });
}
