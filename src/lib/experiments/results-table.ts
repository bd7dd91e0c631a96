/**
 * @file A table of results: rows of names and metrics, with intervals where they are known, written as Markdown
 * (README, model card), LaTeX (paper) and CSV (spreadsheet), or held as a danfojs DataFrame (notebook).
 *
 * A cell with an interval is written "97.4 [96.8, 98.0]" in Markdown and LaTeX, and becomes three columns
 * (`accuracy`, `accuracy_low`, `accuracy_high`) in CSV and in the frame, unrounded.
 */
import { InputError } from '../errors';
import { type DataFrame, type FrameValue, toDataFrame } from './data-frame';
import { writeCsv, writeLatex, writeMarkdown } from './table-writers';

/** A value with its interval. */
export interface Estimate {
  value: number;
  low?: number;
  high?: number;
}

export type ResultCell = string | number | boolean | null | undefined | Estimate;
export type ResultRow = Readonly<Record<string, ResultCell>>;

export interface ResultColumn {
  key: string;
  /** Heading; the key by default. */
  title?: string;
  /** `percent` multiplies by 100 and writes no sign: say "accuracy, %" in the title. Numbers by default. */
  format?: 'number' | 'percent' | 'integer';
  /** Digits behind the point: 1 for percent, 3 for numbers. */
  digits?: number;
  /** Write the best value of the column in bold. */
  best?: 'highest' | 'lowest';
}

/** A cell as text, and whether it is the best of its column. */
export interface WrittenCell {
  text: string;
  bold: boolean;
}

export class ResultsTable {
  constructor(
    readonly rows: readonly ResultRow[],
    readonly columns: readonly ResultColumn[],
  ) {}

  /** GitHub Markdown; numbers stand to the right. */
  markdown(): string {
    return writeMarkdown(this.titles(), this.written(), this.numeric());
  }

  /** A LaTeX `tabular` for the booktabs package, inside a `table` where a caption is given. */
  latex(options: { caption?: string; label?: string } = {}): string {
    return writeLatex(this.titles(), this.written(), this.numeric(), options);
  }

  /** CSV by RFC 4180, values unrounded. */
  csv(): string {
    const { names, records } = this.flat();
    return writeCsv(
      names,
      records.map((record) => names.map((name) => record[name] ?? null)),
    );
  }

  /** A danfojs DataFrame, values unrounded; the first call loads danfojs. */
  frame(): Promise<DataFrame> {
    const { names, records } = this.flat();
    return toDataFrame(records, names);
  }

  private titles(): string[] {
    return this.columns.map((column) => column.title ?? column.key);
  }

  private numeric(): boolean[] {
    return this.columns.map(({ key }) =>
      this.rows.every((row) => typeof row[key] !== 'string' && typeof row[key] !== 'boolean'),
    );
  }

  private written(): WrittenCell[][] {
    const best = this.columns.map((column) => bestOf(this.rows, column));
    return this.rows.map((row) =>
      this.columns.map((column, c) => ({
        text: cellText(row[column.key], column),
        bold: best[c] !== null && best[c] === pointValue(row[column.key]),
      })),
    );
  }

  private flat(): { names: string[]; records: Record<string, FrameValue>[] } {
    const names: string[] = [];
    for (const { key } of this.columns) {
      names.push(key);
      const bounded = this.rows.some(
        (row) => isEstimate(row[key]) && (row[key] as Estimate).low !== undefined,
      );
      if (bounded) names.push(`${key}_low`, `${key}_high`);
    }
    const records = this.rows.map((row) => {
      const record: Record<string, FrameValue> = {};
      for (const { key } of this.columns) {
        const cell = row[key];
        if (isEstimate(cell)) {
          record[key] = cell.value;
          record[`${key}_low`] = cell.low ?? null;
          record[`${key}_high`] = cell.high ?? null;
        } else record[key] = cell ?? null;
      }
      return record;
    });
    return { names, records };
  }
}

/**
 * A table of rows. Without `columns` it has every key that occurs, in order of first appearance. Throws
 * `InputError` where a column's key occurs in no row.
 */
export function resultsTable(
  rows: readonly ResultRow[],
  { columns }: { columns?: readonly (ResultColumn | string)[] } = {},
): ResultsTable {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const chosen = (columns ?? keys).map((column) => (typeof column === 'string' ? { key: column } : column));
  for (const { key } of chosen) {
    if (rows.length > 0 && !keys.includes(key)) {
      throw new InputError(`resultsTable: no row has a column "${key}"; there are ${keys.join(', ')}`);
    }
  }
  return new ResultsTable(rows, chosen);
}

function isEstimate(cell: ResultCell): cell is Estimate {
  return typeof cell === 'object' && cell !== null;
}

function pointValue(cell: ResultCell): number | null {
  const value = isEstimate(cell) ? cell.value : cell;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function bestOf(rows: readonly ResultRow[], { key, best }: ResultColumn): number | null {
  const values = rows.map((row) => pointValue(row[key])).filter((value) => value !== null);
  if (!best || values.length < 2) return null;
  return best === 'highest' ? Math.max(...values) : Math.min(...values);
}

function cellText(cell: ResultCell, column: ResultColumn): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'number') return numberText(cell, column);
  const interval =
    cell.low === undefined || cell.high === undefined
      ? ''
      : ` [${numberText(cell.low, column)}, ${numberText(cell.high, column)}]`;
  return numberText(cell.value, column) + interval;
}

/** Made once: to make it takes longer than to write a number. */
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function numberText(value: number, column: ResultColumn): string {
  return rounded(value, column).replace(/^-(0(?:\.0+)?)$/, '$1'); // no minus nought
}

function rounded(value: number, { format = 'number', digits }: ResultColumn): string {
  if (!Number.isFinite(value)) return '–';
  if (format === 'percent') return (100 * value).toFixed(digits ?? 1);
  if (format === 'integer' || (digits === undefined && Number.isInteger(value))) return WHOLE.format(value);
  return value.toFixed(digits ?? 3);
}
