/** @file Written cells as Markdown, LaTeX and CSV: the escaping that each needs. */
import type { WrittenCell } from './results-table';

/** A GitHub Markdown table, padded so that it reads well as text too. */
export function writeMarkdown(
  titles: readonly string[],
  rows: readonly (readonly WrittenCell[])[],
  right: readonly boolean[],
): string {
  const cells = rows.map((row) =>
    row.map(({ text, bold }) => (bold ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text))),
  );
  const heads = titles.map(escapeMarkdown);
  const widths = heads.map((head, c) =>
    Math.max(3, ...[head, ...cells.map((row) => row[c] as string)].map((t) => [...t].length)),
  );
  const pad = (text: string, c: number) => {
    const blanks = ' '.repeat((widths[c] as number) - [...text].length);
    return right[c] ? blanks + text : text + blanks;
  };
  const line = (row: readonly string[]) => `| ${row.map(pad).join(' | ')} |`;
  const rule = widths.map((width, c) => (right[c] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(heads), `| ${rule.join(' | ')} |`, ...cells.map(line)].join('\n');
}

/** A booktabs `tabular`, with `table`, caption and label where they are given. */
export function writeLatex(
  titles: readonly string[],
  rows: readonly (readonly WrittenCell[])[],
  right: readonly boolean[],
  { caption, label }: { caption?: string; label?: string },
): string {
  const line = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  const tabular = [
    `\\begin{tabular}{${right.map((r) => (r ? 'r' : 'l')).join('')}}`,
    '\\toprule',
    line(titles.map(escapeLatex)),
    '\\midrule',
    ...rows.map((row) =>
      line(row.map(({ text, bold }) => (bold ? `\\textbf{${escapeLatex(text)}}` : escapeLatex(text)))),
    ),
    '\\bottomrule',
    '\\end{tabular}',
  ];
  if (caption === undefined && label === undefined) return tabular.join('\n');
  return [
    '\\begin{table}',
    '\\centering',
    ...(caption === undefined ? [] : [`\\caption{${escapeLatex(caption)}}`]),
    ...(label === undefined ? [] : [`\\label{${label}}`]),
    ...tabular,
    '\\end{table}',
  ].join('\n');
}

/** CSV by RFC 4180, lines ended by a line feed; a missing value is empty. */
export function writeCsv(
  names: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string {
  const field = (value: string | number | boolean | null) => {
    const text =
      value === null || (typeof value === 'number' && !Number.isFinite(value)) ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names, ...rows].map((row) => `${row.map(field).join(',')}\n`).join('');
}

function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\|*_`<>]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : `\\${c}`))
    .replace(/\s*\n\s*/g, ' ');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '–': '--',
  '−': '$-$',
};

function escapeLatex(text: string): string {
  return text.replace(/[\\~^–−]|[&%$#_{}]/g, (c) => LATEX[c] ?? `\\${c}`).replace(/\s*\n\s*/g, ' ');
}
