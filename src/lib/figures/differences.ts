/**
 * @file Paired differences with their intervals: one row a comparison, zero in the middle, so that one sees at once what
 * excludes it. A filled dot excludes zero, a hollow one does not; colour says of whom the difference is.
 */
import { InputError } from '../errors';
import { axisTitle } from './panels';
import type { FigureSpecification, Role } from './specification';
import {
  axis,
  baseLayout,
  colorOf,
  type Heading,
  heading,
  INK,
  MARGIN,
  MUTED,
  note,
  PAPER,
  SIZES,
  widest,
} from './style';
import { escapeText, wrapLines } from './text-wrapping';

/** One difference; shares are given in [−1, 1]. */
export interface Difference {
  name: string;
  value: number;
  low: number;
  high: number;
  role?: Role;
}

export interface DifferencesOptions extends Heading {
  differences: readonly Difference[];
  /** Under the axis: "accuracy, points". */
  unit?: string;
  /** Write shares as percentage points; default true. */
  percent?: boolean;
  width?: number;
}

const ROW = 42;
const LABEL_ROOM = 380;

/** The differences as a figure. Throws `InputError` where there is none. */
export function differences(options: DifferencesOptions): FigureSpecification {
  const { differences: rows, percent = true, width = 960 } = options;
  if (rows.length === 0) throw new InputError('differences: there is none to draw');
  const scale = percent ? 100 : 1;
  const labels = rows.map(({ name }) =>
    wrapLines(name, LABEL_ROOM, SIZES.label, { maxLines: 2 }).map(escapeText).join('<br>'),
  );
  const labelWidth = widest(
    labels.flatMap((label) => label.split('<br>')),
    SIZES.label,
  );
  const block = heading(options, width);
  const margin = { l: Math.ceil(MARGIN + labelWidth + 16), r: MARGIN + 150, t: block.height + 12, b: 62 };
  const plotHeight = ROW * rows.length;
  const ends = rows.flatMap(({ low, high }) => [scale * low, scale * high, 0]);
  const room = 0.06 * (Math.max(...ends) - Math.min(...ends) || 1);
  const range = [Math.min(...ends) - room, Math.max(...ends) + room];
  const text = ({ value, low, high }: Difference) =>
    `<b>${signed(scale * value, percent)}</b> [${signed(scale * low, percent)}, ${signed(scale * high, percent)}]`;
  return {
    data: [
      {
        type: 'scatter',
        mode: 'markers',
        x: rows.map(({ value }) => scale * value),
        y: rows.map((_, i) => i),
        marker: {
          size: 13,
          color: rows.map((row, i) => (excludesZero(row) ? colorOf(row.role, i) : PAPER)),
          line: { width: 2.5, color: rows.map((row, i) => colorOf(row.role, i)) },
        },
        error_x: {
          type: 'data',
          symmetric: false,
          array: rows.map(({ value, high }) => scale * (high - value)),
          arrayminus: rows.map(({ value, low }) => scale * (value - low)),
          color: INK,
          thickness: 1.8,
          width: 6,
        },
        customdata: rows.map((row) => `${escapeText(row.name)}<br>${text(row)}`),
        hovertemplate: '%{customdata}<extra></extra>',
        showlegend: false,
      },
    ],
    layout: {
      ...baseLayout(margin.t + plotHeight + margin.b),
      margin,
      xaxis: axis({
        range,
        nticks: 7,
        title: axisTitle(options.unit ?? (percent ? 'difference, points' : 'difference')),
      }),
      yaxis: axis({
        range: [rows.length - 0.5, -0.5],
        tickvals: rows.map((_, i) => i),
        ticktext: labels,
        tickfont: { size: SIZES.label, color: INK },
        showgrid: false,
        ticklabelstandoff: 8,
        fixedrange: true,
      }),
      shapes: [
        {
          type: 'line',
          xref: 'x',
          yref: 'paper',
          x0: 0,
          x1: 0,
          y0: 0,
          y1: 1,
          line: { color: MUTED, width: 1.6 },
        },
      ],
      annotations: [
        ...block.annotations(margin.l, margin.t),
        ...rows.map((row, i) => ({
          ...(note({
            text: text(row),
            font: { size: SIZES.note, color: INK },
            x: 1,
            xshift: 8,
            y: i,
          }) as object),
          yref: 'y',
        })),
      ],
    },
    size: { width, height: margin.t + plotHeight + margin.b },
    description: `${options.title ? `${options.title}. ` : ''}Differences with 95 % intervals: ${rows
      .map((row) => `${row.name} ${signed(scale * row.value, percent)}`)
      .join(', ')}.`,
  };
}

function excludesZero({ low, high }: Difference): boolean {
  return low > 0 || high < 0;
}

function signed(value: number, percent: boolean): string {
  const text = Math.abs(value).toFixed(percent ? 1 : 3);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
