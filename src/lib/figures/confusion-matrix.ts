/**
 * @file Confusion matrix: rows are the true labels, columns the predicted ones. Colour is the share of the row
 * (recall on the diagonal), so that rare classes show as well as common ones; cells say share and count.
 */
import { InputError } from '../errors';
import { axisTitle } from './panels';
import type { FigureSpecification, Trace } from './specification';
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
  /** The last label stands for several: what is on its diagonal need not be right, and is left without colour. */
  lastIsGroup?: boolean;
  width?: number;
}

/** The matrix as a figure. Throws `InputError` unless `counts` is square with one row a label. */
export function confusionMatrix(options: ConfusionMatrixOptions): FigureSpecification {
  const { labels, counts, lastIsGroup = false } = options;
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
  const drawn = lastIsGroup ? withoutLast(shares) : shares;
  const labelWidth = widest(labels, SIZES.label);
  const roomy = Math.max(64, Math.min(96, labelWidth + 16)); // level column labels where they fit
  const cell = Math.floor(Math.max(26, Math.min(roomy, 560 / count)));
  const slanted = labelWidth > cell - 8;
  const side = cell * count;
  const left = MARGIN + 24 + labelWidth + 12;
  const overhang = slanted ? 0.72 * labelWidth - cell / 2 + 12 : 0; // of the last column's slanted label
  const width = options.width ?? Math.ceil(Math.max(480, left + side + Math.max(MARGIN, overhang)));
  const block = heading(options, width);
  const top = block.height + (slanted ? 0.72 * labelWidth + 24 : 34) + 24;
  return {
    data: [
      {
        type: 'heatmap',
        z: drawn,
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
      ...(cell >= 34 ? [cellTexts(counts, drawn, cell)] : []),
    ],
    layout: {
      ...baseLayout(top + side + MARGIN),
      width, // fixed, so that cells stay square in a wide notebook
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
      annotations: block.annotations(left, top),
    },
    size: { width, height: top + side + MARGIN },
    description: describe(options, shares),
  };
}

/** Share and count in each cell, as one trace: hundreds of annotations would be slow to draw. */
function cellTexts(
  counts: ConfusionMatrixOptions['counts'],
  shares: readonly (readonly (number | null)[])[],
  cell: number,
): Trace {
  const filled = counts.flatMap((row, i) =>
    row.map((count, j) => ({ i, j, count, share: shares[i]?.[j] ?? null })).filter(({ count }) => count > 0),
  );
  return {
    type: 'scatter',
    mode: 'text',
    x: filled.map(({ j }) => j),
    y: filled.map(({ i }) => i),
    text: filled.map(({ count, share }) =>
      cell >= 48 && share !== null ? `<b>${percent(share)}</b><br>${count}` : String(count),
    ),
    textfont: {
      size: cell >= 48 ? SIZES.note : 12,
      color: filled.map(({ share }) => ((share ?? 0) > 0.55 ? PAPER : INK)),
    },
    hoverinfo: 'skip',
  };
}

function percent(share = 0): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.0095 ? 1 : 0)} %`;
}

function withoutLast(shares: readonly (readonly number[])[]): (number | null)[][] {
  const last = shares.length - 1;
  return shares.map((row, i) => row.map((share, j) => (i === last && j === last ? null : share)));
}

function describe(
  { title, labels, lastIsGroup }: ConfusionMatrixOptions,
  shares: readonly (readonly number[])[],
): string {
  const own = lastIsGroup ? labels.slice(0, -1) : labels;
  const recalls = own.map((label, i) => `${label} ${percent(shares[i]?.[i])}`);
  return `${title ? `${title}. ` : ''}Confusion matrix of ${labels.length} labels; recall: ${recalls.join(', ')}.`;
}
