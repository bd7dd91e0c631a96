/**
 * @file Comma-separated values (RFC 4180): a heading line, fields that may stand in quotes with "" for a quote and then
 * hold commas and line ends. Every value is text. Left out: other separators.
 */
import { InputError } from '../../errors';
import { quote } from '../json-lines';

export interface CsvRow {
  /** Where the row begins, counted from 1. */
  line: number;
  values: Record<string, string>;
}

/** The rows of a file with a heading. Throws an InputError naming file and line where a row has too few or many fields. */
export function parseCsv(text: string, file: string): CsvRow[] {
  const [heading, ...rows] = fieldsOf(text, file);
  if (!heading) throw new InputError(`${file}: is empty; its first line must name the columns`);
  return rows.map(({ line, fields }) => {
    if (fields.length !== heading.fields.length) {
      throw new InputError(
        `${file}:${line}: has ${fields.length} fields where the heading has ${heading.fields.length}: ${quote(fields.join(','))}; write one for each column, those with a comma in quotes`,
      );
    }
    return { line, values: Object.fromEntries(heading.fields.map((name, i) => [name, fields[i] as string])) };
  });
}

function fieldsOf(text: string, file: string): { line: number; fields: string[] }[] {
  const rows: { line: number; fields: string[] }[] = [];
  // One field, its quotes included, and what ends it.
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let [line, fields]: [number, string[]] = [1, []];
  let begun = line;
  while (field.lastIndex < text.length || fields.length > 0) {
    const from = field.lastIndex;
    const found = field.exec(text);
    if (!found) {
      throw new InputError(
        `${file}:${line}: a quote is not closed, or stands within a field, near ${quote(text.slice(from, from + 30))}; write "" for a quote, in a field in quotes`,
      );
    }
    fields.push(found[1] !== undefined ? found[1].replaceAll('""', '"') : (found[2] as string));
    line += found[0].split('\n').length - 1;
    if (found[3] === ',') continue;
    // An empty line is no row.
    if (fields.length > 1 || fields[0] !== '') rows.push({ line: begun, fields });
    [fields, begun] = [[], line];
  }
  return rows;
}
