/**
 * @file What a grid has shown: each row (settings × condition) with its interval over seeds and clusters, its paired
 * difference to the baseline and to its controls, and a verdict in words; beside them what a model without the picture
 * can reach at most.
 *
 * The baseline is the text-only model where the form of fusion is an axis (the one that agrees in most other settings),
 * else the first combination. p values of differences to the baseline are corrected for their number (Holm) before a
 * verdict is given; the controls of one system are all to be beaten, which needs no correction. Pictures that condition
 * and controls draw are the same in every cell.
 */
import { resolve } from 'node:path';
import {
  blindChoice,
  readRecords,
  type Task as TaskName,
  type TextOnlyBound,
  textOnlyBound,
} from '../../data';
import { isLanguageModelTask } from '../../tasks/language-model';
import { summarize } from '../group-rows';
import { limitDeviation, type PairedDifference, type Verdict } from '../statistics';
import { ResampledRuns, rowInterval } from './comparisons';
import type { AblationSeed } from './config';
import { type RowCost, rowCost } from './costs';
import { type GridDetails, gridDetails } from './details';
import { evaluationName, type PlannedEvaluation } from './evaluations';
import { countedCells, failedCells } from './failures';
import { adjust, type Compared, Judge, verdictOf } from './judgement';
import type { LedgerLine } from './ledger';
import { canonicalJson, type JsonObject } from './paths';
import type { AblationPlan } from './plan';
import { type Row, scoredRows, systemsOf } from './rows';
import { higherIsBetter, isShare } from './scores';

export interface SummaryDifference {
  value: number;
  low: number;
  high: number;
  pValue: number;
  seeds: number;
}

export interface SummaryRow extends PlannedEvaluation {
  name: string;
  role: 'text-only' | 'vision-guided' | 'control';
  settings: JsonObject;
  /** Finished runs, one a seed. */
  seeds: number;
  /** Of the metric, over seeds and clusters of records; `null` where no run has finished. */
  estimate: { value: number; low: number; high: number } | null;
  /** Standard deviation of the runs' values; `null` for one run. */
  deviation: number | null;
  runs: { id: string; seed: AblationSeed; value: number }[];
  /** Means over the runs of every metric. */
  metrics: Record<string, number>;
  parameters: number | null;
  /** That were learned from, mean over the seeds; `null` where no cell of the grid is limited (`data.limit`). */
  trainingRecords: number | null;
  /** Of training, mean over the runs. */
  seconds: number | null;
  cost: RowCost | null;
  /** Paired: this row − the row of that name. `pValue` is corrected for the number of such comparisons. */
  baseline: string | null;
  difference: SummaryDifference | null;
  /** Paired: this row − the control. */
  controls: ({ name: string } & SummaryDifference)[];
  verdict: Verdict | null;
}

export interface AblationSummary {
  format: 'sightline-ablation-1';
  name: string;
  task: string;
  metric: string;
  higherIsBetter: boolean;
  /** Whether the metric is a share, written as percentages. */
  share: boolean;
  split: 'test' | 'validation';
  records: number | null;
  clusters: number | null;
  /** Of a search by halving those of all rungs that have run, and all of the last. */
  cells: { total: number; finished: number; failed: number; open: number };
  /**
   * What a model without the picture can reach on these records at most: of the metric where that is bounded, else of the
   * metric of the task that is; `null` for language models.
   */
  bound: TextOnlyBound | null;
  /** What a blind choice among the records' choices gets right. */
  blindChoice: number | null;
  rows: SummaryRow[];
  /** What stands behind the rows of the first models. */
  details: GridDetails;
  failures: { id: string; name: string; error: string }[];
  codeVersions: string[];
  devices: string[];
  /** What a reader should know before believing the numbers. */
  notes: string[];
}

export interface SummaryOptions {
  /** Where relative paths of the config start; the working folder by default. */
  folder?: string;
  resamples?: number;
  onProgress?: (activity: string, done: number, total: number | null) => void;
}

/** Products of counts and sums that fit into a few seconds. */
const AFFORDABLE = 4e8;

/**
 * A corrected p value is at least 2·comparisons / (resamples + 1), so that more comparisons need more resamples; but a
 * large grid must be done in reasonable time, and then has fewer.
 */
function resamplesFor(comparisons: number, rows: readonly Row[]): number {
  const wanted = Math.max(2000, Math.min(50 * comparisons, Math.floor(4e6 / Math.max(1, comparisons))));
  const records = rows.reduce((sum, { runs }) => sum + runs.length * (runs[0]?.scores.ids.length ?? 0), 0);
  return Math.max(500, Math.min(wanted, Math.floor(AFFORDABLE / Math.max(1, records))));
}

/** Of what the ledger holds of the plan, finished or not. */
export async function summarizeAblation(
  plan: AblationPlan,
  ledger: ReadonlyMap<string, LedgerLine>,
  out: string,
  options: SummaryOptions = {},
): Promise<AblationSummary> {
  const rows = await scoredRows(plan, ledger, out);
  const systems = systemsOf(plan, rows);
  const resamples = options.resamples ?? resamplesFor(systems.length, rows);
  const resampled = new ResampledRuns(resamples);
  resampled.measure(rows.flatMap(({ runs }) => runs.map(({ scores }) => scores)));
  const judge = new Judge(plan, rows, systems, resampled);
  const against = new Map<Row, Compared>();
  for (const row of systems) {
    against.set(row, judge.compare(row));
    options.onProgress?.('comparing rows', against.size, systems.length);
  }
  adjust([...against.values()]);
  const better = higherIsBetter(plan.metric);
  const share = isShare(plan.metric);
  const unit = share ? 'points' : plan.metric;
  const made = rows.map((row): SummaryRow => {
    const compared = against.get(row);
    const interval = rowInterval(row.runs, resampled);
    const first = row.cells[0]?.line;
    return {
      name: row.name,
      role: row.looks ? (against.has(row) ? 'vision-guided' : 'control') : 'text-only',
      settings: row.settings,
      condition: row.condition,
      text: row.text,
      gate: row.gate,
      guidance: row.guidance,
      seeds: row.runs.length,
      estimate: interval && { value: interval.value, low: interval.low, high: interval.high },
      deviation: summarize(row.cells.map(({ value }) => value))?.deviation ?? null,
      runs: row.cells.map(({ cell, value }) => ({ id: cell.id, seed: cell.seed, value })),
      metrics: meanMetrics(row),
      parameters: first?.parameters ?? null,
      trainingRecords: row.trainingRecords,
      seconds: summarize(row.cells.map(({ line }) => line.seconds))?.mean ?? null,
      cost: rowCost(row.cells),
      baseline: compared?.baseline?.name ?? null,
      difference: compared?.difference ? shown(compared.difference) : null,
      controls: (compared?.controls ?? []).map(({ name, difference }) => ({ name, ...shown(difference) })),
      verdict: compared ? verdictOf(row, compared, better, unit) : null,
    };
  });
  const sample = rows.find((row) => row.runs.length > 0)?.runs[0]?.scores;
  const counted = countedCells(plan, ledger);
  const lines = counted.flatMap((cell) => ledger.get(cell.id) ?? []);
  const failures = failedCells(plan, ledger, out);
  const open = counted.length - lines.length;
  const finished = lines.length - failures.length;
  const base: AblationSummary = {
    format: 'sightline-ablation-1',
    name: plan.config.name,
    task: taskOf(plan),
    metric: plan.metric,
    higherIsBetter: better,
    share,
    split: plan.split,
    records: sample?.ids.length ?? null,
    clusters: sample ? new Set(sample.clusters).size : null,
    cells: { total: counted.length, finished, failed: failures.length, open },
    ...(await bounds(plan, options.folder ?? process.cwd())),
    rows: made,
    details: await gridDetails(plan, rows, out, options.folder ?? process.cwd()),
    failures: failures.map(({ cell: { id, name }, line: { error } }) => ({ id, name, error })),
    codeVersions: [...new Set(lines.map((line) => line.codeVersion))].sort(),
    devices: [...new Set(lines.map((line) => line.device))].sort(),
    notes: [],
  };
  return { ...base, notes: notesOn(base, plan, ledger, resamples) };
}

function shown({ value, low, high, pValue, ...rest }: PairedDifference): SummaryDifference {
  return { value, low, high, pValue, seeds: (rest as { seeds?: number }).seeds ?? 1 };
}

function meanMetrics(row: Row): Record<string, number> {
  const all = row.cells.map(({ line }) => line.evaluations[evaluationName(row)] ?? {});
  return Object.fromEntries(
    Object.keys(all[0] ?? {}).flatMap((name) => {
      const mean = summarize(all.map((metrics) => metrics[name]?.value))?.mean;
      return mean === undefined ? [] : [[name, mean]];
    }),
  );
}

function taskOf(plan: AblationPlan): string {
  return plan.cells[0]?.config.task as string;
}

async function bounds(
  plan: AblationPlan,
  folder: string,
): Promise<Pick<AblationSummary, 'bound' | 'blindChoice'>> {
  const task = taskOf(plan);
  if (isLanguageModelTask(task)) return { bound: null, blindChoice: null };
  const { records } = await readRecords(resolve(folder, plan.file), task as TaskName);
  const of = (metric?: string) => textOnlyBound(task as TaskName, records, metric);
  return { bound: of(plan.metric) ?? of(), blindChoice: blindChoice(records) };
}

const SEARCHES = {
  random: 'A random search',
  'successive-halving': 'A search by successive halving',
  asha: 'A search by asynchronous successive halving',
} as const;

function notesOn(
  summary: AblationSummary,
  plan: AblationPlan,
  ledger: ReadonlyMap<string, LedgerLine>,
  resamples: number,
): string[] {
  const { cells, rows, failures, codeVersions, devices } = summary;
  const last = new Set(plan.cells.map(({ id }) => id));
  const untried = failures.filter(({ id }) => !last.has(id)).length;
  const seeds = plan.config.seeds.length;
  const comparisons = rows.filter(({ difference }) => difference !== null).length;
  const unpaired = rows.filter((row) => row.baseline && row.estimate && !row.difference);
  const { search } = plan.config;
  return [
    search !== null &&
      `${SEARCHES[search.kind]} from ${search.samples} combinations: what is not in the table was left out by ${search.kind === 'random' ? 'lot' : 'its validation records'}${untried > 0 ? `, but for ${untried} that failed and could not be tried` : ''}; the best of many is better than it is, so run it again with new seeds.`,
    seeds === 1 && 'One seed: the intervals hold the variance among records, not that among runs.',
    seeds > 1 &&
      seeds < 5 &&
      `${seeds} seeds: so few understate the variance among runs, by about (S − 1)/S for S seeds.`,
    summary.split === 'validation' &&
      'Scored on validation records, which also chose when to stop: name data.test for a fair figure.',
    cells.failed > 0 &&
      `${cells.failed} of ${cells.total} cells failed; rows are over the seeds that finished.`,
    isUneven(plan, ledger) &&
      'Sizes of the training data took other numbers of steps each: for as many at every size set training.maxSteps and training.evaluationSteps, training.patience to null, and training.epochs so high that it is never reached.',
    plan.grid.guidances.length > 0 &&
      'Guidance is held against shuffled pictures and beam search of up to as many passes; of a rule that helps ask a prior shift and another prompt too (experiments.compareGuidance).',
    cells.open > 0 && `${cells.open} of ${cells.total} cells have not run yet.`,
    (2 * comparisons) / (resamples + 1) >= 0.05 &&
      `${comparisons} differences at once: corrected for their number, ${resamples} resamples cannot show any of them; ask fewer questions.`,
    resamples < 2000 &&
      `${resamples} resamples, to be done in time: from one set of draws to another the ends of intervals differ by about ${(100 * limitDeviation(resamples)).toPrecision(1)} % of their width (standard deviation); look again at the rows that matter in a smaller grid.`,
    codeVersions.length > 1 &&
      `Cells of ${codeVersions.length} code versions are mixed: ${codeVersions.join(', ')}.`,
    devices.length > 1 && `Cells ran on different devices: ${devices.join(', ')}.`,
    unpaired.length > 0 &&
      `Not compared, for their records or seeds are others than the baseline's: ${unpaired.map(({ name }) => name).join('; ')}.`,
  ].filter((note): note is string => typeof note === 'string');
}

/** Whether cells that differ in `data.limit`, and else in their seeds alone, have taken other numbers of steps. */
function isUneven(plan: AblationPlan, ledger: ReadonlyMap<string, LedgerLine>): boolean {
  if (!plan.grid.paths.includes('data.limit')) return false;
  const stepsOf = new Map<string, number>();
  return plan.cells.some(({ id, settings: { 'data.limit': _, ...others } }) => {
    const line = ledger.get(id);
    if (line?.status !== 'finished') return false;
    const key = canonicalJson(others);
    const steps = stepsOf.get(key) ?? line.steps;
    stepsOf.set(key, steps);
    return steps !== line.steps;
  });
}
