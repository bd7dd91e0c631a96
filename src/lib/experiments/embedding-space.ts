/**
 * @file Where embeddings stand: neighbours by cosine, and the plane that shows most of their spread. The principal
 * components of rows x are the directions u of largest variance, the leading eigenvectors of Σ (x − x̄)(x − x̄)ᵀ,
 * found here by power iteration with deflation. Left out: what more than two of them would show.
 */

/** The `count` rows most similar to row `index`, itself left out, most similar first. */
export function nearestRows(
  rows: readonly ArrayLike<number>[],
  index: number,
  count: number,
): { index: number; cosine: number }[] {
  const query = rows[index] as ArrayLike<number>;
  return rows
    .map((row, i) => ({ index: i, cosine: cosine(query, row) }))
    .filter((one) => one.index !== index)
    .sort((a, b) => b.cosine - a.cosine || a.index - b.index)
    .slice(0, count);
}

/** uᵀv / (|u|·|v|). */
export function cosine(u: ArrayLike<number>, v: ArrayLike<number>): number {
  return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v));
}

export interface Projection {
  /** [rows][2] */
  points: [number, number][];
  /** Share of the variance that the two directions hold. */
  explained: number;
}

const ITERATIONS = 500;

/** Rows [N, D] in the plane of their two principal components; each direction's largest entry is positive. */
export function principalPlane(rows: readonly ArrayLike<number>[]): Projection {
  const width = rows[0]?.length ?? 0;
  const mean = Array.from(
    { length: width },
    (_, d) => rows.reduce((sum, row) => sum + (row[d] as number), 0) / rows.length,
  );
  const centred = rows.map((row) => mean.map((m, d) => (row[d] as number) - m));
  const total = centred.reduce((sum, row) => sum + dot(row, row), 0);
  const found: number[][] = [];
  for (let component = 0; component < 2; component++) {
    let u = Array.from({ length: width }, (_, d) => Math.cos(1 + d * (component + 1)));
    for (let i = 0; i < ITERATIONS; i++) {
      const next = new Array<number>(width).fill(0);
      for (const row of centred) {
        const along = dot(row, u);
        for (let d = 0; d < width; d++) next[d] = (next[d] as number) + along * (row[d] as number);
      }
      for (const earlier of found) {
        const along = dot(next, earlier);
        for (let d = 0; d < width; d++) next[d] = (next[d] as number) - along * (earlier[d] as number);
      }
      const length = Math.sqrt(dot(next, next)) || 1;
      u = next.map((value) => value / length);
    }
    const largest = u.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    found.push(largest < 0 ? u.map((value) => -value) : u);
  }
  const points = centred.map((row): [number, number] => [dot(row, found[0] ?? []), dot(row, found[1] ?? [])]);
  const kept = points.reduce((sum, [x, y]) => sum + x * x + y * y, 0);
  return { points, explained: total === 0 ? 0 : kept / total };
}

function dot(u: ArrayLike<number>, v: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < u.length; d++) sum += (u[d] as number) * (v[d] as number);
  return sum;
}
