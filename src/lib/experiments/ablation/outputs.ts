/** @file A summary as files: `summary.json`, `.md`, `.tex`, `.csv`, costs, and the figures. */
import { join } from 'node:path';
import { writeAll, writeFileAtomically } from '../../export/atomic-file';
import { saveFigure } from '../../figures';
import { type ResultRow, type ResultsTable, resultsTable } from '../results-table';
import { boundInWords } from './bound';
import { writeJson } from './cell';
import { costTable } from './costs';
import { drawings } from './drawings';
import { shortPaths } from './paths';
import { valueName } from './plan';
import type { AblationSummary } from './summary';

/** The rows as a table: settings, the metric with its interval, the gain over the baseline, what it cost. */
export function ablationTable({ rows, metric, share }: AblationSummary): ResultsTable {
  const paths = [...new Set(rows.flatMap((row) => Object.keys(row.settings)))];
  const titles = shortPaths(paths);
  const hasGate = rows.some(({ gate }) => gate !== null);
  const hasTexts = rows.some(({ text }) => text !== 'full');
  const hasGuidance = rows.some(({ guidance }) => guidance !== null);
  const hasConditions = rows.some(({ condition }) => condition !== 'right');
  const format = share ? ({ format: 'percent' } as const) : { digits: 3 };
  const made = rows.map(
    (row): ResultRow => ({
      ...Object.fromEntries(paths.map((path) => [path, valueName(row.settings[path] ?? null, path)])),
      condition: row.condition,
      text: row.text,
      gate: row.gate === null ? 'learned' : String(row.gate),
      guidance: row.guidance ?? 'none',
      seeds: row.seeds,
      [metric]: row.estimate,
      gain: row.difference && {
        value: row.difference.value,
        low: row.difference.low,
        high: row.difference.high,
      },
      parameters: row.parameters,
      seconds: row.seconds,
    }),
  );
  return resultsTable(made, {
    columns: [
      ...paths.map((key, i) => ({ key, title: titles[i] })),
      ...(hasConditions ? [{ key: 'condition', title: 'pictures' }] : []),
      ...(hasTexts ? [{ key: 'text' }] : []),
      ...(hasGate ? [{ key: 'gate' }] : []),
      ...(hasGuidance ? [{ key: 'guidance' }] : []),
      { key: 'seeds', format: 'integer' },
      { key: metric, title: share ? `${metric}, %` : metric, ...format },
      { key: 'gain', title: 'difference to baseline', ...format },
      { key: 'parameters', format: 'integer' },
      { key: 'seconds', digits: 1 },
    ],
  });
}

/** What `summary.md` says. */
export function ablationMarkdown(summary: AblationSummary): string {
  const { cells, rows, failures, details } = summary;
  const notes = [...summary.notes, ...details.notes];
  const verdicts = rows.flatMap((row) => (row.verdict ? [`- ${row.verdict.text}.`] : []));
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
  const costs = costTable(summary);
  const facts = [
    `${cells.finished} of ${cells.total} cells finished${cells.failed ? `, ${cells.failed} failed` : ''}.`,
    summary.records === null
      ? ''
      : `Scored on ${summary.records} ${summary.split} records in ${summary.clusters} clusters; brackets are 95 % intervals over seeds and clusters.`,
    boundInWords(summary),
    summary.blindChoice === null
      ? ''
      : `A blind choice gets ${(100 * summary.blindChoice).toFixed(1)} % right.`,
  ];
  return [
    `# ${summary.name}`,
    '',
    facts.filter(Boolean).join(' '),
    '',
    ablationTable(summary).markdown(),
    ...section('Verdicts', verdicts),
    ...section('Cost', costs ? [costs.markdown()] : []),
    ...section(
      'Failed',
      failures.map(({ id, name, error }) => `- ${name} (${id}): ${error.split('\n')[0]}`),
    ),
    ...section(
      'Notes',
      notes.map((note) => `- ${note}`),
    ),
    '',
    `Code ${summary.codeVersions.join(', ') || 'unknown'}; device ${summary.devices.join(', ') || 'unknown'}.`,
    '',
  ].join('\n');
}

/** Writes all of it into `out`; each file appears whole or not at all. */
export async function writeSummary(summary: AblationSummary, out: string): Promise<void> {
  const table = ablationTable(summary);
  await writeJson(join(out, 'summary.json'), summary, 2);
  await writeText(join(out, 'summary.md'), ablationMarkdown(summary));
  await writeText(join(out, 'summary.tex'), `${table.latex({ caption: summary.name })}\n`);
  await writeText(join(out, 'summary.csv'), table.csv());
  const costs = costTable(summary);
  if (costs) await writeText(join(out, 'costs.csv'), costs.csv());
  for (const [name, { figure, svg }] of await drawings(summary)) {
    await saveFigure(figure, join(out, 'figures', name), { svg, html: true });
  }
}

export function writeText(path: string, text: string): Promise<void> {
  return writeFileAtomically(path, (file) => writeAll(file, Buffer.from(text)));
}
