/**
 * @file Classifier-free guidance (Sanchez et al. 2023, arXiv 2306.17806): away from what the model says without the
 * picture,
 *
 *     log p = log p_u + γ·(log p_c − log p_u)
 *
 * with p_u the text-only branch of the same model. γ = 1 is plain decoding; the usual values are 1.25 (ZeroMMT) to 1.5.
 * In the form of `contrast` w = γ − 1. The branch must have been learned: pictures left out now and then in training.
 */
import type { NextTokenLogits } from '../next-token-logits';
import { expect } from '../rules/arguments';
import { contrast } from './contrast';

export interface ClassifierFreeOptions {
  /** γ ≥ 1. */
  scale: number;
  /** β of a plausibility cutoff; none by default. */
  cutoff?: number;
}

export function classifierFreeGuidance(
  guided: NextTokenLogits,
  textOnly: NextTokenLogits,
  { scale, cutoff }: ClassifierFreeOptions,
): NextTokenLogits {
  expect(Number.isFinite(scale) && scale >= 1, 'classifier-free guidance: scale', scale, 'a number ≥ 1');
  return contrast(guided, textOnly, { weight: scale - 1, cutoff });
}
