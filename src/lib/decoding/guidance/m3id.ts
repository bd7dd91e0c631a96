/**
 * @file M3ID, multi-modal mutual information decoding (Favero et al. 2024, arXiv 2403.14003): the longer the text, the
 * more a model forgets the picture, so the longer the text, the stronger the contrast with the text-only branch,
 *
 *     l = l_c + 1[max l_c < log α]·((1 − γ_t)/γ_t)·(l_c − l_u),     γ_t = e^(−λt)
 *
 * with t the tokens written. Where the model is sure (its likeliest token has α or more) nothing is changed. λ = 0 is
 * plain decoding.
 */
import type { NextTokenLogits } from '../next-token-logits';
import { argMax } from '../rules';
import { expect } from '../rules/arguments';
import { contrast } from './contrast';

export interface M3idOptions {
  /** λ ≥ 0 a token; 0.02 by default. */
  forgetting?: number;
  /** α in (0, 1]; 0.3 by default. */
  sureness?: number;
}

/** Contrast grows without bound; e^(λt) is held below this. */
const LARGEST = 20;

export function m3id(
  guided: NextTokenLogits,
  textOnly: NextTokenLogits,
  { forgetting = 0.02, sureness = 0.3 }: M3idOptions = {},
): NextTokenLogits {
  expect(Number.isFinite(forgetting) && forgetting >= 0, 'M3ID: forgetting', forgetting, 'a number ≥ 0');
  expect(sureness > 0 && sureness <= 1, 'M3ID: sureness', sureness, 'a number > 0 and ≤ 1');
  return contrast(guided, textOnly, {
    weight: ({ written, expert }) => {
      if ((expert[argMax(expert)] as number) >= Math.log(sureness)) return 0;
      return Math.min(Math.exp(forgetting * written), LARGEST) - 1; // (1 − γ)/γ = e^(λt) − 1
    },
  });
}
