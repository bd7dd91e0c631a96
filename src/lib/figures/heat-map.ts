/**
 * @file A matrix as colours: attention of tokens over patches, gates by layer, any grid of an ablation. One hue,
 * from white to deep blue, with a scale beside it.
 */
import { InputError } from '../errors';
import { axisTitle } from './panels';
import type { FigureSpecification } from './specification';
import {
  axis,
  baseLayout,
  type Heading,
  heading,
  INK,
  MARGIN,
  MUTED,
  SEQUENTIAL,
  SIZES,
  widest,
} from './style';
import { escapeText } from './text-wrapping';

export interface HeatMapOptions extends Heading {
  /** [rows, columns] */
  values: readonly (readonly number[])[];
  rows?: readonly string[];
  columns?: readonly string[];
  rowTitle?: string;
  columnTitle?: string;
  /** What the colour says, beside the scale: "attention". */
  valueTitle?: string;
  /** Ends of the colour scale; by default those of the values, from 0 where none is negative. */
  range?: readonly [number, number];
  width?: number;
}

/** The matrix as a figure. Throws `InputError` where rows differ in length or names do not fit. */
export function heatMap(options: HeatMapOptions): FigureSpecification {
  const { values, rows, columns, width = 960 } = options;
  const [height, breadth] = [values.length, values[0]?.length ?? 0];
  if (breadth === 0 || values.some((row) => row.length !== breadth)) {
    throw new InputError(
      `heatMap: rows must be of one length above 0, got ${values.map((row) => row.length).join(', ')}`,
    );
  }
  if ((rows && rows.length !== height) || (columns && columns.length !== breadth)) {
    throw new InputError(
      `heatMap: values are ${height} × ${breadth}, names ${rows?.length ?? '–'} × ${columns?.length ?? '–'}`,
    );
  }
  const flat = values.flat();
  const [low, high] = options.range ?? [Math.min(0, ...flat), Math.max(...flat)];
  const block = heading(options, width);
  const rowWidth = rows ? widest(rows, SIZES.tick) : 24;
  const left = MARGIN + rowWidth + 12 + (options.rowTitle ? 24 : 0);
  const right = MARGIN + 84;
  const cellWidth = (width - left - right) / breadth;
  const columnWidth = columns ? widest(columns, SIZES.tick) : 20;
  const slanted = columnWidth > cellWidth - 6;
  const bottom = (columns && slanted ? 0.72 * columnWidth + 22 : 26) + (options.columnTitle ? 30 : 0) + 12;
  const cellHeight = Math.max(16, Math.min(44, cellWidth, 420 / height));
  const plotHeight = Math.max(120, cellHeight * height);
  const top = block.height + 12;
  return {
    data: [
      {
        type: 'heatmap',
        z: values,
        zmin: low,
        zmax: high,
        colorscale: SEQUENTIAL,
        xgap: cellWidth > 10 ? 1 : 0,
        ygap: cellHeight > 10 ? 1 : 0,
        hoverongaps: false,
        customdata: values.map((row, i) => row.map((_, j) => `${rows?.[i] ?? i}, ${columns?.[j] ?? j}`)),
        hovertemplate: '%{customdata}: <b>%{z:.3g}</b><extra></extra>',
        colorbar: {
          thickness: 14,
          outlinewidth: 0,
          len: 1,
          lenmode: 'fraction',
          x: 1,
          xpad: 14,
          ypad: 0,
          nticks: 5,
          tickfont: { size: SIZES.note, color: MUTED },
          title: {
            text: options.valueTitle ? escapeText(options.valueTitle) : '',
            side: 'top',
            font: { size: SIZES.note, color: MUTED },
          },
        },
      },
    ],
    layout: {
      ...baseLayout(top + plotHeight + bottom),
      margin: { l: left, r: right, t: top, b: bottom },
      xaxis: axis({
        ...(columns
          ? { tickvals: columns.map((_, i) => i), ticktext: columns.map(escapeText) }
          : { nticks: 10 }),
        tickangle: slanted && columns ? -45 : 0,
        ...(columns ? { tickfont: { size: SIZES.tick, color: INK } } : {}),
        title: options.columnTitle ? axisTitle(options.columnTitle) : undefined,
        showgrid: false,
        range: [-0.5, breadth - 0.5],
      }),
      yaxis: axis({
        ...(rows ? { tickvals: rows.map((_, i) => i), ticktext: rows.map(escapeText) } : { nticks: 8 }),
        ...(rows ? { tickfont: { size: SIZES.tick, color: INK } } : {}),
        title: options.rowTitle ? axisTitle(options.rowTitle, 8) : undefined,
        ticklabelstandoff: 6,
        showgrid: false,
        range: [height - 0.5, -0.5],
      }),
      annotations: block.annotations(left, top),
    },
    size: { width, height: top + plotHeight + bottom },
    description:
      `${options.title ? `${options.title}. ` : ''}Heat map of ${height} × ${breadth} values ` +
      `from ${Number(Math.min(...flat).toPrecision(3))} to ${Number(Math.max(...flat).toPrecision(3))}.`,
  };
}
