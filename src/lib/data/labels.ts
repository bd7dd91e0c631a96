/** @file Labels to class numbers and back. The order is that of the sorted names, so it depends on no file's order. */
import { InputError } from '../errors';
import { quote } from './json-lines';
import type { RecordSet } from './read-records';
import type { AnyRecord } from './records';

/** The distinct labels, sorted by code unit. */
export function labelNames(records: readonly { label: string }[]): string[] {
  return [...new Set(records.map((record) => record.label))].sort();
}

/**
 * Class numbers, int32 [records], by place in `names`.
 * @throws InputError naming file and line and listing the known labels, where a record has another one.
 */
export function encodeLabels(
  set: Pick<RecordSet<AnyRecord & { label: string }>, 'records' | 'lines' | 'file'>,
  names: readonly string[],
): Int32Array {
  const numberOf = new Map(names.map((name, index) => [name, index]));
  return Int32Array.from(set.records, (record, row) => {
    const found = numberOf.get(record.label);
    if (found !== undefined) return found;
    const known = names.length > 40 ? [...names.slice(0, 40), `… (${names.length} in all)`] : names;
    throw new InputError(
      `${set.file}:${set.lines[row]}: field "label" is ${quote(record.label)}, which the model was not trained on; ` +
        `use one of the known labels: ${known.join(', ')}`,
    );
  });
}
