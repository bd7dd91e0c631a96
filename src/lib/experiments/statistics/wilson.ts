/**
 * @file Wilson's (1927) score interval of a share, for independent trials.
 *
 *     (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)
 *
 * Worked: 2613 of 3000 (POPE, 87.1 %) gives 85.85 to 88.25 %.
 */
import { InputError } from '../../errors';
import { criticalValue } from './distributions';
import type { Interval } from './interval';

/** Interval of successes / total. Throws `InputError` unless 0 ≤ successes ≤ total and total > 0. */
export function wilsonInterval(successes: number, total: number, level = 0.95): Interval {
  if (!(total > 0 && successes >= 0 && successes <= total)) {
    throw new InputError(`wilsonInterval: ${successes} successes of ${total} trials is not a share`);
  }
  const z = criticalValue(level);
  const p = successes / total;
  const center = p + (z * z) / (2 * total);
  const half = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return {
    value: p,
    low: successes === 0 ? 0 : (center - half) / scale,
    high: successes === total ? 1 : (center + half) / scale,
    level,
    method: 'wilson',
  };
}
