/**
 * @file The only door to danfojs. It is loaded when the first frame is made (two to three seconds: it brings the
 * whole tfjs union package, which shares our one tfjs-core). danfojs holds, prints, sorts and filters a table in a
 * notebook; what it gets wrong is done elsewhere: its CSV does not quote commas and its frames do not take ragged
 * rows (`results-table.ts`), its grouping has known mistakes and calls the deviation of one run 0 (`group-rows.ts`).
 */

/** What a frame's cell may hold; a missing one is `null`. */
export type FrameValue = string | number | boolean | null;

/**
 * The part of danfojs's `DataFrame` that a notebook needs most. The object is a whole danfojs DataFrame; its own
 * types are left out here, since they would make every cell of a notebook load the types of all of tfjs.
 */
export interface DataFrame {
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  readonly values: readonly (readonly FrameValue[])[];
  print(): void;
  head(rows?: number): DataFrame;
  sortValues(column: string, options?: { ascending?: boolean }): DataFrame;
  query(condition: readonly boolean[]): DataFrame;
  column(name: string): { readonly values: readonly FrameValue[] };
}

/** A danfojs DataFrame of rows that all have `columns`; cells that a row lacks are `null`. */
export async function toDataFrame(
  rows: readonly Readonly<Record<string, FrameValue | undefined>>[],
  columns: readonly string[] = [...new Set(rows.flatMap((row) => Object.keys(row)))],
): Promise<DataFrame> {
  const danfo = await import('danfojs-node');
  const values = rows.map((row) => columns.map((column) => row[column] ?? null));
  return new danfo.DataFrame(values, { columns: [...columns] }) as unknown as DataFrame;
}
