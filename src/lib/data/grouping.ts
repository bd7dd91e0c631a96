/** @file Rows that share a key, in order of first appearance. */

/** Row numbers of each key; rows whose key is null are left out. */
export function rowsByKey(keys: readonly (string | null)[]): Map<string, number[]> {
  const rowsOf = new Map<string, number[]>();
  keys.forEach((key, row) => {
    if (key === null) return;
    const rows = rowsOf.get(key);
    if (rows) rows.push(row);
    else rowsOf.set(key, [row]);
  });
  return rowsOf;
}
