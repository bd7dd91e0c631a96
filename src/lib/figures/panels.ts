/** @file Panels side by side and what stands above them: their titles and the legend. */
import type { Json } from './specification';
import { INK, MUTED, note, SIZES } from './style';
import { escapeText } from './text-wrapping';

/** Equal panels side by side, as [left, right] shares of a plot `plotWidth` CSS pixels wide, `gap` pixels apart. */
export function panelDomains(count: number, plotWidth: number, gap: number): [number, number][] {
  const share = gap / plotWidth;
  const width = (1 - share * (count - 1)) / count;
  return Array.from({ length: count }, (_, i) => [i * (width + share), i * (width + share) + width]);
}

/** plotly's name of the n-th axis of its kind: `x`, `x2`, … */
export function axisSuffix(index: number): string {
  return index === 0 ? '' : String(index + 1);
}

/** Lines of a panel's title in bold, the lowest `above` pixels over the plot. */
export function panelTitle(lines: readonly string[], x: number, above: number): Json[] {
  return lines.map((line, i) =>
    note({
      text: `<b>${escapeText(line)}</b>`,
      font: { size: SIZES.panel, color: INK },
      x,
      y: 1,
      yshift: above + 24 * (lines.length - 1 - i),
    }),
  );
}

/** A legend in one line, its middle `above` pixels over a plot `plotHeight` pixels high. */
export function legendAbove(above: number, plotHeight: number): Json {
  return {
    orientation: 'h',
    x: 0,
    xanchor: 'left',
    y: 1 + above / plotHeight,
    yanchor: 'middle',
    font: { size: SIZES.label, color: INK },
    bgcolor: 'rgba(0, 0, 0, 0)',
    borderwidth: 0,
    itemsizing: 'trace',
    traceorder: 'normal',
    tracegroupgap: 0,
  };
}

/** An axis title in the quiet style. */
export function axisTitle(text: string, standoff = 10): Json {
  return { text: escapeText(text), font: { size: SIZES.tick, color: MUTED }, standoff };
}
