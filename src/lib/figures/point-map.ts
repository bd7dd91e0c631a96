/**
 * @file Words as points of a plane, each drawn as its own text in the colour of its group: a projection of
 * embeddings. The axes carry no unit, so they show none.
 */
import { InputError } from '../errors';
import { legendAbove } from './panels';
import { textWidth } from './render/fonts';
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
  const [xs, ys] = [rangeOf(points.map(({ x }) => x)), rangeOf(points.map(({ y }) => y))];
  const sides = labelSides(
    points.map(({ x, y, text }) => ({
      x: ((x - xs[0]) / (xs[1] - xs[0])) * (width - 2 * MARGIN),
      y: ((ys[1] - y) / (ys[1] - ys[0])) * plotHeight,
      width: textWidth(text, SIZES.label, { bold: true, italic: false }),
    })),
  );
  const groups = [...new Set(points.map(({ group }) => group))];
  const block = heading(options, width);
  const margin = { l: MARGIN, r: MARGIN, t: block.height + 44, b: 20 };
  const data = groups.map((group, g): Trace => {
    const own = points.filter((point) => point.group === group);
    const ownSides = sides.filter((_, i) => points[i]?.group === group);
    const color = SERIES_COLORS[g % SERIES_COLORS.length] as string;
    return {
      type: 'scatter',
      mode: 'markers+text',
      name: escapeText(group),
      x: own.map(({ x }) => x),
      y: own.map(({ y }) => y),
      text: own.map(({ text }) => `<b>${escapeText(text)}</b>`),
      textposition: ownSides,
      textfont: { size: SIZES.label, color },
      marker: { size: 7, color },
      hovertemplate: `%{text}<extra>${escapeText(group)}</extra>`,
    };
  });
  return {
    data,
    layout: {
      ...baseLayout(margin.t + plotHeight + margin.b),
      margin,
      showlegend: true,
      legend: legendAbove(24, plotHeight),
      xaxis: axis({ range: xs, showticklabels: false }),
      yaxis: axis({ range: ys, showticklabels: false }),
      annotations: block.annotations(margin.l, margin.t),
    },
    size: { width, height: margin.t + plotHeight + margin.b },
    description: `${options.title ? `${options.title}. ` : ''}Map of ${points.length} points: ${groups
      .map((group) => `${group} ${points.filter((point) => point.group === group).length}`)
      .join(', ')}.`,
  };
}

/** The ends of an axis, with room for points and labels at the edge. */
function rangeOf(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.06 * (high - low || 1);
  return [low - room, high + 1.4 * room];
}

/** A point in CSS pixels, and how wide its label is. */
interface Placed {
  x: number;
  y: number;
  width: number;
}

const LABEL_HEIGHT = 15;
const REACH = 12;
/** Sides on which a label may stand, best first, with the shift of its middle: across in halves of its width and the reach. */
const SIDES: readonly { side: string; across: -1 | 0 | 1; down: -1 | 0 | 1 }[] = [
  { side: 'top center', across: 0, down: -1 },
  { side: 'middle right', across: 1, down: 0 },
  { side: 'bottom center', across: 0, down: 1 },
  { side: 'middle left', across: -1, down: 0 },
  { side: 'top right', across: 1, down: -1 },
  { side: 'bottom right', across: 1, down: 1 },
  { side: 'bottom left', across: -1, down: 1 },
  { side: 'top left', across: -1, down: -1 },
];

/** Where each label stands: one after the other, on the side where it covers least of labels and points. */
function labelSides(points: readonly Placed[]): string[] {
  const labels: Placed[] = [];
  return points.map((point) => {
    const choices = SIDES.map(({ side, across, down }) => {
      const label: Placed = {
        x: point.x + across * (point.width / 2 + REACH / 2),
        y: point.y + down * REACH,
        width: point.width,
      };
      const covered =
        labels.reduce((sum, other) => sum + overlap(label, other, LABEL_HEIGHT), 0) +
        points.reduce(
          (sum, other) => sum + (other === point ? 0 : overlap(label, { ...other, width: 8 }, 11)),
          0,
        );
      return { side, label, covered };
    });
    const best = choices.reduce((a, b) => (b.covered < a.covered ? b : a));
    labels.push(best.label);
    return best.side;
  });
}

/** Area that two boxes share, \`reach\` apart at most in height. */
function overlap(a: Placed, b: Placed, reach: number): number {
  const across = (a.width + b.width) / 2 + 2 - Math.abs(a.x - b.x);
  const down = reach - Math.abs(a.y - b.y);
  return across > 0 && down > 0 ? across * down : 0;
}
