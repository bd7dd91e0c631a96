/**
 * @file Sampling: y_t ~ p(y | prompt, y_<t) after the rules, by the inverse of the cumulative distribution,
 *
 *     u uniform in [0, 1);   y = the first id with Σ_{i ≤ y} p(i) > u
 *
 * Each row draws from its own stream of numbers, one a token, so it writes the same alone as in any batch, and small
 * differences of the logits (a cache, another device) change a token only where u falls between the two sums.
 */
import { Generator } from '../random';
import type { NextTokenLogits } from './next-token-logits';
import { type StreamOptions, writeRows } from './row-loop';
import { type Logits, softmax } from './rules';
import type { Written } from './writing';

export interface SampleSettings extends StreamOptions {
  seed: number;
  /**
   * Names each prompt's stream of random numbers, `Generator(seed, 'sample', ...key)`; its index by default. A prompt
   * with the same key writes the same in another batch.
   */
  keys?: readonly (readonly (number | string)[])[];
}

/** Writes after each prompt (ids). Throws `RangeError` and `InputError` for wrong options and contradictory rules. */
export async function sample(
  model: NextTokenLogits,
  prompts: readonly (readonly number[])[],
  options: SampleSettings,
): Promise<Written[]> {
  const { seed, keys } = options;
  if (keys && keys.length !== prompts.length) {
    throw new RangeError(`keys: ${keys.length} for ${prompts.length} prompts`);
  }
  const generators = prompts.map((_, row) => new Generator(seed, 'sample', ...(keys?.[row] ?? [row])));
  return writeRows(model, prompts, options, (logits, row) => draw(logits, generators[row] as Generator));
}

/** An id drawn from the softmax of logits [V]: one uniform number. */
export function draw(logits: Logits, generator: Generator): number {
  const probabilities = softmax(logits);
  let left = generator.uniform();
  let last = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const probability = probabilities[id] as number;
    if (probability === 0) continue;
    left -= probability;
    if (left < 0) return id;
    last = id;
  }
  return last; // the probabilities sum to a little less than 1
}
