/** @file The text-only bound beside a grid's rows: counted from the records that they are scored on. */
import { resolve } from 'node:path';
import { data } from '../../src/lib';
import type { FinishedPart } from './study';

/** The bound of the metric that the part's statistics are of; `null` where there is none. */
export async function boundOf({ plan, folder, summary }: FinishedPart): Promise<data.TextOnlyBound | null> {
  const task = summary.task as data.Task;
  const { records } = await data.readRecords(resolve(folder, plan.file), task);
  return data.textOnlyBound(task, records, summary.metric);
}

/** Whether the whole interval is better than the bound, worse than it, or holds it. */
export function onTheBoundsSide(
  { low, high }: { low: number; high: number },
  { kind, value }: Pick<data.TextOnlyBound, 'kind' | 'value'>,
): 'past' | 'at' | 'short' {
  if (low <= value && value <= high) return 'at';
  return low > value === (kind === 'ceiling') ? 'past' : 'short';
}
