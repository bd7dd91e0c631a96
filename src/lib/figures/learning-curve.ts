/**
 * @file Learning curves: training loss and the validation metric by step, for several runs, with the step whose
 * weights were kept, and the ceilings that a model without the picture cannot pass. A noisy training loss is
 * drawn pale, with its running mean over it.
 */
import { InputError } from '../errors';
import { axisSuffix, axisTitle, legendAbove, panelDomains, panelTitle } from './panels';
import type { FigureSpecification, Json, Role, Trace } from './specification';
import {
  axis,
  baseLayout,
  colorsOf,
  type Heading,
  heading,
  INK,
  MARGIN,
  note,
  PAPER,
  ROLE_COLORS,
  SIZES,
  withOpacity,
} from './style';
import { escapeText } from './text-wrapping';

/** One run of training. Runs of the same name (seeds) share a colour and one entry of the legend. */
export interface LearningRun {
  name: string;
  role?: Role;
  points: readonly { step: number; trainLoss?: number; validation?: number }[];
  /** Step of the weights that were kept (early stopping). */
  bestStep?: number;
}

export interface LearningCurveOptions extends Heading {
  runs: readonly LearningRun[];
  /** Name of the validation metric, for example "validation accuracy". */
  metric?: string;
  /** Name of the loss, for example "training loss (nats)". */
  loss?: string;
  ceilings?: readonly { name: string; value: number }[];
  /** Write the metric as a percentage; default false. */
  percent?: boolean;
  width?: number;
}

const PLOT_HEIGHT = 300;

/** The learning curves; a panel without data is left out. Throws `InputError` where no run has a point. */
export function learningCurve(options: LearningCurveOptions): FigureSpecification {
  const { runs, metric = 'validation metric', loss = 'training loss', ceilings = [], width = 960 } = options;
  const scale = options.percent ? 100 : 1;
  const has = (key: 'trainLoss' | 'validation') =>
    runs.some((run) => run.points.some((point) => point[key] !== undefined));
  const panels = (['trainLoss', 'validation'] as const).filter(has);
  if (panels.length === 0)
    throw new InputError('learningCurve: no run has a point with trainLoss or validation');

  const block = heading(options, width);
  const margin = { l: MARGIN + 44, r: MARGIN + 8, t: block.height + 68, b: 62 };
  const plotWidth = width - margin.l - margin.r;
  const domains = panelDomains(panels.length, plotWidth, 84);
  const layout: { [key: string]: Json | undefined } = {
    ...baseLayout(margin.t + PLOT_HEIGHT + margin.b),
    margin,
    showlegend: true,
    legend: legendAbove(56, PLOT_HEIGHT),
    hovermode: 'x unified',
  };
  const annotations: Json[] = block.annotations(margin.l, margin.t);
  const shapes: Json[] = [];
  const data: Trace[] = [];
  const colors = colorsOf(runs);
  const lastStep = Math.max(...runs.flatMap((run) => run.points.map((point) => point.step)));

  panels.forEach((key, p) => {
    const suffix = axisSuffix(p);
    const domain = domains[p] as [number, number];
    const name = key === 'trainLoss' ? loss : options.percent ? `${metric}, %` : metric;
    annotations.push(...panelTitle([name], domain[0], 18));
    layout[`xaxis${suffix}`] = axis({
      domain,
      anchor: `y${suffix}`,
      title: axisTitle('step'),
      tickformat: ',d',
      range: [0, 1.02 * lastStep],
      nticks: 6,
      showgrid: false,
    });
    layout[`yaxis${suffix}`] = axis({ anchor: `x${suffix}`, nticks: 6, ticklabelstandoff: 6 });
    for (const run of runs) {
      const color = colors.get(run.name) as string;
      const points = run.points.filter((point) => Number.isFinite(point[key]));
      const x = points.map((point) => point.step);
      const y = points.map((point) => (key === 'validation' ? scale : 1) * (point[key] as number));
      const first = data.every((trace) => trace.legendgroup !== run.name || trace.showlegend === false);
      const line = (extra: Partial<Trace>, values: readonly number[]): Trace => ({
        type: 'scatter',
        mode: 'lines',
        name: escapeText(run.name),
        legendgroup: run.name,
        xaxis: `x${suffix}`,
        yaxis: `y${suffix}`,
        x,
        y: values,
        hovertemplate: '%{y:.4g}',
        ...extra,
      });
      const noisy = key === 'trainLoss' && y.length > 60;
      if (noisy) {
        data.push(
          line(
            {
              line: { color: withOpacity(color, 0.22), width: 1 },
              showlegend: false,
              hoverinfo: 'skip',
              hovertemplate: undefined,
            },
            y,
          ),
        );
      }
      const few = y.length <= 25;
      data.push(
        line(
          {
            line: { color, width: 2.6 },
            ...(few ? { mode: 'lines+markers', marker: { color, size: 6 } } : {}),
            showlegend: first,
          },
          noisy ? runningMean(y) : y,
        ),
      );
      if (key === 'validation') annotations.push(...bestMark(run, color, suffix, options, data));
    }
    if (key === 'validation') {
      for (const ceiling of ceilings) {
        shapes.push({
          type: 'line',
          xref: `x${suffix} domain`,
          yref: `y${suffix}`,
          x0: 0,
          x1: 1,
          y0: scale * ceiling.value,
          y1: scale * ceiling.value,
          line: { color: ROLE_COLORS.ceiling, width: 1.8, dash: '6px,4px' },
        });
        annotations.push({
          ...(note({
            text: `${escapeText(ceiling.name)} ${written(scale * ceiling.value, options.percent ?? false)}`,
            font: { size: SIZES.note, color: ROLE_COLORS.ceiling },
            x: 1,
            xanchor: 'right',
            y: scale * ceiling.value,
            yshift: 11,
            bgcolor: withOpacity(PAPER, 0.8),
          }) as object),
          xref: `x${suffix} domain`,
          yref: `y${suffix}`,
        });
      }
    }
  });
  return {
    data,
    layout: { ...layout, annotations, shapes },
    size: { width, height: margin.t + PLOT_HEIGHT + margin.b },
    description: describe(options, metric),
  };
}

function bestMark(
  run: LearningRun,
  color: string,
  suffix: string,
  { percent = false, ceilings = [] }: LearningCurveOptions,
  data: Trace[],
): Json[] {
  const best = run.points.find((point) => point.step === run.bestStep && point.validation !== undefined);
  if (!best) return [];
  const value = best.validation as number;
  const y = (percent ? 100 : 1) * value;
  const below = ceilings.some((ceiling) => ceiling.value >= value); // keep clear of the ceiling's line and name
  data.push({
    type: 'scatter',
    mode: 'markers',
    name: `${escapeText(run.name)}: kept`,
    legendgroup: run.name,
    showlegend: false,
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    x: [best.step],
    y: [y],
    marker: { symbol: 'circle', size: 13, color: PAPER, line: { color, width: 3 } },
    hoverinfo: 'skip',
  });
  return [
    {
      ...(note({
        text: `<b>${written(y, percent)}</b>`,
        font: { size: SIZES.value, color: color === ROLE_COLORS['text-only'] ? INK : color },
        x: best.step,
        y,
        xanchor: 'center',
        yshift: below ? -21 : 21,
        bgcolor: withOpacity(PAPER, 0.85),
      }) as object),
      xref: `x${suffix}`,
      yref: `y${suffix}`,
    },
  ];
}

/** Centred running mean over about a thirtieth of the run, so that the line does not lag. */
export function runningMean(values: readonly number[]): number[] {
  const reach = Math.max(1, Math.round(values.length / 60));
  return values.map((_, i) => {
    const window = values.slice(Math.max(0, i - reach), i + reach + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

function written(value: number, percent: boolean): string {
  return percent ? value.toFixed(1) : String(Number(value.toPrecision(3)));
}

function describe({ title, runs, percent }: LearningCurveOptions, metric: string): string {
  const scale = percent ? 100 : 1;
  const parts = runs.map((run) => {
    const last = run.points.filter((point) => point.validation !== undefined);
    const best = last.find((point) => point.step === run.bestStep) ?? last.at(-1);
    const result = best
      ? `: ${metric} ${written(scale * (best.validation as number), percent ?? false)}${percent ? ' %' : ''} at step ${best.step}`
      : '';
    return `${run.name}${result}`;
  });
  return `${title ? `${title}. ` : ''}Learning curves of ${runs.length} runs. ${parts.join('; ')}.`;
}
