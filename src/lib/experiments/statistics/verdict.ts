/**
 * @file A comparison in words, so that a reader need not know how to read intervals, and cannot read more into
 * them than is there:
 *
 *     "guided is better than text-only by 6.1 points [4.0, 8.3], and better than every control"
 *     "guided is better than text-only by 6.1 points [4.0, 8.3], but not than shuffled pictures (0.2 [-1.0, 1.4]):
 *      the gain cannot be put down to the picture"
 *     "no difference can be shown at this size: 0.8 points [-1.1, 2.7]; n = 2,400 would be needed"
 *
 * "Better" asks for an interval that excludes 0 and a p value below 1 − level. "Better than every control" is a
 * claim about all controls at once, each tested at full level (intersection–union), so it needs no correction;
 * correct (`holm`) where you pick the best of several systems.
 */
import { requiredPairs } from './effect-size';
import type { PairedDifference } from './paired';

/** What a comparison shows. `unattributed`: better than the baseline, not shown better than every control. */
export type VerdictKind = 'better' | 'unattributed' | 'worse' | 'undecided';

export interface Verdict {
  kind: VerdictKind;
  text: string;
  /** Controls that the system was not shown to beat. */
  unbeaten: string[];
  /** Records needed to show the observed difference with power 0.8, where it was not shown. */
  required?: number;
}

export interface VerdictOptions {
  system: string;
  baseline: string;
  /** system − baseline, by `pairedBootstrap` or `hierarchicalInterval`. */
  difference: PairedDifference;
  /** system − control. */
  controls?: readonly { name: string; difference: PairedDifference }[];
  /** Default true; false for losses, errors and perplexity. */
  higherIsBetter?: boolean;
  /** `points` writes shares as percentage points (default); anything else is written after the bare number. */
  unit?: string;
}

/** The verdict on one comparison. */
export function verdict(options: VerdictOptions): Verdict {
  const { system, baseline, difference, controls = [], higherIsBetter = true, unit = 'points' } = options;
  const show = (d: PairedDifference, sign = 1) => written(d, sign, unit);
  const direction = shown(difference) * (higherIsBetter ? 1 : -1);
  if (direction === 0) {
    const required = requiredPairs({
      difference: difference.value,
      deviation: difference.standardError * Math.sqrt(difference.records),
      significance: 1 - difference.level,
    });
    return {
      kind: 'undecided',
      text: `no difference can be shown at this size between ${system} and ${baseline}: ${show(difference)}; ${need(required)}`,
      unbeaten: controls.map((control) => control.name),
      required,
    };
  }
  const sign = Math.sign(difference.value);
  if (direction < 0) {
    return {
      kind: 'worse',
      text: `${system} is worse than ${baseline} by ${show(difference, sign)}`,
      unbeaten: controls.map((control) => control.name),
    };
  }
  const lead = `${system} is better than ${baseline} by ${show(difference, sign)}`;
  if (controls.length === 0) return { kind: 'better', text: lead, unbeaten: [] };
  const unbeaten = controls.filter((c) => shown(c.difference) * (higherIsBetter ? 1 : -1) <= 0);
  if (unbeaten.length === 0) {
    return { kind: 'better', text: `${lead}, and better than every control`, unbeaten: [] };
  }
  const list = unbeaten.map((c) => `${c.name} (${show(c.difference)})`).join(' or ');
  return {
    kind: 'unattributed',
    text: `${lead}, but not shown to be better than ${list}: the gain cannot be put down to the picture`,
    unbeaten: unbeaten.map((c) => c.name),
  };
}

/** 1 or −1 where the interval and the p value agree that the difference is not 0, else 0. */
function shown({ low, high, level, pValue }: PairedDifference): number {
  if (pValue >= 1 - level) return 0;
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

function written({ value, low, high }: PairedDifference, sign: number, unit: string): string {
  const scale = sign * (unit === 'points' ? 100 : 1);
  const digits = unit === 'points' ? 1 : 3;
  const [a, b] = sign < 0 ? [high, low] : [low, high];
  const text = (x: number) => (scale * x).toFixed(digits).replace(/^-(0\.0+)$/, '$1');
  return `${text(value)} ${unit} [${text(a)}, ${text(b)}]`;
}

function need(required: number): string {
  if (!Number.isFinite(required)) return 'the two did equally well, so no size would show one';
  return `n = ${required.toLocaleString('en-US')} would be needed to show one as large as seen`;
}
