/**
 * @file Adjusted p values where several comparisons are made: compare them with the same 0.05.
 *
 *     Holm (1979), chance of any false claim:   p̃_(i) = max_{j ≤ i} min(1, (m − j + 1) p_(j))
 *     Benjamini–Hochberg (1995), share of false claims:  p̃_(i) = min_{j ≥ i} min(1, (m / j) p_(j))
 *
 * Worked: 0.01 0.04 0.03: Holm 0.03 0.06 0.06; Benjamini–Hochberg 0.03 0.04 0.04.
 */

/** Holm's adjusted p values, in the order given. */
export function holm(pValues: readonly number[]): number[] {
  return adjusted(pValues, (sorted) => {
    let largest = 0;
    return sorted.map((p, i) => {
      largest = Math.max(largest, Math.min(1, (sorted.length - i) * p));
      return largest;
    });
  });
}

/** Benjamini and Hochberg's adjusted p values, in the order given. */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  return adjusted(pValues, (sorted) => {
    const out = sorted.map((p, i) => Math.min(1, (sorted.length / (i + 1)) * p));
    for (let i = out.length - 2; i >= 0; i--) out[i] = Math.min(out[i] as number, out[i + 1] as number);
    return out;
  });
}

function adjusted(pValues: readonly number[], adjust: (sorted: number[]) => number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const out = new Array<number>(pValues.length);
  adjust(order.map((i) => pValues[i] as number)).forEach((p, rank) => {
    out[order[rank] as number] = p;
  });
  return out;
}
