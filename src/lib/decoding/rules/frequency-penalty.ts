/**
 * @file Frequency and presence penalties: a token loses something for each time that it was written, and something
 * for having been written at all.
 *
 *     l(i) ← l(i) − frequency · count(i) − presence · [count(i) > 0]
 *
 * Source: the formula of OpenAI's API reference ("Frequency and presence penalties"). Counted over what was written,
 * not over the prompt, unless told to. Negative values reward repetition.
 */
import { expect } from './arguments';
import type { LogitsRule } from './rule';

export interface FrequencyPenalty {
  /** For each time; 0 by default. */
  frequency?: number;
  /** Once; 0 by default. */
  presence?: number;
  /** Ids of the prompt count too. */
  includePrompt?: boolean;
}

/** Throws a `RangeError` where a penalty is not a finite number. */
export function frequencyPenalty({
  frequency = 0,
  presence = 0,
  includePrompt = false,
}: FrequencyPenalty): LogitsRule {
  expect(Number.isFinite(frequency), 'frequency penalty', frequency, 'a finite number');
  expect(Number.isFinite(presence), 'presence penalty', presence, 'a finite number');
  return {
    kind: 'frequency-penalty',
    description: `frequency penalty ${frequency}, presence penalty ${presence}`,
    apply(logits, { prompt, written }) {
      const counts = new Map<number, number>();
      for (const id of includePrompt ? [...prompt, ...written] : written) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      const out = logits.slice();
      for (const [id, count] of counts) {
        if (id < out.length) out[id] = (logits[id] as number) - frequency * count - presence;
      }
      return out;
    },
  };
}
