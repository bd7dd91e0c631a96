/**
 * @file The figure that the kit is about: text-only against vision-guided against the controls, each value with
 * its 95 % interval, beside the ceiling that a model without the picture cannot pass. One panel a data set;
 * systems are rows, so that their names stay level and readable.
 */
import { InputError } from '../errors';
import { axisSuffix, panelDomains, panelTitle } from './panels';
import type { FigureSpecification, Json, Role } from './specification';
import {
  axis,
  baseLayout,
  type Heading,
  heading,
  INK,
  MARGIN,
  MUTED,
  note,
  PAPER,
  ROLE_COLORS,
  SIZES,
  widest,
} from './style';
import { escapeText, wrapLines } from './text-wrapping';

/** One system's value, with its interval where it is known. Shares are given in [0, 1]. */
export interface ComparedSystem {
  name: string;
  role: Role;
  value: number;
  low?: number;
  high?: number;
}

/** One data set or subset: a panel. Systems are matched between panels by name. */
export interface ComparisonGroup {
  name: string;
  systems: readonly ComparedSystem[];
  /** Values that a kind of model cannot pass, for example the text-only ceiling. */
  ceilings?: readonly { name: string; value: number }[];
}

export interface ComparisonOptions extends Heading {
  groups: readonly ComparisonGroup[];
  /** Name of what is measured, under the axis: "accuracy". */
  metric?: string;
  /** Write shares as percentages on an axis of 0 to 100; default true. */
  percent?: boolean;
  /** Width that labels are laid out for, in CSS pixels; default 960. */
  width?: number;
}

const ROW = 46;
const GAP = 36;

/** The comparison figure. Throws `InputError` where there is no group, or a value is not a number. */
export function comparison(options: ComparisonOptions): FigureSpecification {
  const { groups, metric = 'accuracy', percent = true, width = 960 } = options;
  if (groups.length === 0 || groups.every((group) => group.systems.length === 0)) {
    throw new InputError('comparison: no systems to compare; give at least one group with one system');
  }
  const scale = percent ? 100 : 1;
  const names = [...new Set(groups.flatMap((group) => group.systems.map((system) => system.name)))];
  const rows = names.map((name) =>
    wrapLines(name, 190, SIZES.label, { maxLines: 2 }).map(escapeText).join('<br>'),
  );
  const labelWidth = widest(
    rows.flatMap((row) => row.split('<br>')),
    SIZES.label,
    true,
  );
  const title = heading(options, width);
  const margin = { l: Math.ceil(MARGIN + labelWidth + 14), r: MARGIN, b: 62, t: 0 };
  const panels = panelDomains(groups.length, width - margin.l - margin.r, GAP);
  const panelWidth = (panels[0]?.[1] ?? 1) * (width - margin.l - margin.r) - (panels[0]?.[0] ?? 0);
  const panelTitles = groups.map((group) =>
    wrapLines(group.name, panelWidth, SIZES.panel, { style: { bold: true, italic: false }, maxLines: 2 }),
  );
  const titleLines = Math.max(...panelTitles.map((lines) => lines.length));
  const ceilingRows = Math.max(0, ...groups.map((group) => group.ceilings?.length ?? 0));
  margin.t = title.height + 24 * titleLines + 20 * ceilingRows + 10;
  const plotHeight = ROW * names.length;
  const top = scale * Math.max(...groups.flatMap(upperEnds));
  const limit = percent ? 100 : niceLimit(top);

  const layout: { [key: string]: Json | undefined } = {
    ...baseLayout(margin.t + plotHeight + margin.b),
    margin: { ...margin, pad: 0 },
    bargap: 0.36,
  };
  const annotations: Json[] = title.annotations(margin.l, margin.t);
  const shapes: Json[] = [];
  const data = groups.map((group, g) => {
    const suffix = axisSuffix(g);
    const domain = panels[g] as [number, number];
    const valueRoom = limit * (1 + 64 / panelWidth);
    layout[`xaxis${suffix}`] = axis({
      domain,
      anchor: `y${suffix}`,
      range: [0, valueRoom],
      tickvals: ticksOf(limit, panelWidth),
      title: {
        text: escapeText(percent ? `${metric}, %` : metric),
        font: { size: SIZES.tick, color: MUTED },
        standoff: 10,
      },
    });
    layout[`yaxis${suffix}`] = axis({
      domain: [0, 1],
      anchor: `x${suffix}`,
      range: [names.length - 0.5, -0.5],
      tickvals: names.map((_, i) => i),
      ticktext: rows.map((row, i) =>
        roleOf(groups, names[i] as string) === 'vision-guided' ? `<b>${row}</b>` : row,
      ),
      tickfont: { size: SIZES.label, color: INK },
      showticklabels: g === 0,
      showgrid: false,
      ticklabelstandoff: 8,
      fixedrange: true,
    });
    annotations.push(...panelTitle(panelTitles[g] as string[], domain[0], 20 * ceilingRows + 16));
    for (const [c, ceiling] of (group.ceilings ?? []).entries()) {
      drawCeiling(
        ceiling,
        { suffix, level: (group.ceilings?.length ?? 1) - c, scale, percent, limit, panelWidth },
        shapes,
        annotations,
      );
    }
    for (const system of group.systems) {
      if (!Number.isFinite(system.value)) {
        throw new InputError(
          `comparison: the value of "${system.name}" in "${group.name}" is ${system.value}`,
        );
      }
      annotations.push({
        ...(note({
          text: `<b>${numberText(system.value, percent)}</b>`,
          font: {
            size: SIZES.value,
            color: system.role === 'vision-guided' ? ROLE_COLORS['vision-guided'] : INK,
          },
          x: scale * Math.max(system.high ?? system.value, system.value),
          y: names.indexOf(system.name),
          xshift: 5,
          bgcolor: PAPER,
          borderpad: 2,
        }) as object),
        xref: `x${suffix}`,
        yref: `y${suffix}`,
      });
    }
    return barsOf(group, names, scale, percent, suffix);
  });
  return {
    data,
    layout: { ...layout, annotations, shapes },
    size: { width, height: margin.t + plotHeight + margin.b },
    description: describe(options, metric, percent),
  };
}

function barsOf(
  group: ComparisonGroup,
  names: readonly string[],
  scale: number,
  percent: boolean,
  suffix: string,
) {
  const { systems } = group;
  const bounded = systems.map(({ value, low = value, high = value }) => ({ value, low, high }));
  return {
    type: 'bar',
    orientation: 'h',
    name: group.name,
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    x: systems.map((system) => scale * system.value),
    y: systems.map((system) => names.indexOf(system.name)),
    marker: { color: systems.map((system) => ROLE_COLORS[system.role]) },
    error_x: {
      type: 'data',
      symmetric: false,
      array: bounded.map(({ value, high }) => scale * (high - value)),
      arrayminus: bounded.map(({ value, low }) => scale * (value - low)),
      color: INK,
      thickness: 1.6,
      width: 5,
    },
    customdata: systems.map((system) => `${system.name}<br><b>${valueText(system, percent)}</b>`),
    hovertemplate: '%{customdata}<extra></extra>',
  };
}

interface CeilingPlace {
  suffix: string;
  /** 1 is the row of labels next to the plot. */
  level: number;
  scale: number;
  percent: boolean;
  limit: number;
  panelWidth: number;
}

function drawCeiling(
  ceiling: { name: string; value: number },
  { suffix, level, scale, percent, limit, panelWidth }: CeilingPlace,
  shapes: Json[],
  annotations: Json[],
): void {
  const x = scale * ceiling.value;
  const text = `${ceiling.name} ${numberText(ceiling.value, percent)}`;
  const width = widest([text], SIZES.note);
  const at = (x / (limit * (1 + 64 / panelWidth))) * panelWidth;
  const alignment = at + width / 2 > panelWidth ? 'right' : at - width / 2 < 0 ? 'left' : 'center';
  const bottom = 20 * (level - 1);
  shapes.push({
    type: 'line',
    xref: `x${suffix}`,
    yref: 'paper',
    x0: x,
    x1: x,
    y0: 0,
    y1: 1,
    line: { color: ROLE_COLORS.ceiling, width: 1.8, dash: '6px,4px' },
  });
  annotations.push({
    ...(note({
      text: escapeText(text),
      font: { size: SIZES.note, color: ROLE_COLORS.ceiling },
      x,
      y: 1,
      yshift: bottom + 11,
      xanchor: alignment,
      xshift: alignment === 'right' ? Math.max(0, panelWidth - at - 2) : alignment === 'left' ? -at : 0,
    }) as object),
    xref: `x${suffix}`,
  });
}

function upperEnds(group: ComparisonGroup): number[] {
  return [
    ...group.systems.map(({ value, high = value }) => Math.max(value, high)),
    ...(group.ceilings ?? []).map((ceiling) => ceiling.value),
  ];
}

/** The smallest of 1, 2, 2.5, 5, 10 times a power of ten, in quarters, that is not below `top`. */
function niceLimit(top: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(top, 1e-9)));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * power >= top) ?? 10) * power;
}

function ticksOf(limit: number, panelWidth: number): number[] {
  const count = panelWidth < 200 ? 2 : 4;
  return Array.from({ length: count + 1 }, (_, i) => Number(((limit * i) / count).toPrecision(3)));
}

function roleOf(groups: readonly ComparisonGroup[], name: string): Role | undefined {
  return groups.flatMap((group) => group.systems).find((system) => system.name === name)?.role;
}

function numberText(value: number, percent: boolean): string {
  return percent ? (100 * value).toFixed(1) : String(Number(value.toPrecision(3)));
}

function valueText({ value, low, high }: ComparedSystem, percent: boolean): string {
  const unit = percent ? ' %' : '';
  const interval =
    low === undefined || high === undefined
      ? ''
      : ` [${numberText(low, percent)}, ${numberText(high, percent)}]`;
  return `${numberText(value, percent)}${unit}${interval}`;
}

function describe({ title, groups }: ComparisonOptions, metric: string, percent: boolean): string {
  const parts = groups.map(
    (group) =>
      `${group.name}: ${[
        ...group.systems.map((system) => `${system.name} ${valueText(system, percent)}`),
        ...(group.ceilings ?? []).map(
          (c) => `${c.name} ${numberText(c.value, percent)}${percent ? ' %' : ''}`,
        ),
      ].join(', ')}`,
  );
  return `${title ? `${title}. ` : ''}Comparison by ${metric}, with 95 % intervals. ${parts.join('. ')}.`;
}
