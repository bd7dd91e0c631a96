/** @file `train`: from a config to a filled run folder, in one call. */
import { parseConfig } from '../config-issues';
import { type TrainConfig, type TrainConfigInput, trainConfigSchema } from './config';
import type { TrainOptions } from './events';
import { prepare } from './prepare';
import type { Prepared, PrepareOptions } from './prepared';
import { RunFolder, type RunResult } from './run-folder';
import { withTaskDefaults } from './task-defaults';
import { runTraining } from './trainer';

export interface TrainCall extends TrainOptions {
  /** Where relative paths of the config start; the working folder by default. */
  folder?: string;
  onProgress?: PrepareOptions['onProgress'];
  /** Called with what was prepared, before the first step and before anything is written. */
  onPrepared?: (prepared: Prepared) => Promise<void>;
  /** How errors name the config: its file, say. */
  configName?: string;
}

/** The config with every default. Throws an `InputError` that lists everything that is wrong. */
export function parseTrainConfig(config: unknown, name = 'the config'): TrainConfig {
  return parseConfig(trainConfigSchema, withTaskDefaults(config), name);
}

/**
 * Trains one model on one task and fills `out`. Nothing is written before config, records and pictures have been
 * found sound. Throws an `InputError` for wrong input, `Interrupted` on the signal, `DivergedError` on a loss that
 * is not finite.
 */
export async function train(
  config: TrainConfigInput,
  out: string,
  options: TrainCall = {},
): Promise<RunResult> {
  const { folder = process.cwd(), resume = false, onProgress, configName } = options;
  const complete = parseTrainConfig(config, configName);
  const runFolder = new RunFolder(out);
  await runFolder.check(complete, resume);
  const prepared = await prepare(complete, { folder, onProgress });
  try {
    await options.onPrepared?.(prepared);
    return await runTraining(prepared, runFolder, options);
  } finally {
    prepared.dispose();
  }
}
