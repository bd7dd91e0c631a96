/** @file Which cells of a grid, or of any rung of a search, have failed. */
import { failureOf } from './cell';
import type { FailedLine, LedgerLine } from './ledger';
import type { AblationPlan, Cell } from './plan';

/** The cells of a plan, after those of the lower rungs of its search that have run. */
export function countedCells(
  { cells, searched = [] }: AblationPlan,
  lines: ReadonlyMap<string, LedgerLine>,
): Cell[] {
  const own = new Set(cells.map(({ id }) => id));
  return [...searched.filter(({ id }) => !own.has(id) && lines.has(id)), ...cells];
}

/** Those of them that failed, each with what its last attempt failed by. */
export function failedCells(
  plan: AblationPlan,
  lines: ReadonlyMap<string, LedgerLine>,
  out: string,
): { cell: Cell; line: FailedLine }[] {
  return countedCells(plan, lines).flatMap((cell) => {
    const line = failureOf(plan, cell, lines, out);
    return line ? [{ cell, line }] : [];
  });
}
