/**
 * @file One cell: train it (or take up where it was left), ask it under every condition, keep its scores by record. Its
 * folder `DIR/cells/ID` is a plain run folder with `scores-CONDITION.json` beside.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Task as TaskName } from '../../data';
import { parseDecoding } from '../../decoding';
import { writeAll, writeFileAtomically } from '../../export/atomic-file';
import type { WritingCost } from '../../tasks';
import { answerUnder } from '../../training/evaluate';
import { type Metrics, metricIntervals } from '../../training/evaluation';
import type { TrainingEvent } from '../../training/events';
import { RunFolder, type RunResult } from '../../training/run-folder';
import { train } from '../../training/train';
import { type RecordCompute, recordCompute } from '../compute';
import { withTextCondition } from '../text-conditions';
import { isOwn, keepAnswers } from './answers';
import { evaluationName, type PlannedEvaluation } from './evaluations';
import { checkGuided } from './guidance';
import type { FailedLine, LedgerLine } from './ledger';
import type { AblationPlan, Cell } from './plan';
import { type RecordScores, recordScores } from './scores';

/**
 * Draws of conditions and of intervals: the same for every cell, so that they can be paired. It is not the cell's seed: two
 * seeds of a model would then be shown different wrong pictures, and their difference would hold that of the pictures too.
 */
const EVALUATION_SEED = 1;

export interface CellOptions {
  /** Where relative paths of the config start. */
  folder: string;
  codeVersion: string;
  /** Go on with what another version of the code has begun. */
  allowMixed?: boolean;
  signal?: AbortSignal;
  onTraining?: (event: TrainingEvent) => void;
  onProgress?: (activity: string, done: number, total: number | null) => void;
}

/** What a file of scores holds. */
export interface KeptScores extends RecordScores {
  /** Field that the records are clustered by; `null`: the group. */
  cluster: string | null;
  /** Every metric, with 95 % intervals over the records of this run. */
  metrics: Metrics;
  /** `null` where nothing was written; older files do not say. */
  writing?: WritingCost | null;
}

export function cellFolder(out: string, id: string): string {
  return join(out, 'cells', id);
}

/** Trains and scores what of the cell is missing. */
export async function runCell(
  plan: AblationPlan,
  cell: Cell,
  out: string,
  options: CellOptions,
): Promise<{ result: RunResult; evaluations: Record<string, Metrics>; compute: RecordCompute | null }> {
  const folder = cellFolder(out, cell.id);
  const { signal, onProgress } = options;
  await begin(folder, options);
  const computeFile = join(folder, 'compute.json');
  const result =
    (await resultOf(folder)) ??
    (await train(cell.config, folder, {
      folder: options.folder,
      resume: true,
      signal,
      onProgress,
      onEvent: options.onTraining,
      configName: cell.name,
      onPrepared: async (prepared) => {
        checkGuided(prepared, cell.evaluations);
        await writeJson(computeFile, await recordCompute(prepared));
      },
    }));
  const evaluations: Record<string, Metrics> = {};
  const missing: PlannedEvaluation[] = [];
  for (const evaluation of cell.evaluations) {
    const kept = await keptScores(plan, out, cell, evaluation);
    if (kept) evaluations[evaluationName(evaluation)] = kept.metrics;
    else missing.push(evaluation);
  }
  if (missing.length > 0) {
    const cluster = plan.config.cluster ?? undefined;
    await answerUnder(
      missing.map(({ condition, gate, text, guidance }) => ({
        condition,
        forcedRelevance: gate,
        decoding: guidance === null ? null : parseDecoding(guidance),
        ...(text === 'full'
          ? {}
          : { changed: (record) => withTextCondition(record, cell.config.task as TaskName, text) }),
      })),
      folder,
      resolve(options.folder, plan.file),
      async (answered, index) => {
        const { task, source, outputs, writing } = answered;
        const evaluation = missing[index] as PlannedEvaluation;
        const metrics = metricIntervals(task, outputs, source, { seed: EVALUATION_SEED, cluster });
        const scores = recordScores(task, source, outputs, { metric: plan.metric, cluster });
        const kept: KeptScores = { ...scores, cluster: plan.config.cluster, metrics, writing };
        if (isOwn(evaluation, plan.grid.primary)) await keepAnswers(out, cell.id, answered);
        await writeJson(scoresFile(out, cell.id, evaluation), kept);
        evaluations[evaluationName(evaluation)] = metrics;
      },
      {
        seed: EVALUATION_SEED,
        batchSize: cell.config.training.evaluationBatchSize,
        signal,
        onProgress,
        onLoaded: (trained) => checkGuided(trained, missing),
      },
    );
  }
  return { result, evaluations, compute: (await readJson(computeFile)) as RecordCompute | null };
}

/** Notes which code works on the cell; what another version has begun is thrown away, unless it may be mixed. */
async function begin(folder: string, { codeVersion, allowMixed }: CellOptions): Promise<void> {
  const path = join(folder, 'code.json');
  const begun = (await readJson(path)) as { codeVersion: string } | null;
  if (begun && begun.codeVersion !== codeVersion && !allowMixed) await rm(folder, { recursive: true });
  else if (begun) return;
  await mkdir(folder, { recursive: true });
  await writeJson(path, { codeVersion });
}

/** Whether the ledger and the files have all that the plan asks of the cell. */
function isDone(plan: AblationPlan, cell: Cell, line: LedgerLine | undefined, out: string): boolean {
  return (
    line?.status === 'finished' &&
    line.metric === plan.metric &&
    line.cluster === plan.config.cluster &&
    cell.evaluations.every(
      (evaluation) =>
        line.evaluations[evaluationName(evaluation)] && existsSync(scoresFile(out, cell.id, evaluation)),
    )
  );
}

/** Whether there is nothing left to do: a failure that the ledger did not hold `before` is not tried again. */
export function isSettled(
  plan: AblationPlan,
  cell: Cell,
  lines: ReadonlyMap<string, LedgerLine>,
  before: ReadonlyMap<string, LedgerLine>,
  out: string,
): boolean {
  if (isDone(plan, cell, lines.get(cell.id), out)) return true;
  const failure = lastFailure(lines.get(cell.id));
  return failure !== null && failure.startedAt !== lastFailure(before.get(cell.id))?.startedAt;
}

/** What the last attempt failed by, where something that the plan asks of the cell is missing; else `null`. */
export function failureOf(
  plan: AblationPlan,
  cell: Cell,
  lines: ReadonlyMap<string, LedgerLine>,
  out: string,
): FailedLine | null {
  const line = lines.get(cell.id);
  return isDone(plan, cell, line, out) ? null : lastFailure(line);
}

function lastFailure(line: LedgerLine | undefined): FailedLine | null {
  return line?.status === 'failed' ? line : (line?.failedSince ?? null);
}

/** The scores of an evaluation; `null` where there are none of the metric and clusters that the plan asks for. */
export async function keptScores(
  plan: AblationPlan,
  out: string,
  cell: Cell,
  evaluation: PlannedEvaluation,
): Promise<KeptScores | null> {
  const kept = (await readJson(scoresFile(out, cell.id, evaluation))) as KeptScores | null;
  return kept?.metric === plan.metric && kept.cluster === plan.config.cluster ? kept : null;
}

/** Of a run that was trained to its end. Its folder's name is the hash of its config, so the config is the cell's. */
async function resultOf(folder: string): Promise<RunResult | null> {
  const run = new RunFolder(folder);
  return existsSync(run.model) ? ((await readJson(run.result)) as RunResult | null) : null;
}

function scoresFile(out: string, id: string, evaluation: PlannedEvaluation): string {
  return join(cellFolder(out, id), `scores-${evaluationName(evaluation)}.json`);
}

async function readJson(path: string): Promise<unknown> {
  // Not awaited: a large grid has ten thousand small files, and waiting for each takes longer than reading it.
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

export function writeJson(path: string, value: unknown, space?: number): Promise<void> {
  return writeFileAtomically(path, (file) =>
    writeAll(file, Buffer.from(`${JSON.stringify(value, null, space)}\n`)),
  );
}
