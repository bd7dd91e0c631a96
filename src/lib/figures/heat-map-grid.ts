/**
 * @file Several matrices of one kind beside and below one another on one colour scale: the attention of every head
 * of every layer, what each kind of model may see. Names of rows and columns stand at the outer edges alone.
 */
import { InputError } from '../errors';
import { axisSuffix } from './panels';
import type { FigureSpecification, Json, Trace } from './specification';
import {
  axis,
  baseLayout,
  type Heading,
  heading,
  INK,
  MARGIN,
  MUTED,
  note,
  SEQUENTIAL,
  SIZES,
  widest,
} from './style';
import { escapeText } from './text-wrapping';

export interface HeatMapPanel {
  title: string;
  /** [rows, columns], the same shape in every panel. */
  values: readonly (readonly number[])[];
}

export interface HeatMapGridOptions extends Heading {
  panels: readonly HeatMapPanel[];
  /** Panels side by side; default 4, or as many as there are. */
  columns?: number;
  /** Names of the matrices' rows and columns, where there is room for them. */
  rowNames?: readonly string[];
  columnNames?: readonly string[];
  /** What the colour says. */
  valueTitle?: string;
  /** Ends of the colour scale; 0 and the largest value unless given. */
  range?: readonly [number, number];
  /** Whether to show the scale; default true. */
  scale?: boolean;
  width?: number;
}

const TITLE_HEIGHT = 30;

/** The grid as a figure. Throws `InputError` where there is no panel, or panels differ in shape. */
export function heatMapGrid(options: HeatMapGridOptions): FigureSpecification {
  const { panels, rowNames, columnNames, width = 960, scale = true } = options;
  const first = panels[0];
  if (!first) throw new InputError('heatMapGrid: no panels');
  const [height, breadth] = [first.values.length, first.values[0]?.length ?? 0];
  for (const { title, values } of panels) {
    if (breadth === 0 || values.length !== height || values.some((row) => row.length !== breadth)) {
      throw new InputError(
        `heatMapGrid: "${title}" must be ${height} × ${breadth} as the first panel is, above 0`,
      );
    }
  }
  if ((rowNames && rowNames.length !== height) || (columnNames && columnNames.length !== breadth)) {
    throw new InputError(
      `heatMapGrid: values are ${height} × ${breadth}, names ${rowNames?.length} × ${columnNames?.length}`,
    );
  }
  const across = Math.min(options.columns ?? 4, panels.length);
  const down = Math.ceil(panels.length / across);
  const left = MARGIN + (rowNames ? widest(rowNames, SIZES.note) + 12 : 0);
  const right = MARGIN + (scale ? 78 : 0);
  const gap = 24;
  const side = (width - left - right - gap * (across - 1)) / across;
  const cell = side / breadth;
  const panelHeight = Math.max(60, Math.min(side * (height / breadth), 460));
  const names = columnNames ? widest(columnNames, SIZES.note) : 0;
  const bottom = 14 + (columnNames ? names + 8 : 0);
  const block = heading(options, width);
  const top = block.height + TITLE_HEIGHT;
  const plotHeight = down * panelHeight + (down - 1) * (gap / 2 + TITLE_HEIGHT);
  const plotWidth = width - left - right;
  const largest = Math.max(...panels.flatMap(({ values }) => values.flat()));
  const [low, high] = options.range ?? [0, largest];

  const layout: { [key: string]: Json | undefined } = { ...baseLayout(top + plotHeight + bottom) };
  const titles: Json[] = [];
  const data = panels.map((panel, p): Trace => {
    const [row, column] = [Math.floor(p / across), p % across];
    const suffix = axisSuffix(p);
    const start = (column * (side + gap)) / plotWidth;
    const end = 1 - (row * (panelHeight + gap / 2 + TITLE_HEIGHT)) / plotHeight;
    const lowest = row === down - 1 || p + across >= panels.length;
    layout[`xaxis${suffix}`] = axis({
      domain: [start, start + side / plotWidth],
      anchor: `y${suffix}`,
      range: [-0.5, breadth - 0.5],
      showgrid: false,
      showticklabels: Boolean(columnNames) && lowest,
      ...(columnNames ? { tickvals: [...columnNames.keys()], ticktext: columnNames.map(escapeText) } : {}),
      tickangle: names > cell - 4 ? -90 : 0,
      tickfont: { size: SIZES.note, color: INK },
    });
    layout[`yaxis${suffix}`] = axis({
      domain: [Math.max(0, end - panelHeight / plotHeight), end],
      anchor: `x${suffix}`,
      range: [height - 0.5, -0.5],
      showgrid: false,
      showticklabels: Boolean(rowNames) && column === 0,
      ...(rowNames ? { tickvals: [...rowNames.keys()], ticktext: rowNames.map(escapeText) } : {}),
      tickfont: { size: SIZES.note, color: INK },
      ticklabelstandoff: 4,
    });
    titles.push(
      note({
        text: `<b>${escapeText(panel.title)}</b>`,
        font: { size: SIZES.tick, color: INK },
        x: start,
        y: end,
        yshift: 13,
      }),
    );
    return {
      type: 'heatmap',
      z: panel.values,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      coloraxis: 'coloraxis',
      xgap: cell > 12 ? 1 : 0,
      ygap: cell > 12 ? 1 : 0,
      customdata: panel.values.map((values, i) =>
        values.map((_, j) => escapeText(`${rowNames?.[i] ?? i} → ${columnNames?.[j] ?? j}`)),
      ),
      hovertemplate: `%{customdata}: <b>%{z:.3g}</b><extra>${escapeText(panel.title)}</extra>`,
    };
  });
  return {
    data,
    layout: {
      ...layout,
      margin: { l: left, r: right, t: top, b: bottom },
      coloraxis: {
        cmin: low,
        cmax: high,
        colorscale: SEQUENTIAL,
        showscale: scale,
        colorbar: {
          thickness: 14,
          outlinewidth: 0,
          len: 1,
          x: 1,
          xpad: 14,
          ypad: 0,
          nticks: 5,
          tickfont: { size: SIZES.note, color: MUTED },
          title: {
            text: escapeText(options.valueTitle ?? ''),
            side: 'top',
            font: { size: SIZES.note, color: MUTED },
          },
        },
      },
      annotations: [...block.annotations(left, top), ...titles],
    },
    size: { width, height: top + plotHeight + bottom },
    description:
      `${options.title ? `${options.title}. ` : ''}${panels.length} heat maps of ${height} × ${breadth} values up to ` +
      `${Number(largest.toPrecision(3))}: ${panels.map(({ title }) => title).join(', ')}.`,
  };
}
