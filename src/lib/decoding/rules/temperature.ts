/**
 * @file Temperature: p ∝ exp(l/τ). τ < 1 sharpens, τ > 1 flattens; τ → 0 is greedy, which is a strategy and not a
 * rule. Source: Ackley, Hinton, Sejnowski 1985; Hugging Face's `TemperatureLogitsWarper`.
 */
import { expect } from './arguments';
import type { LogitsRule } from './rule';

/** `temperature` τ > 0. */
export function temperature(temperature: number): LogitsRule {
  expect(
    temperature > 0 && temperature < Number.POSITIVE_INFINITY,
    'temperature',
    temperature,
    'a number > 0 (for the likeliest token each time use greedy)',
  );
  return {
    kind: 'temperature',
    description: `temperature ${temperature}`,
    apply: (logits) => (temperature === 1 ? logits : logits.map((value) => value / temperature)),
  };
}
