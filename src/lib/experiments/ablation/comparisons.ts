/**
 * @file Intervals of the rows of a grid and their paired differences, from scores by record. A row has one run a seed;
 * two rows are paired by seed and by record, and both are drawn anew together: seeds and clusters of records. With one
 * seed the interval holds the variance among records alone.
 */
import {
  bootstrapInterval,
  hierarchicalInterval,
  type IndexMetric,
  type Interval,
  type PairedDifference,
} from '../statistics';
import type { AblationSeed } from './config';
import { hierarchicalMetric } from './hierarchical-metric';
import { canonicalJson } from './paths';
import { measuredBy, type RecordScores } from './scores';

/** One seed's run of a row. */
export interface ScoredRun {
  seed: AblationSeed;
  scores: RecordScores;
}

export interface RowInterval extends Interval {
  seeds: number;
  records: number;
  clusters: number;
}

/** Interval of a row's metric over its seeds and clusters; `null` where there is no run or their records differ. */
export function rowInterval(runs: readonly ScoredRun[], resamples?: number): RowInterval | null {
  const [first] = runs;
  if (!first || runs.some(({ scores }) => !sameRecords(scores, first.scores))) return null;
  const { clusters } = first.scores;
  const values = runs.map(({ scores }) => valuesOf(scores));
  if (values.every((one) => one !== null)) {
    const level = onlyLevel(values);
    if (level !== null) {
      // All right, or all wrong, in every run: a bootstrap would claim certainty; Wilson's interval does not.
      const wilson = bootstrapInterval({ values: values[0] as number[], clusters });
      return { ...wilson, seeds: runs.length };
    }
    return hierarchicalInterval({ values, clusters, resamples });
  }
  const metrics = runs.map(({ scores }) => measuredBy(scores.scores));
  return hierarchicalMetric({ first: metrics, records: clusters.length, clusters, resamples });
}

/** The difference first − second over the seeds that both have; `null` where they share none, or not the records. */
export function rowDifference(
  first: readonly ScoredRun[],
  second: readonly ScoredRun[],
  resamples?: number,
): (PairedDifference & { seeds: number }) | null {
  const bySeed = new Map(second.map((run) => [canonicalJson(run.seed), run.scores]));
  const pairs = first.flatMap(({ seed, scores }) => {
    const partner = bySeed.get(canonicalJson(seed));
    return partner ? [[scores, partner] as const] : [];
  });
  const [pair] = pairs;
  if (!pair || pairs.flat().some((scores) => !sameRecords(scores, pair[0]))) return null;
  const { clusters } = pair[0];
  const values = pairs.map(([a, b]) => [valuesOf(a), valuesOf(b)] as const);
  if (values.every(([a, b]) => a && b)) {
    const differences = values.map(([a, b]) =>
      (a as number[]).map((value, i) => value - ((b as number[])[i] as number)),
    );
    return hierarchicalInterval({ values: differences, clusters, resamples });
  }
  const side = (which: 0 | 1): IndexMetric[] => pairs.map((both) => measuredBy(both[which].scores));
  return hierarchicalMetric({
    first: side(0),
    second: side(1),
    records: clusters.length,
    clusters,
    resamples,
  });
}

/** The value of one run on all its records. */
export function runValue({ scores, ids }: RecordScores): number {
  return measuredBy(scores)(Int32Array.from(ids, (_, i) => i));
}

function valuesOf({ scores }: RecordScores): number[] | null {
  return scores.form === 'values' ? scores.values : null;
}

function sameRecords(a: RecordScores, b: RecordScores): boolean {
  const same = (x: readonly string[], y: readonly string[]) =>
    x === y || (x.length === y.length && x.every((value, i) => value === y[i]));
  return same(a.ids, b.ids) && same(a.clusters, b.clusters);
}

/** 0 or 1 where every run has that value everywhere, else `null`. */
function onlyLevel(values: readonly (readonly number[] | null)[]): 0 | 1 | null {
  const first = values[0]?.[0];
  if (first !== 0 && first !== 1) return null;
  return values.every((run) => run?.every((value) => value === first)) ? first : null;
}
