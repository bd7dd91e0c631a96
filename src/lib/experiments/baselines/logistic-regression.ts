/**
 * @file Multinomial logistic regression over sparse rows, with the objective of scikit-learn's `LogisticRegression`:
 *
 *     min  C·Σ_i −log softmax(W·x_i + b)_{y_i} + ½·‖W‖²      b is not shrunk
 *
 * by L-BFGS in double precision, until no slope of it, divided by C times the records, is above 1e-4, unless told
 * otherwise (scikit-learn's tolerance is of that mean). The
 * gradient of the first term by W is C·Σ_i (p_i − onehot(y_i))·x_iᵀ.
 */
import { InputError } from '../../errors';
import { type MinimizeOptions, minimize } from './lbfgs';
import type { SparseRow } from './tf-idf';

export interface LogisticRegressionOptions extends MinimizeOptions {
  /** C: how much the records count against the shrinkage. */
  strength?: number;
}

export class LogisticRegression {
  private constructor(
    readonly labels: readonly string[],
    /** Classes C of each column, then the intercepts: [columns + 1, C]. */
    private readonly weights: Float64Array,
    /** Whether the slope came below the tolerance within the steps allowed. */
    readonly converged: boolean,
  ) {}

  /**
   * @param columns width of the rows.
   * @throws InputError where rows and labels are not as many, or the labels are fewer than two.
   */
  static fit(
    rows: readonly SparseRow[],
    targets: readonly string[],
    columns: number,
    { strength = 1, tolerance = 1e-4 * strength * rows.length, ...options }: LogisticRegressionOptions = {},
  ): LogisticRegression {
    if (rows.length !== targets.length)
      throw new InputError(`targets: expected ${rows.length}, one a row, found ${targets.length}`);
    const labels = [...new Set(targets)].sort();
    if (labels.length < 2)
      throw new InputError(`targets: expected two labels or more, found ${JSON.stringify(labels[0])} alone`);
    const numbers = Int32Array.from(targets, (target) => labels.indexOf(target));
    const classes = labels.length;
    const evaluate = (weights: Float64Array, gradient: Float64Array): number => {
      let value = 0;
      for (let i = 0; i < columns * classes; i++) {
        const w = weights[i] as number;
        gradient[i] = w;
        value += (w * w) / 2;
      }
      gradient.fill(0, columns * classes);
      for (const [row, sparse] of rows.entries()) {
        const p = probabilitiesOf(sparse, weights, columns, classes);
        const truth = numbers[row] as number;
        value -= strength * Math.log(p[truth] as number);
        p[truth] = (p[truth] as number) - 1;
        eachEntry(sparse, columns, (column, x) => {
          for (let c = 0; c < classes; c++) {
            const at = column * classes + c;
            gradient[at] = (gradient[at] as number) + strength * x * (p[c] as number);
          }
        });
      }
      return value;
    };
    const start = new Float64Array((columns + 1) * classes);
    const { point, converged } = minimize(evaluate, start, { tolerance, ...options });
    return new LogisticRegression(labels, point, converged);
  }

  /** One probability a label, in the order of `labels`. */
  probabilities(row: SparseRow): Float64Array {
    const classes = this.labels.length;
    return probabilitiesOf(row, this.weights, this.weights.length / classes - 1, classes);
  }

  /** The likeliest label; the first of equally likely ones. */
  predict(row: SparseRow): string {
    const p = this.probabilities(row);
    return this.labels[p.indexOf(Math.max(...p))] as string;
  }
}

function probabilitiesOf(
  row: SparseRow,
  weights: Float64Array,
  columns: number,
  classes: number,
): Float64Array {
  const scores = new Float64Array(classes);
  eachEntry(row, columns, (column, x) => {
    for (let c = 0; c < classes; c++)
      scores[c] = (scores[c] as number) + x * (weights[column * classes + c] as number);
  });
  const most = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - most));
  const total = exponentials.reduce((sum, x) => sum + x, 0);
  return exponentials.map((x) => x / total);
}

/** The entries of a row, and 1 for the intercept. */
function eachEntry(row: SparseRow, columns: number, use: (column: number, x: number) => void): void {
  for (let i = 0; i < row.columns.length; i++) use(row.columns[i] as number, row.values[i] as number);
  use(columns, 1);
}
