/**
 * @file Reliability diagram: in bins of a stated probability, how often it was so. On the diagonal 80 % means 80 %; below
 * it more is claimed than is so. The area of a point is as the records in its bin.
 */
import { InputError } from '../errors';
import { axisTitle, legendAbove } from './panels';
import type { FigureSpecification, Trace } from './specification';
import { axis, baseLayout, colorOf, type Heading, heading, MARGIN, MUTED } from './style';
import { escapeText } from './text-wrapping';

export interface ReliabilitySeries {
  name: string;
  /** Mean stated probability, observed share and its interval, all in [0, 1], and records of each bin. */
  bins: readonly { x: number; y: number; low: number; high: number; count: number }[];
}

export interface ReliabilityDiagramOptions extends Heading {
  series: readonly ReliabilitySeries[];
  xTitle?: string;
  yTitle?: string;
  width?: number;
}

const SIDE = 400;
const LARGEST = 22;
const SMALLEST = 7;

/** The diagram as a figure. Throws `InputError` where no bin has a record. */
export function reliabilityDiagram(options: ReliabilityDiagramOptions): FigureSpecification {
  const { series, xTitle = 'stated probability', yTitle = 'observed share', width = 720 } = options;
  const most = Math.max(0, ...series.flatMap(({ bins }) => bins.map(({ count }) => count)));
  if (most === 0) throw new InputError('reliabilityDiagram: no bin has a record');
  const block = heading(options, width);
  const margin = { l: MARGIN + 62, r: MARGIN + 8, t: block.height + 24 + 22 * series.length, b: 66 };
  const diagonal: Trace = {
    type: 'scatter',
    mode: 'lines',
    x: [0, 1],
    y: [0, 1],
    line: { color: MUTED, width: 1.8, dash: '6px,4px' },
    hoverinfo: 'skip',
    showlegend: false,
  };
  const data = series.map(({ name, bins }, i): Trace => {
    const color = colorOf(undefined, i);
    return {
      type: 'scatter',
      mode: 'markers', // a line between bins of few records would be mostly noise
      name: escapeText(name),
      x: bins.map(({ x }) => x),
      y: bins.map(({ y }) => y),
      marker: {
        color,
        opacity: 1,
        symbol: SYMBOLS[i % SYMBOLS.length],
        size: bins.map(({ count }) => Math.max(SMALLEST, LARGEST * Math.sqrt(count / most))),
      },
      error_y: {
        type: 'data',
        symmetric: false,
        array: bins.map(({ y, high }) => high - y),
        arrayminus: bins.map(({ y, low }) => y - low),
        color,
        thickness: 1.6,
        width: 4,
      },
      customdata: bins.map(({ count }) => count),
      hovertemplate: 'stated %{x:.2f}, observed <b>%{y:.2f}</b>, %{customdata} records',
    };
  });
  const share = { range: [-0.03, 1.03], dtick: 0.2, tickformat: '.1f' };
  const height = margin.t + SIDE + margin.b;
  return {
    data: [diagonal, ...data],
    layout: {
      ...baseLayout(height),
      margin,
      showlegend: true,
      legend: { ...(legendAbove(8, SIDE) as object), orientation: 'v', yanchor: 'bottom' },
      xaxis: axis({ ...share, title: axisTitle(xTitle) }),
      yaxis: axis({ ...share, title: axisTitle(yTitle, 14), ticklabelstandoff: 6 }),
      annotations: block.annotations(margin.l, margin.t),
    },
    size: { width, height },
    description: `${options.title ? `${options.title}. ` : ''}Reliability of ${series
      .map(
        ({ name, bins }) =>
          `${name} (${bins.map(({ x, y }) => `${x.toFixed(2)}: ${y.toFixed(2)}`).join(', ')})`,
      )
      .join('; ')}.`,
  };
}

/** Told apart without colour too. */
const SYMBOLS = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'star', 'hexagon'];
