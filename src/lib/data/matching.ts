/**
 * @file Text–picture matching made of captions: each text beside its own picture ("match") and beside another record's
 * ("other"), as `classification` records. A classifier that learns them is a scorer of texts against pictures: what
 * CLIP is elsewhere (image–text matching, Li et al. 2021, ALBEF). The exchange is that of the condition `shuffled`: no
 * text keeps its picture. Split first, then match, so that no picture of the test records is seen in training.
 */
import { assignPictures } from './conditions';
import type { AnyRecord, ClassificationRecord } from './records';

export const MATCH = 'match';
export const OTHER = 'other';

/**
 * Two records for each one with a picture; `textOf` gives its text, `contentKeys` equal keys for equal pictures (paths by
 * default). Throws an `InputError` where there are fewer than two pictures.
 */
export function matchingRecords<R extends AnyRecord>(
  records: readonly R[],
  textOf: (record: R) => string,
  { seed = 1, contentKeys }: { seed?: number; contentKeys?: readonly (string | null)[] } = {},
): ClassificationRecord[] {
  const keys = contentKeys ?? records.map(({ image }) => image ?? null);
  const others = assignPictures('shuffled', keys, seed);
  return records.flatMap((record, row) => {
    const source = others[row]?.source ?? null;
    if (record.image === undefined || source === null) return [];
    const id = record.id ?? String(row);
    const shared = { text: textOf(record), ...(record.group === undefined ? {} : { group: record.group }) };
    return [
      { id: `${id}-${MATCH}`, ...shared, image: record.image, label: MATCH },
      { id: `${id}-${OTHER}`, ...shared, image: records[source]?.image as string, label: OTHER },
    ];
  });
}
