/** @file The rows of a part over some of its records: those of one kind of question. */
import { resolve } from 'node:path';
import { data, experiments } from '../../src/lib';
import type { FinishedPart } from './study';

export interface KindRow {
  settings: Record<string, unknown>;
  condition: string;
  /** Accuracy over the records of the kind. */
  estimate: experiments.RowInterval;
  /** Accuracy less that of the same models under shuffled pictures, of the row under their own. */
  overShuffled: { value: number; low: number; high: number } | null;
}

export interface Kind {
  name: string;
  records: number;
  clusters: number;
  /** The most that a reader of the text alone can have right. */
  ceiling: number;
  rows: KindRow[];
}

/** Every row of a part of classification, for each value that `kindOf` gives; kinds in order of name. */
export async function byKind({ plan, ledger, out, folder }: FinishedPart, kindOf: KindOf): Promise<Kind[]> {
  const { records } = await data.readRecords(resolve(folder, plan.file), 'classification');
  return kindsOf(await experiments.scoredRows(plan, ledger, out), records, kindOf);
}

type KindOf = (record: Record<string, unknown>) => string;
type ScoredRow = Pick<experiments.Row, 'settings' | 'condition' | 'runs'>;

/** The same, of rows whose scores are one number a record, in the order of `records`. */
export function kindsOf(
  rows: readonly ScoredRow[],
  records: readonly data.ClassificationRecord[],
  kindOf: KindOf,
): Kind[] {
  const kinds = records.map((record) => kindOf({ ...record }));
  return [...new Set(kinds)].sort().map((name) => {
    const own = kinds.flatMap((kind, row) => (kind === name ? [row] : []));
    const { accuracy } = data.textOnlyCeiling(own.map((row) => records[row] as data.ClassificationRecord));
    const found = rowsOver(rows, own);
    return {
      name,
      records: own.length,
      clusters: found[0]?.estimate.clusters ?? 0,
      ceiling: accuracy,
      rows: found,
    };
  });
}

function rowsOver(rows: readonly ScoredRow[], own: readonly number[]): KindRow[] {
  const resampled = new experiments.ResampledRuns();
  const parted = rows.map(({ settings, condition, runs }) => ({
    settings,
    condition,
    runs: runs.map(({ seed, scores }) => ({ seed, scores: scoresAt(scores, own) })),
  }));
  return parted.flatMap(({ settings, condition, runs }): KindRow[] => {
    const estimate = experiments.rowInterval(runs, resampled);
    if (!estimate) return [];
    const shuffled = parted.find((one) => one.settings === settings && one.condition === 'shuffled');
    const overShuffled =
      shuffled && condition === 'right' ? experiments.rowDifference(runs, shuffled.runs, resampled) : null;
    return [{ settings, condition, estimate, overShuffled }];
  });
}

function scoresAt(
  scores: experiments.ScoredRun['scores'],
  rows: readonly number[],
): experiments.ScoredRun['scores'] {
  const { metric, ids, clusters, scores: kept } = scores;
  if (kept.form !== 'values') throw new Error(`${metric} is no mean of one number a record`);
  const at = <One>(all: readonly One[]): One[] => rows.map((row) => all[row] as One);
  return {
    metric,
    ids: at(ids),
    clusters: at(clusters),
    scores: { form: 'values', values: at(kept.values) },
  };
}
