/**
 * @file Lines with bands of uncertainty over a numeric axis: data scaling, guidance strength against quality,
 * expected best of n. The band is the interval of each point.
 */
import { InputError } from '../errors';
import { axisTitle, legendAbove } from './panels';
import type { FigureSpecification, Json, Role, Trace } from './specification';
import {
  axis,
  baseLayout,
  colorsOf,
  type Heading,
  heading,
  MARGIN,
  note,
  ROLE_COLORS,
  SIZES,
  tickRoom,
  withOpacity,
} from './style';
import { escapeText } from './text-wrapping';

/** One line; `low` and `high` belong to the points of `y`. */
export interface BandSeries {
  name: string;
  role?: Role;
  x: readonly number[];
  y: readonly number[];
  low?: readonly number[];
  high?: readonly number[];
  /** So that it is seen where it lies on another line. */
  dashed?: boolean;
}

export interface LineWithBandOptions extends Heading {
  series: readonly BandSeries[];
  xTitle?: string;
  yTitle?: string;
  /** Logarithmic x axis, ticks at the points. */
  xLogarithmic?: boolean;
  /** Horizontal lines that a kind of model cannot pass. */
  ceilings?: readonly { name: string; value: number }[];
  width?: number;
  /** Height of the plot itself; default 340. */
  plotHeight?: number;
}

/** The lines as a figure. Throws `InputError` where a series' lists differ in length or are empty. */
export function lineWithBand(options: LineWithBandOptions): FigureSpecification {
  const { series, ceilings = [], width = 960, plotHeight = 340 } = options;
  if (series.length === 0) throw new InputError('lineWithBand: no series');
  for (const { name, x, y, low, high } of series) {
    if (x.length === 0 || [y, low ?? y, high ?? y].some((list) => list.length !== x.length)) {
      throw new InputError(`lineWithBand: the lists of "${name}" must have one length above 0`);
    }
  }
  const block = heading(options, width);
  const ends = series.flatMap((one) => [...(one.high ?? one.y), ...(one.low ?? one.y)]);
  const left = MARGIN + (options.yTitle ? 26 : 0) + tickRoom(ends) + 10;
  const margin = { l: left, r: MARGIN + 8, t: block.height + 44, b: 66 };
  const points = [...new Set(series.flatMap((one) => one.x))].sort((a, b) => a - b);
  const colors = colorsOf(series);
  const data: Trace[] = series.flatMap((one) => {
    const color = colors.get(one.name) as string;
    const shared = { type: 'scatter', name: escapeText(one.name), legendgroup: one.name };
    const line: Trace = {
      ...shared,
      mode: one.x.length > 40 ? 'lines' : 'lines+markers',
      x: one.x,
      y: one.y,
      line: { color, width: 3, ...(one.dashed ? { dash: '9px,7px' } : {}) },
      marker: { color, size: 8 },
      hovertemplate: '%{x}: <b>%{y:.4g}</b>',
    };
    if (!one.low || !one.high) return [line];
    const band: Trace = {
      ...shared,
      mode: 'lines',
      x: [...one.x, ...[...one.x].reverse()],
      y: [...one.high, ...[...one.low].reverse()],
      fill: 'toself',
      fillcolor: withOpacity(color, 0.18),
      line: { color: 'rgba(0, 0, 0, 0)', width: 0 },
      hoverinfo: 'skip',
      showlegend: false,
    };
    return [band, line];
  });
  const shapes: Json[] = ceilings.map(({ value }) => ({
    type: 'line',
    xref: 'paper',
    x0: 0,
    x1: 1,
    y0: value,
    y1: value,
    line: { color: ROLE_COLORS.ceiling, width: 1.8, dash: '6px,4px' },
  }));
  return {
    data,
    layout: {
      ...baseLayout(margin.t + plotHeight + margin.b),
      margin,
      showlegend: true,
      legend: legendAbove(24, plotHeight),
      xaxis: axis({
        ...(options.xLogarithmic
          ? { type: 'log', tickvals: points, ticktext: points.map((x) => x.toLocaleString('en-US')) }
          : { nticks: 8 }),
        title: options.xTitle ? axisTitle(options.xTitle) : undefined,
        showgrid: false,
      }),
      yaxis: axis({
        title: options.yTitle ? axisTitle(options.yTitle, 14) : undefined,
        nticks: 7,
        ticklabelstandoff: 6,
      }),
      shapes,
      annotations: [
        ...block.annotations(margin.l, margin.t),
        ...ceilings.map(({ name, value }) => ({
          ...(note({
            text: escapeText(`${name} ${Number(value.toPrecision(3))}`),
            font: { size: SIZES.note, color: ROLE_COLORS.ceiling },
            x: 1,
            xanchor: 'right',
            y: value,
            yshift: 11,
          }) as object),
          yref: 'y',
        })),
      ],
    },
    size: { width, height: margin.t + plotHeight + margin.b },
    description:
      `${options.title ? `${options.title}. ` : ''}${options.yTitle ?? 'Value'} by ${options.xTitle ?? 'x'} for ` +
      `${series.map((one) => `${one.name} (${Number(one.y.at(-1)?.toPrecision(3))} at ${one.x.at(-1)})`).join(', ')}.`,
  };
}
