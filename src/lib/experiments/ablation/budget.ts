/** @file What a grid has cost so far, against what it may cost: hours and operations of training, of all processes. */
import type { AblationConfig } from './config';
import { recordsSeen } from './costs';
import type { LedgerLine } from './ledger';

/** Whether the config limits what training costs at all. */
export function hasBudget({ budget }: AblationConfig): boolean {
  return budget.hours !== null || budget.flops !== null;
}

/** What of the budget the cells `counted` have spent, in words; `null` where there is some left. */
export function overBudget(
  { budget }: AblationConfig,
  lines: ReadonlyMap<string, LedgerLine>,
  counted: ReadonlySet<string>,
): string | null {
  let [seconds, flops] = [0, 0];
  for (const line of lines.values()) {
    if (!counted.has(line.id)) continue;
    seconds += line.seconds;
    if (line.status === 'finished') flops += recordsSeen(line) * (line.compute?.trainingFlops ?? 0);
  }
  if (budget.hours !== null && seconds >= 3600 * budget.hours) {
    return `budget.hours: ${(seconds / 3600).toPrecision(3)} of ${budget.hours} hours of training`;
  }
  if (budget.flops !== null && flops >= budget.flops) {
    return `budget.flops: ${flops.toExponential(2)} of ${budget.flops.toExponential(2)} operations of training`;
  }
  return null;
}
