/**
 * @file Repetition penalty: the logit of every token that stands in the ids so far is made less likely by a factor θ,
 * by division where it is positive and by multiplication where it is negative (so that θ > 1 always lowers it).
 *
 *     l(i) ← l(i)/θ  if l(i) ≥ 0,   l(i)·θ  if l(i) < 0,   for i in the ids
 *
 * Source: Keskar et al. 2019 (CTRL), equation 1, which only divides; the sign as in Hugging Face's
 * `RepetitionPenaltyLogitsProcessor`. On log-probabilities it always multiplies. θ = 1 changes nothing.
 */
import { expect } from './arguments';
import type { LogitsRule } from './rule';

/** `penalty` θ > 0; `includePrompt`: ids of the prompt count too (true, as Hugging Face has it). */
export function repetitionPenalty(penalty: number, { includePrompt = true } = {}): LogitsRule {
  expect(
    penalty > 0 && penalty < Number.POSITIVE_INFINITY,
    'repetition penalty',
    penalty,
    'a number > 0 (1 changes nothing)',
  );
  return {
    kind: 'repetition-penalty',
    description: `repetition penalty ${penalty}`,
    apply(logits, { prompt, written }) {
      const out = logits.slice();
      for (const id of new Set(includePrompt ? [...prompt, ...written] : written)) {
        if (id >= out.length) continue; // a token of the prompt that the head cannot write
        const value = logits[id] as number;
        out[id] = value < 0 ? value * penalty : value / penalty;
      }
      return out;
    },
  };
}
