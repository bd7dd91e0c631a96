/** @file The table with which `npm start` ends: text-only against vision-guided, from `runs/main-job/summary.json`. */
import { existsSync, readFileSync } from 'node:fs';

export interface SummaryRow {
  data: string;
  model: string;
  condition: string;
  metric: string;
  /** Fractions between 0 and 1, or any unit of the metric. */
  value: number;
  low: number;
  high: number;
  /** What no text-only model can exceed on these records, where it can be computed. */
  ceiling?: number;
}

export interface Summary {
  rows: SummaryRow[];
  seconds: number;
  figures: string[];
  weights: string[];
}

/** Reads the summary; `null` where no notebook has left one. Throws where it is none. */
export function readSummary(file: string): Summary | null {
  if (!existsSync(file)) return null;
  const summary = JSON.parse(readFileSync(file, 'utf8')) as Summary;
  if (!Array.isArray(summary.rows)) throw new Error(`${file}: "rows" is missing`);
  return summary;
}

const RATES = new Set(['accuracy', 'macroF1', 'f1', 'precision', 'recall', 'exactMatch']);

/** Rates in per cent, everything else with three digits. */
function shownValue(metric: string, value: number | undefined): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '';
  return RATES.has(metric) ? `${(100 * value).toFixed(1)} %` : value.toPrecision(3);
}

/** One line a row, columns padded to equal width, a rule below the head. */
export function formatTable({ rows }: Pick<Summary, 'rows'>): string {
  const head = ['data', 'model', 'picture', 'metric', 'value', '95 % interval', 'text-only ceiling'];
  const body = rows.map((row) => [
    row.data,
    row.model,
    row.condition,
    row.metric,
    shownValue(row.metric, row.value),
    `${shownValue(row.metric, row.low)} to ${shownValue(row.metric, row.high)}`,
    shownValue(row.metric, row.ceiling),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...body.map((cells) => (cells[column] as string).length)),
  );
  const numeric = (column: number) => column >= 4;
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] as number;
        return numeric(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}
