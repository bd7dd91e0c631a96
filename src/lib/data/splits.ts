/**
 * @file Splits by group: the records of one group (one picture, one sentence) land in one part together, so
 * nothing that was trained on is tested on. The groups are shuffled by seed and dealt out until each part has
 * its share of the records.
 */
import { InputError } from '../errors';
import { Generator } from '../random';
import { rowsByKey } from './grouping';
import type { AnyRecord } from './records';

export interface SplitOptions<Part extends string> {
  seed: number;
  /** Share of the records for each part; the shares must add up to 1. */
  shares: Record<Part, number>;
  /** The cluster of a record (default `groupOf`: its group, else its picture, else the record alone). */
  cluster?: (record: AnyRecord, row: number) => string;
}

/** 80 / 10 / 10, in the order in which the parts are written. */
export const THREE_PARTS = { train: 0.8, validation: 0.1, test: 0.1 } as const;

/** The cluster of a record: its group, else its picture, else the record alone. */
export function groupOf(record: AnyRecord, row: number): string {
  if (record.group !== undefined) return `group:${record.group}`;
  if (record.image !== undefined) return `image:${record.image}`;
  return `row:${row}`;
}

/**
 * Row numbers of each part, ascending. Same groups, same sizes and same seed give the same split, whatever the
 * order of the records within the file. Every part with a share above 0 gets at least one group.
 * @throws InputError where the shares do not add up to 1, or there are fewer groups than parts.
 */
export function splitByGroup<Part extends string>(
  records: readonly AnyRecord[],
  { seed, shares, cluster = groupOf }: SplitOptions<Part>,
): Record<Part, number[]> {
  const parts = Object.keys(shares) as Part[];
  const total = parts.reduce((sum, part) => sum + shares[part], 0);
  if (parts.some((part) => !(shares[part] >= 0)) || Math.abs(total - 1) > 1e-9) {
    throw new InputError(`split: the shares ${JSON.stringify(shares)} must be at least 0 and add up to 1`);
  }
  const rowsOf = rowsByKey(records.map(cluster));
  const wanted = parts.filter((part) => shares[part] > 0);
  if (rowsOf.size < wanted.length) {
    throw new InputError(
      `split: ${records.length} records in ${rowsOf.size} groups cannot fill ${wanted.length} parts (${wanted.join(', ')}); ` +
        'give more groups or fewer parts',
    );
  }
  const groups = new Generator(seed, 'split').shuffle([...rowsOf.keys()].sort());
  // The small parts are filled first and the largest takes what is left, so rounding never empties a small one.
  const order = [...wanted].sort((a, b) => shares[a] - shares[b]);
  const out = Object.fromEntries(parts.map((part) => [part, [] as number[]])) as Record<Part, number[]>;
  let at = 0;
  order.forEach((part, place) => {
    const partsAfter = order.length - 1 - place;
    const quota = partsAfter === 0 ? Number.POSITIVE_INFINITY : shares[part] * records.length;
    do {
      out[part].push(...(rowsOf.get(groups[at++] as string) as number[]));
    } while (groups.length - at > partsAfter && out[part].length < quota);
    out[part].sort((a, b) => a - b);
  });
  return out;
}

/**
 * Row numbers of `count` of the records, ascending: groups in an order drawn by seed, whole but for the last, which is cut
 * where the count ends. Of one seed the rows of a smaller count are among those of a larger one, so that a curve over
 * sizes adds records and exchanges none. Which groups are drawn does not depend on the order of the file; which rows of the
 * last one does, and so do records with neither group nor picture, whose group is their row.
 */
export function nestedRows(
  records: readonly AnyRecord[],
  { seed, count }: { seed: number; count: number },
): number[] {
  const rowsOf = rowsByKey(records.map(groupOf));
  const groups = new Generator(seed, 'limit').shuffle([...rowsOf.keys()].sort());
  const drawn = groups.flatMap((group) => rowsOf.get(group) as number[]);
  return drawn.slice(0, count).sort((a, b) => a - b);
}

/** The groups and the pictures that two lists of records share: not empty means that a split leaks. */
export function sharedGroups(a: readonly AnyRecord[], b: readonly AnyRecord[]): string[] {
  const named = (records: readonly AnyRecord[]): Set<string> =>
    new Set(records.map(groupOf).filter((group) => !group.startsWith('row:')));
  const first = named(a);
  return [...named(b)].filter((group) => first.has(group));
}
