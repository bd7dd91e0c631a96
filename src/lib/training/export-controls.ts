/**
 * @file The controls of a guided model, for its card: the same test records with another record's picture, and with
 * none. A model that does as well with these was not guided.
 */
import { existsSync } from 'node:fs';
import type { Condition } from '../data';
import { InputError } from '../errors';
import { checksum } from './atomic-folder';
import { answerUnder } from './evaluate';
import { type Metrics, metricIntervals } from './evaluation';
import { type FinishedRun, runFiles } from './finished-run';

export const CONTROLS: readonly Condition[] = ['shuffled', 'none'];

export interface ControlResult {
  condition: Condition;
  metrics: Metrics;
}

export interface ControlsOptions {
  /** Where the test records stand now, if not where they stood. */
  data?: string;
  onProgress?: (activity: string, done: number, total: number | null) => void;
}

/**
 * The test metrics under each control. `null` for a run without pictures, or whose records of `result` were a part split
 * off its training file. Throws an `InputError` where the records cannot be found, or are not those of the run.
 */
export async function controlsOf(
  run: FinishedRun,
  options: ControlsOptions = {},
): Promise<ControlResult[] | null> {
  const { config, folder } = run;
  if (config.model.fusion.kind === 'none') return null;
  const file = await measuredRecords(run, options);
  if (file === null) return null;
  return answerUnder(
    CONTROLS.map((condition) => ({ condition })),
    folder.path,
    file,
    ({ task, source, outputs, condition }) => ({
      condition,
      metrics: metricIntervals(task, outputs, source),
    }),
    { batchSize: config.training.evaluationBatchSize, onProgress: options.onProgress },
  );
}

/**
 * The file of the records that `result` speaks of; `null` where they were a part split off the training file. Throws an
 * `InputError` where it is gone, or holds other records now.
 */
export async function measuredRecords(run: FinishedRun, options: ControlsOptions): Promise<string | null> {
  const { result, folder } = run;
  const files = runFiles(run);
  const known = result.split === 'test' ? files.test : files.validation;
  if (known === null) return null;
  const file = options.data ?? known.path;
  const mend = 'name the file with --data FILE, or leave it unmeasured with --no-controls';
  if (!existsSync(file)) {
    throw new InputError(
      `${file}: the ${result.split} records of ${folder.path} are not there any more; ${mend}`,
    );
  }
  const { sha256: found } = await checksum(file);
  if (found !== known.sha256) {
    throw new InputError(
      `${file}: not the ${result.split} records that ${folder.path} was measured on (SHA-256 ${found.slice(0, 12)}…, expected ${known.sha256.slice(0, 12)}…); ${mend}`,
    );
  }
  return file;
}
