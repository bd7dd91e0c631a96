/**
 * @file The figures of a grid beside that of its rows: paired differences with intervals, the matrix of systems and what
 * they were shown, and the metric along each axis of numbers (how much data, how long, how wide).
 */
import { type BandSeries, differences, type FigureSpecification, heatMap, lineWithBand } from '../../figures';
import { boundLines } from './bound';
import { detailFigures, roleAmong } from './detail-figures';
import { shownAs, shownBeside } from './evaluations';
import { guidanceFigures } from './guidance-figures';
import { type JsonValue, shortPaths } from './paths';
import { settingsName } from './plan';
import type { AblationSummary, SummaryRow } from './summary';

/** So many rows are readable in one figure. */
export const DRAWN = 32;
/** So many lines can be told apart. */
const LINES = 7;

/** Every figure that the grid has something for, by the name of its file. */
export function gridFigures(summary: AblationSummary): Map<string, FigureSpecification> {
  const axes = numericAxes(summary);
  const names = shortPaths(axes);
  const made: [string, FigureSpecification | null][] = [
    ['differences', differencesFigure(summary)],
    ['conditions', conditionMatrix(summary)],
    ...axes.map((path, i): [string, FigureSpecification | null] => [
      `along-${names[i]}`,
      axisFigure(summary, path),
    ]),
    ...guidanceFigures(summary),
    ...detailFigures(summary),
  ];
  return new Map(made.filter((entry): entry is [string, FigureSpecification] => entry[1] !== null));
}

/** Of each system: to its baseline, and to each of its controls. */
export function differencesFigure(summary: AblationSummary): FigureSpecification | null {
  const { rows, metric, share } = summary;
  const all = rows.flatMap((row) => [
    ...(row.difference
      ? [
          {
            name: `${row.name} − ${otherwise(row.name, row.baseline as string)}`,
            role: 'vision-guided' as const,
            ...row.difference,
          },
        ]
      : []),
    ...row.controls.map((control) => ({
      ...control,
      name: `${row.name} − ${control.name.replace(`${row.name}, `, '')}`,
      role: 'control' as const,
    })),
  ]);
  if (all.length === 0) return null;
  const left = all.length > DRAWN ? `; the first ${DRAWN} of ${all.length}` : '';
  return differences({
    title: `${summary.name}: what made a difference`,
    subtitle: `Paired by seed and record; 95 % intervals over seeds and clusters; filled: excludes zero${left}`,
    differences: all.slice(0, DRAWN),
    unit: share ? `difference of ${metric}, points` : `difference of ${metric}`,
    percent: share,
  });
}

/** Systems by what they were shown; `null` where there is but one condition. */
export function conditionMatrix(summary: AblationSummary): FigureSpecification | null {
  const { metric, share, rows } = summary;
  const guided = rows.filter((row) => row.role !== 'text-only' && row.estimate !== null);
  const columns = [...new Set(guided.map(shownAs))];
  const names = [...new Set(guided.map(({ settings }) => settingsName(settings)))].slice(0, DRAWN);
  if (columns.length < 2 || names.length === 0) return null;
  const values = names.map((name) =>
    columns.map((column) => {
      const row = guided.find((one) => settingsName(one.settings) === name && shownAs(one) === column);
      return row?.estimate?.value ?? Number.NaN;
    }),
  );
  const known = values.flat().filter(Number.isFinite);
  const figure = heatMap({
    title: `${summary.name}: what the models were shown`,
    subtitle: `${metric}${share ? ', %' : ''}, mean over seeds`,
    values: values.map((row) => row.map((value) => (share ? 100 : 1) * value)),
    rows: names.map((name) => name || 'the model'),
    columns,
    columnTitle: 'pictures',
    valueTitle: share ? `${metric}, %` : metric,
    ...(share ? { range: [0, 100] as const } : {}),
  });
  const dark = share ? 0.6 : (Math.min(0, ...known) + Math.max(...known)) / 2;
  return {
    ...figure,
    data: [
      ...figure.data,
      {
        type: 'scatter',
        mode: 'text',
        x: values.flatMap((row) => row.map((_, j) => j)),
        y: values.flatMap((row, i) => row.map(() => i)),
        text: values.flat().map((value) => (Number.isFinite(value) ? numberText(value, share) : '')),
        textfont: { size: 14, color: values.flat().map((value) => (value > dark ? '#FFFFFF' : '#1F2933')) },
        hoverinfo: 'skip',
        showlegend: false,
      },
    ],
  };
}

/** The axis along which `null` is all the training records, and stands at their number. */
const DATA_SIZE = 'data.limit';

/** The metric along one axis of numbers, a line for each combination of the other settings; of `data.limit`: data scaling. */
export function axisFigure(summary: AblationSummary, path: string): FigureSpecification | null {
  const { metric, share } = summary;
  const series = new Map<string, { row: SummaryRow; x: number }[]>();
  for (const row of summary.rows) {
    const x =
      path === DATA_SIZE ? row.trainingRecords && Math.round(row.trainingRecords) : row.settings[path];
    if (typeof x !== 'number' || row.estimate === null || row.role === 'control') continue;
    const { [path]: _, ...others } = row.settings;
    const name = [settingsName(others) || metric, ...shownBeside({ ...row, gate: null })].join(', ');
    series.set(name, [...(series.get(name) ?? []), { row, x }]);
  }
  const scale = share ? 100 : 1;
  const shown = [...series].slice(0, LINES);
  const roles = shown.flatMap(([, points]) => points[0]?.row.role ?? []);
  const lines = shown.map(([name, points]): BandSeries => {
    points.sort((a, b) => a.x - b.x);
    const take = (which: 'value' | 'low' | 'high') =>
      points.map(({ row }) => scale * (row.estimate as NonNullable<SummaryRow['estimate']>)[which]);
    const role = points[0]?.row.role;
    const x = points.map((point) => point.x);
    return {
      name,
      ...roleAmong(roles, role),
      x,
      y: take('value'),
      low: take('low'),
      high: take('high'),
    };
  });
  if (lines.length === 0) return null;
  const xs = lines.flatMap(({ x }) => [...x]);
  const left = series.size > LINES ? `; the first ${LINES} of ${series.size} lines` : '';
  return lineWithBand({
    title: `${summary.name}: ${metric} by ${path === DATA_SIZE ? 'size of the training data' : path}`,
    subtitle: `Bands are 95 % intervals over seeds and clusters of records${left}`,
    series: lines,
    xTitle: path === DATA_SIZE ? 'training records' : path,
    yTitle: share ? `${metric}, %` : metric,
    // A logarithmic axis names every point.
    xLogarithmic:
      new Set(xs).size <= 12 &&
      Math.min(...xs) > 0 &&
      (path === DATA_SIZE || Math.max(...xs) >= 4 * Math.min(...xs)),
    ceilings: boundLines(summary, scale),
  });
}

/** Axes of training whose values are all numbers, two or more; no limit of the data is a number too. */
function numericAxes({ rows }: AblationSummary): string[] {
  const values = new Map<string, Set<JsonValue>>();
  for (const { settings } of rows) {
    for (const [path, value] of Object.entries(settings)) {
      values.set(path, (values.get(path) ?? new Set()).add(value));
    }
  }
  return [...values]
    .filter(
      ([path, found]) =>
        found.size > 1 &&
        [...found].every((value) => typeof value === 'number' || (path === DATA_SIZE && value === null)),
    )
    .map(([path]) => path);
}

/** Of the name of a baseline, what the row's own name does not say. */
function otherwise(name: string, baseline: string): string {
  const own = new Set(name.split(', '));
  const rest = baseline.split(', ').filter((part) => !own.has(part));
  return rest.join(', ') || baseline;
}

function numberText(value: number, share: boolean): string {
  return share ? (100 * value).toFixed(1) : String(Number(value.toPrecision(3)));
}
