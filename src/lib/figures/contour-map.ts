/**
 * @file A function of two numbers as a landscape seen from above: colours between lines of equal height, and paths
 * that walk over it, each step an arrow. Gradient descent on a loss, mostly. The heights of a loss span decades, so
 * the lines may stand at equal ratios in place of equal differences.
 */
import { InputError } from '../errors';
import { axisTitle, legendAbove } from './panels';
import type { FigureSpecification, Json, Trace } from './specification';
import {
  axis,
  baseLayout,
  type Heading,
  heading,
  INK,
  MARGIN,
  MUTED,
  PALETTE,
  PAPER,
  SEQUENTIAL,
  SIZES,
} from './style';
import { escapeText } from './text-wrapping';

/** A walk over the landscape: its points in order. */
export interface ContourPath {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

export interface ContourMapOptions extends Heading {
  /** Where the heights were taken: `values[row][column]` at (x[column], y[row]), both ascending. */
  x: readonly number[];
  y: readonly number[];
  values: readonly (readonly number[])[];
  paths?: readonly ContourPath[];
  xTitle?: string;
  yTitle?: string;
  /** What the colour says, beside the scale. */
  valueTitle?: string;
  /** Lines at equal ratios; every value must be above 0. */
  logarithmic?: boolean;
  width?: number;
  plotHeight?: number;
}

/** Paths stand on blue: none of them is. */
const PATH_COLORS = [PALETTE.vermillion, PALETTE.orange, INK, PALETTE.purple] as const;
const LINES = 16;
/** A path of more steps is drawn as a line: its arrowheads would cover it. */
const MOST_ARROWS = 12;

/** The landscape as a figure. Throws `InputError` where the grid does not fit, is not finite, or has no logarithm. */
export function contourMap(options: ContourMapOptions): FigureSpecification {
  const { x, y, values, paths = [], width = 960, plotHeight = 430, logarithmic = false } = options;
  if (x.length < 2 || y.length < 2 || values.length !== y.length || values.some((r) => r.length !== x.length))
    throw new InputError(
      `contourMap: ${y.length} × ${x.length} values are needed, at least 2 × 2, got ${values.length} × ${values[0]?.length ?? 0}`,
    );
  const flat = values.flat();
  const wrong = flat.find((value) => !Number.isFinite(value) || (logarithmic && value <= 0));
  if (wrong !== undefined)
    throw new InputError(
      `contourMap: ${wrong} among the values; give finite numbers${logarithmic ? ' above 0' : ''}`,
    );
  const height = logarithmic ? Math.log10 : (value: number) => value;
  const [low, high] = [Math.min(...flat), Math.max(...flat)];
  const size = (height(high) - height(low)) / LINES || 1;
  const block = heading(options, width);
  const margin = {
    l: MARGIN + 44,
    r: MARGIN + 84,
    t: block.height + (paths.length > 0 ? 44 : 12),
    b: 62,
  };
  const landscape: Trace = {
    type: 'contour',
    x,
    y,
    z: values.map((row) => row.map(height)),
    customdata: values,
    colorscale: SEQUENTIAL,
    contours: { coloring: 'fill', start: height(low) + size, end: height(high) - size / 2, size },
    line: { width: 0.8, color: 'rgba(255, 255, 255, 0.75)' },
    hovertemplate: '%{x:.3g}, %{y:.3g}: <b>%{customdata:.4g}</b><extra></extra>',
    showlegend: false,
    colorbar: {
      thickness: 14,
      outlinewidth: 0,
      x: 1,
      xpad: 14,
      ypad: 0,
      tickfont: { size: SIZES.note, color: MUTED },
      ...(logarithmic ? decades(low, high) : { nticks: 6 }),
      title: {
        text: escapeText(options.valueTitle ?? ''),
        side: 'top',
        font: { size: SIZES.note, color: MUTED },
      },
    },
  };
  const colorAt = (i: number) => PATH_COLORS[i % PATH_COLORS.length] as string;
  return {
    data: [landscape, ...paths.map((path, i) => pathTrace(path, colorAt(i)))],
    layout: {
      ...baseLayout(margin.t + plotHeight + margin.b),
      margin,
      showlegend: paths.length > 0,
      ...(paths.length > 0 ? { legend: legendAbove(24, plotHeight) } : {}),
      xaxis: axis({
        title: options.xTitle ? axisTitle(options.xTitle) : undefined,
        range: [x[0] as number, x.at(-1) as number],
        showgrid: false,
        nticks: 8,
      }),
      yaxis: axis({
        title: options.yTitle ? axisTitle(options.yTitle, 8) : undefined,
        range: [y[0] as number, y.at(-1) as number],
        showgrid: false,
        nticks: 7,
        ticklabelstandoff: 6,
      }),
      annotations: [
        ...block.annotations(margin.l, margin.t),
        ...paths.flatMap((path, i) => arrows(path, colorAt(i))),
      ],
    },
    size: { width, height: margin.t + plotHeight + margin.b },
    description:
      `${options.title ? `${options.title}. ` : ''}Landscape of ${options.valueTitle ?? 'values'} from ` +
      `${Number(low.toPrecision(3))} to ${Number(high.toPrecision(3))}` +
      `${paths.map(({ name, points }) => `; ${name}: ${points.length - 1} steps to (${(points.at(-1) ?? []).map((one) => Number(one.toPrecision(3))).join(', ')})`).join('')}.`,
  };
}

function pathTrace({ name, points }: ContourPath, color: string): Trace {
  const few = points.length <= MOST_ARROWS + 1;
  return {
    type: 'scatter',
    mode: few ? 'lines+markers' : 'lines',
    name: escapeText(name),
    x: points.map(([at]) => at),
    y: points.map(([, at]) => at),
    line: { color, width: 2.6 },
    marker: { color: points.map((_, i) => (i === 0 ? PAPER : color)), size: 8, line: { color, width: 2 } },
    hovertemplate: `%{x:.3g}, %{y:.3g}<extra>${escapeText(name)}</extra>`,
  };
}

/** An arrowhead for each step, where there are few. */
function arrows({ points }: ContourPath, color: string): Json[] {
  if (points.length > MOST_ARROWS + 1) return [];
  return points.slice(1).map(([x, y], i) => {
    const [ax, ay] = points[i] as readonly [number, number];
    return {
      x,
      y,
      ax,
      ay,
      xref: 'x',
      yref: 'y',
      axref: 'x',
      ayref: 'y',
      text: '',
      showarrow: true,
      arrowhead: 2,
      arrowsize: 1.1,
      arrowwidth: 2.6,
      arrowcolor: color,
      standoff: 4,
    };
  });
}

/** Ticks at 1, 2 and 5 times the powers of ten. */
function decades(low: number, high: number): { [key: string]: Json } {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const digit of [1, 2, 5]) {
      const tick = Number((digit * 10 ** power).toPrecision(1));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  return { tickvals: ticks.map(Math.log10), ticktext: ticks.map(String) };
}
