/**
 * @file Cuts at a probability: ε, fixed; η, lower where the distribution is flat.
 *
 *     ε-cutoff: p(i) ≥ ε          η-cutoff: p(i) ≥ min(ε, √ε · exp(−H)),   H = −Σ p log p
 *
 * Source: Hewitt, Manning, Liang 2022 (arXiv 2210.15191), section 4; Hugging Face's `EpsilonLogitsWarper` and
 * `EtaLogitsWarper`. The likeliest token (or `keepAtLeast` of them) stays in any case.
 */
import { expect, expectWhole } from './arguments';
import { forbid, largest, logSoftmax } from './distribution';
import type { Logits, LogitsRule } from './rule';

/** 0 < `epsilon` < 1; usual are 3e-4 to 9e-4. */
export function epsilonCutoff(epsilon: number, { keepAtLeast = 1 } = {}): LogitsRule {
  expect(epsilon > 0 && epsilon < 1, 'epsilon cutoff', epsilon, 'a number > 0 and < 1');
  expectWhole('epsilon cutoff: keepAtLeast', keepAtLeast, 1);
  return {
    kind: 'epsilon-cutoff',
    description: `epsilon cutoff ${epsilon}`,
    apply: (logits) => cut(logits, logSoftmax(logits), Math.log(epsilon), keepAtLeast),
  };
}

/** 0 < `epsilon` < 1; usual are 3e-4 to 4e-3. */
export function etaCutoff(epsilon: number, { keepAtLeast = 1 } = {}): LogitsRule {
  expect(epsilon > 0 && epsilon < 1, 'eta cutoff', epsilon, 'a number > 0 and < 1');
  expectWhole('eta cutoff: keepAtLeast', keepAtLeast, 1);
  return {
    kind: 'eta-cutoff',
    description: `eta cutoff ${epsilon}`,
    apply(logits) {
      const logProbabilities = logSoftmax(logits);
      let entropy = 0;
      for (const value of logProbabilities) {
        if (value > Number.NEGATIVE_INFINITY) entropy -= Math.exp(value) * value;
      }
      const threshold = Math.min(Math.log(epsilon), Math.log(epsilon) / 2 - entropy);
      return cut(logits, logProbabilities, threshold, keepAtLeast);
    },
  };
}

function cut(logits: Logits, logProbabilities: Float64Array, threshold: number, keepAtLeast: number): Logits {
  const likeliest = largest(logits, keepAtLeast);
  const last = logits[likeliest.at(-1) as number] as number;
  return forbid(
    logits,
    (id) => (logProbabilities[id] as number) < threshold && (logits[id] as number) < last,
  );
}
