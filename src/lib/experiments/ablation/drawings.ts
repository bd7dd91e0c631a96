/** @file The figures of a summary, that of its rows first: drawn once, for the files and for the page. */
import { type ComparisonGroup, comparison, type FigureSpecification, renderSvg } from '../../figures';
import { boundLines } from './bound';
import { attentionFigure } from './detail-figures';
import { DRAWN, gridFigures } from './figures';
import type { AblationSummary, SummaryRow } from './summary';

export interface Drawing {
  figure: FigureSpecification;
  svg: string;
}

const drawn = new WeakMap<AblationSummary, Promise<ReadonlyMap<string, Drawing>>>();

/** Every figure that the summary has something for, by the name of its file; none where no cell has finished. */
export function drawings(summary: AblationSummary): Promise<ReadonlyMap<string, Drawing>> {
  const made = drawn.get(summary) ?? draw(summary);
  drawn.set(summary, made);
  return made;
}

async function draw(summary: AblationSummary): Promise<ReadonlyMap<string, Drawing>> {
  const rows = ablationFigure(summary);
  const made = new Map<string, Drawing>();
  if (!rows) return made;
  const attention = await attentionFigure(summary);
  const all = [['ablation', rows] as const, ...gridFigures(summary)];
  for (const [name, figure] of attention ? [...all, ['attention', attention] as const] : all) {
    made.set(name, { figure, svg: await renderSvg(figure) });
  }
  return made;
}

/** Each row's value with its interval, a panel for each combination of the settings other than the fusion. */
export function ablationFigure(summary: AblationSummary): FigureSpecification | null {
  const { rows, metric, share, name } = summary;
  const known = rows.filter((row) => row.estimate !== null);
  if (known.length === 0) return null;
  // Systems before controls, where not all can be drawn.
  const order = [...known].sort((a, b) => Number(a.role === 'control') - Number(b.role === 'control'));
  const drawn = new Set(order.slice(0, DRAWN));
  const kept = known.filter((row) => drawn.has(row));
  const group: ComparisonGroup = {
    name: `${summary.task}, ${summary.split} records`,
    systems: kept.map((row) => ({
      name: row.name,
      role: row.role,
      ...(row.estimate as NonNullable<SummaryRow['estimate']>),
    })),
    ceilings: boundLines(summary),
  };
  const seeds = Math.max(...rows.map((row) => row.seeds));
  const left = known.length > kept.length ? `; the first ${kept.length} of ${known.length} rows` : '';
  return comparison({
    title: name,
    subtitle: `95 % intervals over ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} and ${summary.clusters ?? '?'} clusters of records${left}`,
    groups: [group],
    metric,
    percent: share,
  });
}
