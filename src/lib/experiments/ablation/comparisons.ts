/**
 * @file Intervals of the rows of a grid and their paired differences, from scores by record. A row has one run a seed;
 * two rows are paired by seed and by record, and both are drawn anew together: seeds and clusters of records. With one
 * seed the interval holds the variance among records alone. All runs that were scored on the same records share the
 * draws, so each is resampled once, however many rows it is compared in.
 */
import {
  bootstrapInterval,
  type Interval,
  metricDifference,
  type PairedDifference,
  RecordResamples,
  type ResampledMetric,
} from '../statistics';
import { constantDifference } from '../statistics/constant-difference';
import type { AblationSeed } from './config';
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

/** The resampled metric of every run that was asked for, and the draws that it was resampled by. */
export class ResampledRuns {
  private readonly drawn: { like: RecordScores; resamples: RecordResamples }[] = [];
  private readonly runs = new Map<RecordScores, ResampledMetric>();

  constructor(readonly resamples?: number) {}

  of(scores: RecordScores): ResampledMetric {
    const known = this.runs.get(scores);
    if (known) return known;
    this.measure([scores]);
    return this.runs.get(scores) as ResampledMetric;
  }

  /** Resamples all of these at once, which takes half as long as one by one. */
  measure(all: readonly RecordScores[]): void {
    const means = new Map<RecordResamples, { scores: RecordScores; values: number[] }[]>();
    for (const scores of all) {
      const drawn = this.drawsFor(scores);
      const values = valuesOf(scores);
      const some = means.get(drawn) ?? [];
      means.set(drawn, some);
      if (values) some.push({ scores, values });
      else this.runs.set(scores, drawn.metric(measuredBy(scores.scores)));
    }
    for (const [drawn, some] of means) {
      const made = drawn.means(some.map(({ values }) => values));
      for (const [i, { scores }] of some.entries()) this.runs.set(scores, made[i] as ResampledMetric);
    }
  }

  drawsFor(scores: RecordScores): RecordResamples {
    const known = this.drawn.find(({ like }) => sameRecords(like, scores));
    if (known) return known.resamples;
    const { clusters } = scores;
    const resamples = new RecordResamples(clusters.length, { clusters, resamples: this.resamples });
    this.drawn.push({ like: scores, resamples });
    return resamples;
  }
}

/** Interval of a row's metric over its seeds and clusters; `null` where there is no run or their records differ. */
export function rowInterval(
  runs: readonly ScoredRun[],
  resampled: ResampledRuns = new ResampledRuns(),
): RowInterval | null {
  const [first] = runs;
  if (!first || runs.some(({ scores }) => !sameRecords(scores, first.scores))) return null;
  const { clusters } = first.scores;
  const values = runs.map(({ scores }) => valuesOf(scores));
  if (onlyLevel(values) !== null) {
    // All right, or all wrong, in every run: a bootstrap would claim certainty; Wilson's interval does not.
    const wilson = bootstrapInterval({ values: values[0] as number[], clusters });
    return { ...wilson, seeds: runs.length };
  }
  const measured = runs.map(({ scores }) => resampled.of(scores));
  return resampled.drawsFor(first.scores).overSeeds(measured);
}

/** The difference first − second over the seeds that both have; `null` where they share none, or not the records. */
export function rowDifference(
  first: readonly ScoredRun[],
  second: readonly ScoredRun[],
  resampled: ResampledRuns = new ResampledRuns(),
): (PairedDifference & { seeds: number }) | null {
  const bySeed = new Map(second.map((run) => [canonicalJson(run.seed), run.scores]));
  const pairs = first.flatMap(({ seed, scores }) => {
    const partner = bySeed.get(canonicalJson(seed));
    return partner ? [[scores, partner] as const] : [];
  });
  const [pair] = pairs;
  if (!pair || pairs.flat().some((scores) => !sameRecords(scores, pair[0]))) return null;
  const measured = pairs.map(([a, b]) => metricDifference(resampled.of(a), resampled.of(b)));
  return resampled.drawsFor(pair[0]).overSeeds(measured, constantDifference(differencesOf(pairs)));
}

/** First − second, record by record, of each pair of runs; nothing where the metric has no value a record. */
function* differencesOf(pairs: readonly (readonly [RecordScores, RecordScores])[]): Generator<number[]> {
  for (const [first, second] of pairs) {
    const [a, b] = [valuesOf(first), valuesOf(second)];
    if (a && b) yield a.map((value, i) => value - (b[i] as number));
  }
}

/** The value of one run on all its records. */
export function runValue({ scores, ids }: RecordScores): number {
  const every = new Int32Array(ids.length);
  for (let i = 0; i < every.length; i++) every[i] = i;
  return measuredBy(scores)(every);
}

function valuesOf({ scores }: RecordScores): number[] | null {
  return scores.form === 'values' ? scores.values : null;
}

export function sameRecords(a: RecordScores, b: RecordScores): boolean {
  const same = (x: readonly string[], y: readonly string[]) =>
    x === y || (x.length === y.length && x.every((value, i) => value === y[i]));
  return a === b || (same(a.ids, b.ids) && same(a.clusters, b.clusters));
}

/** 0 or 1 where every run has that value everywhere, else `null`. */
function onlyLevel(values: readonly (readonly number[] | null)[]): 0 | 1 | null {
  const first = values[0]?.[0];
  if (first !== 0 && first !== 1) return null;
  return values.every((run) => run?.every((value) => value === first)) ? first : null;
}
