/**
 * @file Bars by category, one colour a series, with intervals where they are known: labels of a data set, words
 * of a vocabulary, seconds of a benchmark. (For systems against ceilings use `comparison`.)
 */
import { InputError } from '../errors';
import { axisTitle, legendAbove } from './panels';
import type { FigureSpecification, Role } from './specification';
import {
  axis,
  baseLayout,
  colorOf,
  type Heading,
  heading,
  INK,
  MARGIN,
  SIZES,
  tickRoom,
  widest,
} from './style';
import { escapeText, wrapLines } from './text-wrapping';

/** Values in the order of the categories. */
export interface BarSeries {
  name: string;
  role?: Role;
  values: readonly number[];
  low?: readonly number[];
  high?: readonly number[];
}

export interface BarsOptions extends Heading {
  categories: readonly string[];
  series: readonly BarSeries[];
  yTitle?: string;
  /** Write the value over each bar; default where there are at most 24 bars. */
  valueLabels?: boolean;
  width?: number;
  plotHeight?: number;
}

/** The bars as a figure. Throws `InputError` where a series does not have one value a category. */
export function bars(options: BarsOptions): FigureSpecification {
  const { categories, series, width = 960, plotHeight = 320 } = options;
  for (const one of series) {
    if (
      [one.values, one.low ?? one.values, one.high ?? one.values].some((l) => l.length !== categories.length)
    ) {
      throw new InputError(`bars: "${one.name}" needs ${categories.length} values, one a category`);
    }
  }
  if (series.length === 0 || categories.length === 0) throw new InputError('bars: nothing to draw');
  const block = heading(options, width);
  const several = series.length > 1;
  const labels = options.valueLabels ?? categories.length * series.length <= 24;
  const ends = series.flatMap((one) => one.high ?? one.values);
  const left = MARGIN + (options.yTitle ? 26 : 0) + tickRoom(ends) + 10;
  const slot = (width - left - MARGIN) / categories.length;
  const wrapped = categories.map((name) =>
    wrapLines(name, Math.max(40, slot - 8), SIZES.label, { maxLines: 2 }),
  );
  const words = categories.flatMap((name) => name.split(/\s+/));
  const slanted = widest(words, SIZES.label) > slot - 8;
  const bottom = slanted
    ? 0.72 * Math.min(200, widest(categories, SIZES.label)) + 36
    : 22 * Math.max(...wrapped.map((lines) => lines.length)) + 24;
  const margin = { l: left, r: MARGIN, t: block.height + (several ? 46 : 22), b: bottom };
  return {
    data: series.map((one, i) => {
      const color = colorOf(one.role, i);
      return {
        type: 'bar',
        name: escapeText(one.name),
        x: categories.map((_, c) => c),
        y: one.values,
        marker: { color },
        customdata: categories,
        hovertemplate: '%{customdata}: <b>%{y:.4g}</b>',
        ...(labels && !one.high
          ? {
              text: one.values.map((value) => numberText(value)),
              textposition: 'outside',
              cliponaxis: false,
              textangle: 0,
              textfont: { size: SIZES.note, color: INK },
            }
          : {}),
        ...(one.low && one.high
          ? {
              error_y: {
                type: 'data',
                symmetric: false,
                array: one.high.map((high, c) => high - (one.values[c] as number)),
                arrayminus: one.low.map((low, c) => (one.values[c] as number) - low),
                color: INK,
                thickness: 1.6,
                width: 5,
              },
            }
          : {}),
      };
    }),
    layout: {
      ...baseLayout(margin.t + plotHeight + margin.b),
      margin,
      barmode: 'group',
      bargap: 0.3,
      bargroupgap: 0.08,
      showlegend: several,
      legend: legendAbove(26, plotHeight),
      xaxis: axis({
        tickvals: categories.map((_, c) => c),
        ticktext: slanted
          ? categories.map(escapeText)
          : wrapped.map((lines) => lines.map(escapeText).join('<br>')),
        tickangle: slanted ? -45 : 0,
        tickfont: { size: SIZES.label, color: INK },
        showgrid: false,
        range: [-0.5, categories.length - 0.5],
      }),
      yaxis: axis({
        title: options.yTitle ? axisTitle(options.yTitle, 14) : undefined,
        rangemode: 'tozero',
        separatethousands: true,
        exponentformat: 'none',
        nticks: 6,
        ticklabelstandoff: 6,
      }),
      annotations: block.annotations(margin.l, margin.t),
    },
    size: { width, height: margin.t + plotHeight + margin.b },
    description: `${options.title ? `${options.title}. ` : ''}Bars of ${options.yTitle ?? 'values'}: ${series
      .map((one) => `${several ? `${one.name}: ` : ''}${summary(categories, one.values)}`)
      .join('; ')}.`,
  };
}

function summary(categories: readonly string[], values: readonly number[]): string {
  const shown = categories.slice(0, 12).map((name, c) => `${name} ${numberText(values[c] as number)}`);
  return shown.join(', ') + (categories.length > 12 ? `, and ${categories.length - 12} more` : '');
}

/** Whole numbers in full, others to three digits. */
function numberText(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
