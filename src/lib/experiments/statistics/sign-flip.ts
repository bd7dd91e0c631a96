/**
 * @file Sign-flip test of paired differences (Fisher 1935; approximate randomization, Noreen 1989). If two
 * systems do not differ, each cluster's summed difference could as well have had the other sign:
 *
 *     p = share of the 2^n sign choices with |Σ ± d_c| ≥ |Σ d_c|
 *
 * Exact for up to 20 clusters that differ (clusters with d = 0 change nothing), else by random flips with the
 * add-one correction (1 + hits) / (1 + permutations). Worked: differences 1 1 1: 2 of 8 choices reach 3, p = 0.25.
 */
import { drawer, groupClusters, membersOf } from './clusters';

const EXACT_UP_TO = 20;

export interface SignFlipResult {
  /** Mean difference over all records. */
  statistic: number;
  /** Two-sided. */
  pValue: number;
  exact: boolean;
}

/** Sign-flip test over records or clusters. Throws `InputError` on no records. */
export function signFlipTest(options: {
  differences: ArrayLike<number>;
  clusters?: ArrayLike<string | number>;
  permutations?: number;
  seed?: number;
}): SignFlipResult {
  const { differences, permutations = 10_000, seed = 1 } = options;
  const clusters = groupClusters(differences.length, options.clusters);
  const all = Float64Array.from({ length: clusters.count }, (_, c) =>
    membersOf(clusters, c).reduce((sum, i) => sum + (differences[i] as number), 0),
  );
  const sums = all.filter((sum) => sum !== 0);
  const observed = sums.reduce((total, x) => total + x, 0);
  const threshold = Math.abs(observed) * (1 - 1e-12) - 1e-300; // equal sums that rounding told apart still count
  const statistic = observed / differences.length;
  if (sums.length <= EXACT_UP_TO) {
    return { statistic, pValue: exactShare(sums, threshold), exact: true };
  }
  const draw = drawer(seed, 'sign-flip');
  let hits = 0;
  for (let k = 0; k < permutations; k++) {
    let total = 0;
    let bits = 0;
    for (let i = 0; i < sums.length; i++) {
      if (i % 24 === 0) bits = draw(2 ** 24);
      total += bits & 1 ? (sums[i] as number) : -(sums[i] as number);
      bits >>>= 1;
    }
    if (Math.abs(total) >= threshold) hits++;
  }
  return { statistic, pValue: (1 + hits) / (1 + permutations), exact: false };
}

function exactShare(sums: Float64Array, threshold: number): number {
  const choices = 2 ** sums.length;
  let hits = 0;
  for (let choice = 0; choice < choices; choice++) {
    let total = 0;
    for (let i = 0; i < sums.length; i++) {
      total += (choice >>> i) & 1 ? (sums[i] as number) : -(sums[i] as number);
    }
    if (Math.abs(total) >= threshold) hits++;
  }
  return hits / choices;
}
