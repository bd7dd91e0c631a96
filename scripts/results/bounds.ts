/** @file The text-only bound beside a grid's rows, and on which side of it they are. */
import type { data } from '../../src/lib';
import type { FinishedPart } from './study';

/** The bound of the metric that the part's statistics are of; `null` where there is none. */
export function boundOf({ summary }: Pick<FinishedPart, 'summary'>): data.TextOnlyBound | null {
  return summary.bound?.metric === summary.metric ? summary.bound : null;
}

/** Whether the whole interval is better than the bound, worse than it, or holds it. */
export function onTheBoundsSide(
  { low, high }: { low: number; high: number },
  { kind, value }: Pick<data.TextOnlyBound, 'kind' | 'value'>,
): 'past' | 'at' | 'short' {
  if (low <= value && value <= high) return 'at';
  return low > value === (kind === 'ceiling') ? 'past' : 'short';
}
