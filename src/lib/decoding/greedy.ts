/** @file Greedy decoding: the likeliest token each time, y_t = argmax p(y | prompt, y_<t); of equals the lowest id. */
import type { NextTokenLogits } from './next-token-logits';
import { type StreamOptions, writeRows } from './row-loop';
import { argMax } from './rules';
import type { Written } from './writing';

/** Writes after each prompt (ids). Throws `RangeError` and `InputError` for wrong options and contradictory rules. */
export function greedy(
  model: NextTokenLogits,
  prompts: readonly (readonly number[])[],
  options: StreamOptions,
): Promise<Written[]> {
  return writeRows(model, prompts, options, argMax);
}
