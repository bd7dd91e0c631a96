/**
 * @file Groups rows (for example seeds of one configuration) and summarizes a number in each group.
 *
 *     mean = Σ x / n,   deviation = √(Σ (x − mean)² / (n − 1)),   undefined for one run
 *
 * Worked: 0.5 and 0.7 of system a, 0.9 of system b, grouped by system: a: mean 0.6, deviation 0.1414, 2 runs;
 * b: mean 0.9, no deviation, 1 run.
 */

/** Mean, spread and number of one metric in a group; `deviation` is `null` for one run. */
export interface Summary {
  mean: number;
  deviation: number | null;
  lowest: number;
  highest: number;
  count: number;
}

export interface RowGroup<Row> {
  /** The values of the grouping columns. */
  keys: Record<string, unknown>;
  rows: Row[];
}

/** Groups in order of first appearance. Values are told apart by type as well: `1` and `'1'` are two groups. */
export function groupRows<Row extends object>(
  rows: readonly Row[],
  by: readonly (keyof Row & string)[],
): RowGroup<Row>[] {
  const groups = new Map<string, RowGroup<Row>>();
  for (const row of rows) {
    const keys = Object.fromEntries(by.map((column) => [column, row[column]]));
    const name = JSON.stringify(by.map((column) => row[column] ?? null));
    const group = groups.get(name);
    if (group) group.rows.push(row);
    else groups.set(name, { keys, rows: [row] });
  }
  return [...groups.values()];
}

/** Summary of numbers; those that are missing or not finite are left out; `null` where none is left. */
export function summarize(values: readonly (number | null | undefined)[]): Summary | null {
  const known = values.filter(
    (value): value is number => typeof value === 'number' && Number.isFinite(value),
  );
  if (known.length === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    deviation: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : null,
    lowest: Math.min(...known),
    highest: Math.max(...known),
    count: known.length,
  };
}
