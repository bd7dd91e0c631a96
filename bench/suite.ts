/** @file What a suite of measurements is, and what it leaves (CONTRACT.md, bench JSON). */

export interface BenchRow {
  case: string;
  peer: string;
  ours: number;
  theirs: number;
  unit: string;
  /** ours / theirs, in time or memory: below 1 is better. */
  ratio: number;
  /** Each interleaved run's figure, where there were several; `ours` and `theirs` are their medians. */
  runs?: { ours: number[]; theirs: number[] };
  /** The quickest step of all runs: on a busy machine nearer to what the code can do. */
  quickest?: { ours: number; theirs: number };
  /** What else is worth knowing: thread counts, say. */
  note?: string;
}

export interface SkippedPeer {
  peer: string;
  reason: string;
}

export interface BenchResult {
  rows: BenchRow[];
  skipped: SkippedPeer[];
}

export interface BenchSuite {
  name: string;
  description: string;
  /** Measures the cases whose name `wanted` accepts; `say` tells a person what is going on. */
  run(say: (line: string) => void, wanted: (name: string) => boolean): Promise<BenchResult>;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The mean of ratios: of 2 and ½ it is 1. */
export function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);
}

/** A row from interleaved runs. */
export function rowOf(
  name: string,
  peer: string,
  unit: string,
  runs: { ours: number[]; theirs: number[] },
  note?: string,
): BenchRow {
  const [ours, theirs] = [median(runs.ours), median(runs.theirs)];
  return { case: name, peer, ours, theirs, unit, ratio: ours / theirs, runs, ...(note ? { note } : {}) };
}

/** Per peer: geometric mean and worst of the ratios. */
export function summary(
  rows: readonly BenchRow[],
): { peer: string; mean: number; worst: number; cases: number }[] {
  return [...new Set(rows.map(({ peer }) => peer))].map((peer) => {
    const ratios = rows.filter((row) => row.peer === peer).map(({ ratio }) => ratio);
    return { peer, mean: geometricMean(ratios), worst: Math.max(...ratios), cases: ratios.length };
  });
}
