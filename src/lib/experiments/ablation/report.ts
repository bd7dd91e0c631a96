/**
 * @file `report.html`: one page that holds everything it shows (no script, no file beside it): what was asked, the
 * verdicts, the figure, the table, every run, how to run it again, and the machine-learning reproducibility checklist
 * (Pineau et al. 2021) as far as a grid can fill it in by itself.
 */
import { join } from 'node:path';
import { boundInWords } from './bound';
import { costTable } from './costs';
import { drawings } from './drawings';
import { shownAs } from './evaluations';
import type { LedgerLine } from './ledger';
import { ablationTable, writeText } from './outputs';
import { type AblationPlan, seedName, valueName } from './plan';
import type { AblationSummary } from './summary';

const STYLE = `
  :root { color-scheme: light; }
  body { font: 16px/1.55 system-ui, sans-serif; color: #1c2733; background: #fff; max-width: 62rem; margin: 2.5rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; } h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; }
  .facts, caption, footer { color: #55626f; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; font-size: .92rem; } caption { text-align: left; padding: .3rem 0; }
  th, td { text-align: left; padding: .32rem .9rem .32rem 0; border-bottom: 1px solid #dde3e8; vertical-align: top; white-space: nowrap; }
  td.wide { white-space: normal; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
  th { border-bottom: 2px solid #9aa7b3; }
  .verdicts li { margin: .45rem 0; padding-left: .7rem; border-left: 4px solid #a9b4c0; list-style: none; } .verdicts { padding: 0; }
  .verdicts li.better { border-color: #0072b2; } .verdicts li.worse { border-color: #b84a00; } .verdicts li.unattributed { border-color: #d39b00; }
  svg { max-width: 100%; height: auto; }
  pre { background: #f4f6f8; padding: .8rem 1rem; overflow-x: auto; font-size: .85rem; }
`;

/** The page, complete in itself. */
export async function ablationReport(
  summary: AblationSummary,
  plan: AblationPlan,
  ledger: ReadonlyMap<string, LedgerLine>,
): Promise<string> {
  const pictures: string[] = [];
  for (const { figure, svg } of (await drawings(summary)).values()) {
    const own = withOwnIds(bareSvg(svg), `figure${pictures.length + 1}-`);
    pictures.push(`<figure role="img" aria-label="${escapeHtml(figure.description)}">${own}</figure>`);
  }
  const verdicts = summary.rows.flatMap(({ verdict }) =>
    verdict ? [`<li class="${verdict.kind}">${escapeHtml(verdict.text)}.</li>`] : [],
  );
  const costs = costTable(summary);
  const sections: [string, string][] = [
    [
      'Verdicts',
      verdicts.length > 0
        ? `<ul class="verdicts">${verdicts.join('')}</ul>`
        : '<p>No row has anything to be compared with.</p>',
    ],
    [
      'Figures',
      pictures.length > 0
        ? `${pictures.join('\n')}<p>Each stands in <code>figures/</code> as PNG, as SVG, with its numbers (JSON), and as a page to look into (HTML).</p>`
        : '<p>No cell has finished.</p>',
    ],
    ['Table', markdownTable(ablationTable(summary).markdown())],
    ['Cost', costs ? markdownTable(costs.markdown()) : '<p>No run says what it computed.</p>'],
    ['Before you believe it', list([...summary.notes, ...summary.details.notes], 'Nothing to say.')],
    ['Runs', runs(summary, plan, ledger)],
    ['Checklist', checklist(summary, plan, ledger)],
    [
      'Run it again',
      '<p>With the config below as <code>grid.json</code>, beside the same data, and the same version of the code:</p>' +
        '<pre>npx sightline ablate grid.json --out DIR</pre>' +
        `<pre>${escapeHtml(JSON.stringify(plan.config, null, 2))}</pre>`,
    ],
  ];
  const body = sections
    .map(([title, content]) => `<section><h2>${title}</h2>${content}</section>`)
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(summary.name)}</title><style>${STYLE}</style></head>
<body><header><h1>${escapeHtml(summary.name)}</h1><p class="facts">${escapeHtml(facts(summary))}</p></header>
${body}
<footer><p>Made by sightline ${escapeHtml(summary.codeVersions.join(', '))}.</p></footer></body></html>
`;
}

/** Writes `report.html` into `out`. */
export async function writeReport(
  summary: AblationSummary,
  plan: AblationPlan,
  ledger: ReadonlyMap<string, LedgerLine>,
  out: string,
): Promise<void> {
  await writeText(join(out, 'report.html'), await ablationReport(summary, plan, ledger));
}

function facts(summary: AblationSummary): string {
  const { cells, task, metric, records, clusters, split, share } = summary;
  return [
    `${task}, by ${metric}${share ? ' in %' : ''}.`,
    `${cells.finished} of ${cells.total} cells finished${cells.failed > 0 ? `, ${cells.failed} failed` : ''}.`,
    records === null ? '' : `${records} ${split} records in ${clusters} clusters.`,
    boundInWords(summary),
  ]
    .filter(Boolean)
    .join(' ');
}

function runs(summary: AblationSummary, plan: AblationPlan, ledger: ReadonlyMap<string, LedgerLine>): string {
  const digits = summary.share ? 4 : 3;
  const values = new Map<string, string[]>();
  for (const row of summary.rows) {
    for (const { id, value } of row.runs) {
      values.set(id, [...(values.get(id) ?? []), `${shownAs(row)} ${value.toFixed(digits)}`]);
    }
  }
  const rows = plan.cells.map((cell) => {
    const line = ledger.get(cell.id);
    const result = line?.status === 'failed' ? line.error : (values.get(cell.id)?.join('; ') ?? '');
    return [
      ...Object.entries(cell.settings).map(([path, value]) => valueName(value, path)),
      seedName(cell.seed),
      line?.status ?? 'open',
      result,
      line ? minutesOf(line.seconds) : '',
      cell.id,
    ];
  });
  const paths = Object.keys(plan.cells[0]?.settings ?? {});
  return table([...paths, 'seed', 'status', summary.metric, 'training', 'cell'], rows);
}

/** What the checklist asks of experiments, answered from the plan and the ledger. */
function checklist(
  summary: AblationSummary,
  plan: AblationPlan,
  ledger: ReadonlyMap<string, LedgerLine>,
): string {
  const lines = plan.cells.flatMap(({ id }) => ledger.get(id) ?? []);
  const seconds = lines.reduce((sum, line) => sum + line.seconds, 0);
  const memory = Math.max(0, ...lines.map((line) => (line.status === 'finished' ? line.peakMemoryBytes : 0)));
  const first = plan.cells[0];
  const hashes = Object.entries(first?.inputs ?? {}).map(([place, hash]) => `${place} ${hash.slice(0, 16)}…`);
  const { data, training } = (first as AblationPlan['cells'][number]).config;
  const limited = data.limit !== null && !plan.grid.paths.includes('data.limit');
  return table(
    ['asked', 'answer'],
    [
      [
        'Data and splits',
        `train ${data.train}${limited ? `, ${data.limit} records of it` : ''}; validation ${data.validation ?? 'a tenth of the training groups'}; test ${data.test ?? 'none'}; ${data.allowLeak ? 'groups may stand in several splits' : 'no group stands in two splits'}`,
      ],
      ['Contents of the data (SHA-256)', hashes.join('; ')],
      [
        'Hyperparameters considered',
        plan.grid.paths
          .map(
            (path) =>
              `${path}: ${(plan.config.axes[path] ?? []).map((value) => valueName(value, path)).join(', ')}`,
          )
          .join('; ') || 'none',
      ],
      [
        'How the best weights of a run are chosen',
        `best ${summary.metric === 'accuracy' ? 'accuracy' : 'main metric of the task'} on validation records; patience ${training.patience ?? 'without end'}`,
      ],
      [
        'Number of training and evaluation runs',
        `${lines.length} trainings; ${summary.rows.reduce((sum, row) => sum + row.seeds, 0)} evaluations`,
      ],
      ['Seeds', plan.config.seeds.map(seedName).join(', ')],
      [
        'The measure',
        `${summary.metric}, ${summary.higherIsBetter ? 'more' : 'less'} is better, on ${summary.split} records`,
      ],
      [
        'Central tendency and variation',
        'mean over seeds; 95 % percentile intervals by bootstrap over seeds and clusters of records; differences paired by seed and record; p values by Holm for the number of differences to the baseline',
      ],
      [
        'Time of training',
        `${minutesOf(seconds)} in all, ${lines.length > 0 ? minutesOf(seconds / lines.length) : '–'} a cell on average (minutes:seconds)`,
      ],
      ['Machine', `${summary.devices.join(', ')}; at most ${(memory / 2 ** 30).toFixed(1)} GiB of memory`],
      ['Code', summary.codeVersions.join(', ')],
    ],
  );
}

/** A Markdown table, as `ResultsTable` writes it, with its escapes taken back. */
function markdownTable(markdown: string): string {
  const plain = (cell: string) =>
    cell
      .replace(/\\([\\|*_`>])/g, '$1')
      .replaceAll('&lt;', '<')
      .trim();
  const [heads = [], rule = [], ...rows] = markdown.split('\n').map((line) =>
    line
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map(plain),
  );
  const kind = (c: number) => (rule[c]?.endsWith(':') ? ' class="number"' : '');
  const line = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell, c) => `<${tag}${kind(c)}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((cells) => line(cells, 'td')).join('');
  return `<div class="scroll"><table><thead>${line(heads, 'th')}</thead><tbody>${body}</tbody></table></div>`;
}

/** `m:ss` of a number of seconds. */
function minutesOf(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** SVG as HTML takes it in: without the XML declaration. */
function bareSvg(svg: string): string {
  return svg.slice(svg.indexOf('<svg'));
}

/** Several drawings on one page must not take each other's clips and gradients for their own. */
function withOwnIds(svg: string, prefix: string): string {
  return svg
    .replace(/(\sid=["'])/g, `$1${prefix}`)
    .replace(/(url\((?:&quot;|["'])?#)/g, `$1${prefix}`)
    .replace(/(href=["']#)/g, `$1${prefix}`);
}

function list(items: readonly string[], none: string): string {
  return items.length === 0
    ? `<p>${none}</p>`
    : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => `<td${text.length > 60 ? ' class="wide"' : ''}>${escapeHtml(text)}</td>`;
  return `<div class="scroll"><table><thead><tr>${heads.map((head) => `<th>${escapeHtml(head)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map(cell).join('')}</tr>`)
    .join('')}</tbody></table></div>`;
}

function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string,
  );
}
