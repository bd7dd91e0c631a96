/**
 * @file k-fold cross-validation by cluster: every record is tested exactly once, and what belongs together (pictures
 * of one sentence, a sentence that recurs) is never trained on and tested at once. Clusters are shuffled by seed, then
 * dealt, the larger ones first, each to the fold that has the fewest records, so that folds are as equal as clusters allow.
 */
import { InputError } from '../errors';
import { Generator } from '../random';
import { rowsByKey } from './grouping';
import { quote } from './json-lines';
import type { AnyRecord } from './records';
import { splitByGroup } from './splits';

export interface FoldOptions {
  /** How many, at least 2. */
  folds: number;
  /**
   * The field or fields by which records belong together (default `group`). Of several, sharing one is enough, and
   * chains count: a with b by one field, b with c by another, so a with c. A record that lacks a field is not joined by it.
   */
  by?: string | readonly string[];
  seed: number;
  /** Share of the records outside the test fold that become validation, by cluster, in [0, 1) (default 0.1). */
  validation?: number;
}

/** Row numbers, ascending. */
export interface Fold {
  train: number[];
  validation: number[];
  test: number[];
}

/** The cluster of each record, by number in order of first appearance, int32 [records]. */
export function clusters(
  records: readonly AnyRecord[],
  by: string | readonly string[] = 'group',
): Int32Array {
  const parent = Int32Array.from(records, (_, row) => row);
  const rootOf = (row: number): number => {
    let root = row;
    while (parent[root] !== root) root = parent[root] as number;
    for (let at = row; at !== root; ) {
      const next = parent[at] as number;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  for (const field of typeof by === 'string' ? [by] : by) {
    const keys = records.map((record) => {
      const value = (record as Record<string, unknown>)[field];
      return value === undefined || value === null ? null : JSON.stringify(value);
    });
    if (keys.every((key) => key === null)) {
      throw new InputError(`folds: no record has the field ${quote(field)}; name one that records have`);
    }
    for (const [first, ...rest] of rowsByKey(keys).values()) {
      for (const row of rest) {
        // The smaller row stays the root, so numbers follow the order of appearance.
        const [a, b] = [rootOf(first as number), rootOf(row)];
        parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  const numbers = new Map<number, number>();
  return Int32Array.from(records, (_, row) => {
    const root = rootOf(row);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
}

/**
 * The folds of the records: fold i tests what no other fold tests.
 * @throws InputError where there are fewer clusters than folds need, no record has the field, or an option is out of range.
 */
export function folds(records: readonly AnyRecord[], options: FoldOptions): Fold[] {
  const { folds: count, by = 'group', seed, validation = 0.1 } = options;
  if (!Number.isInteger(count) || count < 2) {
    throw new InputError(`folds is ${quote(count)}; give a whole number of at least 2`);
  }
  if (!(validation >= 0 && validation < 1)) {
    throw new InputError(`validation is ${quote(validation)}; give a share from 0 to below 1`);
  }
  const clusterOf = clusters(records, by);
  const rowsOf = [...rowsByKey(Array.from(clusterOf, String)).values()];
  if (rowsOf.length < count) {
    throw new InputError(
      `folds: ${records.length} records in ${rowsOf.length} clusters cannot fill ${count} folds; give fewer folds`,
    );
  }
  const tests = deal(new Generator(seed, 'folds').shuffle(rowsOf), count);
  return tests.map((test, i) => {
    const rest = tests.flatMap((rows, j) => (j === i ? [] : rows)).sort((a, b) => a - b);
    const { train, validation: held } = splitByGroup(
      rest.map((row) => records[row] as AnyRecord),
      {
        seed,
        shares: { train: 1 - validation, validation },
        cluster: (_, place) => String(clusterOf[rest[place] as number]),
      },
    );
    const rows = (places: readonly number[]): number[] => places.map((place) => rest[place] as number);
    return { train: rows(train), validation: rows(held), test: [...test].sort((a, b) => a - b) };
  });
}

function deal(shuffled: readonly number[][], count: number): number[][] {
  const out = Array.from({ length: count }, (): number[] => []);
  for (const rows of [...shuffled].sort((a, b) => b.length - a.length)) {
    const smallest = out.reduce((least, fold) => (fold.length < least.length ? fold : least));
    smallest.push(...rows);
  }
  return out;
}
