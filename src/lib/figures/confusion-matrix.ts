/**
 * @file Confusion matrix: rows are the true labels, columns the predicted ones. Colour is the share of the row
 * (recall on the diagonal), so that rare classes show as well as common ones; cells say share and count.
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
  PAPER,
  SEQUENTIAL,
  SIZES,
  widest,
} from './style';
import { escapeText } from './text-wrapping';

export interface ConfusionMatrixOptions extends Heading {
  labels: readonly string[];
  /** `counts[i][j]`: records of true label i predicted as j. */
  counts: readonly (readonly number[])[];
  width?: number;
}

/** The matrix as a figure. Throws `InputError` unless `counts` is square with one row a label. */
export function confusionMatrix(options: ConfusionMatrixOptions): FigureSpecification {
  const { labels, counts } = options;
  const count = labels.length;
  if (count === 0 || counts.length !== count || counts.some((row) => row.length !== count)) {
    throw new InputError(
      `confusionMatrix: ${count} labels need ${count} × ${count} counts, got ${counts.length} rows of ${counts.map((row) => row.length).join(', ')}`,
    );
  }
  const shares = counts.map((row) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.map((n) => (total === 0 ? 0 : n / total));
  });
  const cell = Math.max(26, Math.min(72, Math.floor(560 / count)));
  const labelWidth = Math.min(220, widest(labels, SIZES.label));
  const slanted = widest(labels, SIZES.label) > cell - 8;
  const side = cell * count;
  const wide = MARGIN + 24 + labelWidth + 12 + side + MARGIN;
  const width = options.width ?? Math.max(480, wide);
  const block = heading(options, width);
  const left = MARGIN + 24 + labelWidth + 12;
  const top = block.height + (slanted ? 0.72 * labelWidth + 24 : 34) + 24;
  const texts = cell >= 34;
  return {
    data: [
      {
        type: 'heatmap',
        z: shares,
        zmin: 0,
        zmax: 1,
        colorscale: SEQUENTIAL,
        showscale: false,
        xgap: 2,
        ygap: 2,
        hovertemplate: '%{customdata}<extra></extra>',
        customdata: counts.map((row, i) =>
          row.map(
            (n, j) => `true ${labels[i]}, predicted ${labels[j]}<br><b>${n}</b> (${percent(shares[i]?.[j])})`,
          ),
        ),
      },
    ],
    layout: {
      ...baseLayout(top + side + MARGIN),
      margin: { l: left, r: Math.max(MARGIN, width - left - side), t: top, b: MARGIN },
      xaxis: axis({
        side: 'top',
        tickvals: labels.map((_, i) => i),
        ticktext: labels.map(escapeText),
        tickangle: slanted ? -45 : 0,
        tickfont: { size: SIZES.label, color: INK },
        title: axisTitle('predicted', 6),
        showgrid: false,
        range: [-0.5, count - 0.5],
      }),
      yaxis: axis({
        range: [count - 0.5, -0.5],
        tickvals: labels.map((_, i) => i),
        ticktext: labels.map(escapeText),
        tickfont: { size: SIZES.label, color: INK },
        ticklabelstandoff: 6,
        title: axisTitle('true', 12),
        showgrid: false,
      }),
      annotations: [
        ...block.annotations(left, top),
        ...(texts
          ? counts.flatMap((row, i) =>
              row.flatMap((n, j) => {
                const share = shares[i]?.[j] ?? 0;
                if (n === 0) return [];
                return [
                  {
                    x: j,
                    y: i,
                    text: cell >= 48 ? `<b>${percent(share)}</b><br>${n}` : String(n),
                    showarrow: false,
                    font: { size: cell >= 48 ? SIZES.note : 12, color: share > 0.55 ? PAPER : INK },
                  },
                ];
              }),
            )
          : []),
      ],
    },
    size: { width, height: top + side + MARGIN },
    description: describe(options, shares),
  };
}

function percent(share = 0): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
}

function describe({ title, labels }: ConfusionMatrixOptions, shares: readonly (readonly number[])[]): string {
  const recalls = labels.map((label, i) => `${label} ${percent(shares[i]?.[i])}`);
  return `${title ? `${title}. ` : ''}Confusion matrix of ${labels.length} labels; recall: ${recalls.join(', ')}.`;
}
