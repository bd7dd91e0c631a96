/**
 * @file Which picture each record is shown under a condition. `right` is its own. The controls take it away
 * (`none`, `blank`, `mean`, `noise`), spoil it (`patch-shuffled`), or give another record's (`shuffled`,
 * `shuffled-within-label`). The exchange is a derangement π over pictures, not over records: every record with
 * picture p gets π(p) ≠ p, so records that share a picture, or hold equal copies of it, never keep its content.
 * Within a label π is drawn among that label's pictures: the exchange then keeps whatever the label alone tells.
 */
import { InputError } from '../errors';
import { Generator } from '../random';
import type { PictureTransform } from '../vision/picture-conditions';
import { rowsByKey } from './grouping';
import { quote } from './json-lines';

export const CONDITIONS = [
  'right',
  'none',
  'blank',
  'mean',
  'noise',
  'patch-shuffled',
  'shuffled',
  'shuffled-within-label',
] as const;

export type Condition = (typeof CONDITIONS)[number];

/** The picture that one record is shown. */
export interface PictureChoice {
  /** Row of the record whose picture is shown; null: the record is shown no picture at all. */
  source: number | null;
  transform: PictureTransform;
}

/**
 * The choice for each record.
 * @param contentKeys equal keys, equal pictures (`checkRecords` gives them by content; paths do where each picture
 *   has one path); null where the record has none, and then it gets none under every condition.
 * @param labels needed by `shuffled-within-label` alone.
 * @throws InputError where an exchange is impossible: fewer than two pictures, in all or within a label.
 */
export function assignPictures(
  condition: Condition,
  contentKeys: readonly (string | null)[],
  seed: number,
  labels?: readonly string[],
): PictureChoice[] {
  switch (condition) {
    case 'right':
      return contentKeys.map((key, row) => choice(key === null ? null : row, 'none'));
    case 'none':
      return contentKeys.map(() => choice(null, 'none'));
    case 'blank':
    case 'mean':
    case 'noise':
    case 'patch-shuffled':
      return contentKeys.map((key, row) => choice(key === null ? null : row, condition));
    case 'shuffled': {
      const exchange = derangement(contentKeys, new Generator(seed, 'shuffled'), 'the records');
      return contentKeys.map((key) => choice(key === null ? null : (exchange.get(key) as number), 'none'));
    }
    case 'shuffled-within-label':
      return withinLabel(contentKeys, seed, labels);
  }
}

/** The named condition. Throws an InputError listing the known ones. */
export function parseCondition(name: string): Condition {
  const found = CONDITIONS.find((condition) => condition === name);
  if (found) return found;
  throw new InputError(`condition is ${quote(name)}; use one of ${CONDITIONS.join(', ')}`);
}

function choice(source: number | null, transform: PictureTransform): PictureChoice {
  return { source, transform: source === null ? 'none' : transform };
}

function withinLabel(
  keys: readonly (string | null)[],
  seed: number,
  labels?: readonly string[],
): PictureChoice[] {
  if (labels?.length !== keys.length) {
    throw new InputError(
      'condition shuffled-within-label needs a label for every record; use shuffled instead',
    );
  }
  const rowsOf = rowsByKey(labels);
  const out: PictureChoice[] = keys.map(() => choice(null, 'none'));
  for (const label of [...rowsOf.keys()].sort()) {
    const rows = rowsOf.get(label) as number[];
    const held = keys.map((key, row) => (labels[row] === label ? key : null));
    if (rows.every((row) => keys[row] === null)) continue;
    const exchange = derangement(
      held,
      new Generator(seed, 'shuffled-within-label', label),
      `label ${quote(label)}`,
    );
    for (const row of rows) {
      const key = keys[row];
      if (key !== null && key !== undefined) out[row] = choice(exchange.get(key) as number, 'none');
    }
  }
  return out;
}

/**
 * A uniform random derangement of the distinct keys, as key → row of a record that holds the new picture. Drawn by
 * rejection: a random permutation moves every element with probability about 1/e.
 */
function derangement(
  keys: readonly (string | null)[],
  generator: Generator,
  of: string,
): Map<string, number> {
  const rowOf = new Map<string, number>();
  keys.forEach((key, row) => {
    if (key !== null && !rowOf.has(key)) rowOf.set(key, row);
  });
  const distinct = [...rowOf.keys()];
  if (distinct.length < 2) {
    throw new InputError(
      `pictures cannot be exchanged: ${of} hold ${distinct.length} distinct picture; give records with at least two`,
    );
  }
  for (;;) {
    const moved = generator.shuffle(distinct);
    if (moved.every((key, place) => key !== distinct[place])) {
      return new Map(distinct.map((key, place) => [key, rowOf.get(moved[place] as string) as number]));
    }
  }
}
