/**
 * @file Words as points of a plane, each drawn as its own text in the colour of its group: a projection of
 * embeddings. The axes carry no unit, so they show none.
 */
import { InputError } from '../errors';
import { legendAbove } from './panels';
import type { FigureSpecification, Trace } from './specification';
import { axis, baseLayout, type Heading, heading, MARGIN, SERIES_COLORS, SIZES } from './style';
import { escapeText } from './text-wrapping';

export interface MapPoint {
  text: string;
  group: string;
  x: number;
  y: number;
}

export interface PointMapOptions extends Heading {
  points: readonly MapPoint[];
  width?: number;
  plotHeight?: number;
}

/** The map as a figure; groups take colours in order of first appearance. Throws `InputError` where no point is given. */
export function pointMap(options: PointMapOptions): FigureSpecification {
  const { points, width = 960, plotHeight = 460 } = options;
  if (points.length === 0) throw new InputError('pointMap: no points');
  const groups = [...new Set(points.map(({ group }) => group))];
  const block = heading(options, width);
  const margin = { l: MARGIN, r: MARGIN, t: block.height + 44, b: 20 };
  const data = groups.map((group, g): Trace => {
    const own = points.filter((point) => point.group === group);
    const color = SERIES_COLORS[g % SERIES_COLORS.length] as string;
    return {
      type: 'scatter',
      mode: 'markers+text',
      name: escapeText(group),
      x: own.map(({ x }) => x),
      y: own.map(({ y }) => y),
      text: own.map(({ text }) => `<b>${escapeText(text)}</b>`),
      textposition: 'top center',
      textfont: { size: SIZES.label, color },
      marker: { size: 7, color },
      hovertemplate: `%{text}<extra>${escapeText(group)}</extra>`,
    };
  });
  const edge = (of: 'x' | 'y') => {
    const values = points.map((point) => point[of]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const room = 0.06 * (high - low || 1);
    return [low - room, high + 1.6 * room];
  };
  return {
    data,
    layout: {
      ...baseLayout(margin.t + plotHeight + margin.b),
      margin,
      showlegend: true,
      legend: legendAbove(24, plotHeight),
      xaxis: axis({ range: edge('x'), showticklabels: false }),
      yaxis: axis({ range: edge('y'), showticklabels: false }),
      annotations: block.annotations(margin.l, margin.t),
    },
    size: { width, height: margin.t + plotHeight + margin.b },
    description: `${options.title ? `${options.title}. ` : ''}Map of ${points.length} points: ${groups
      .map((group) => `${group} ${points.filter((point) => point.group === group).length}`)
      .join(', ')}.`,
  };
}
