/** @file A run that has ended: its config, its result, and where the records that it was tested on stand. */
import { existsSync } from 'node:fs';
import { isAbsolute, normalize, sep } from 'node:path';
import { readJsonFile } from '../config-issues';
import { InputError } from '../errors';
import { hasWholeFolder } from './atomic-folder';
import type { TrainConfig } from './config';
import { RunFolder, type RunResult } from './run-folder';
import { parseTrainConfig } from './train';

export interface FinishedRun {
  folder: RunFolder;
  config: TrainConfig;
  result: RunResult;
}

/** Throws an `InputError` where `directory` is no run folder, or the run in it has not ended. */
export async function readFinishedRun(directory: string): Promise<FinishedRun> {
  const folder = new RunFolder(directory);
  if (!existsSync(directory)) {
    throw new InputError(`${directory}: there is no such folder; name that of a run (sightline train --out)`);
  }
  if (!existsSync(folder.config)) {
    throw new InputError(
      `${directory}: is no run folder (config.json is missing); name one that sightline train made`,
    );
  }
  if (!existsSync(folder.result) || !(await hasWholeFolder(folder.model))) {
    throw new InputError(
      `${directory}: the run in it is not finished (${existsSync(folder.result) ? 'model/' : 'result.json'} is missing); ` +
        'end it with sightline train CONFIG --out DIR --resume',
    );
  }
  const config = parseTrainConfig(await readJsonFile(folder.config), folder.config);
  const result = (await readJsonFile(folder.result)) as RunResult;
  if (typeof result?.metrics !== 'object' || typeof result.dataHashes !== 'object') {
    throw new InputError(
      `${folder.result}: expected the fields metrics and dataHashes, as a run leaves them`,
    );
  }
  return { folder, config, result };
}

/** A file that a run has read. */
export interface RunFile {
  path: string;
  sha256: string;
}

/** The files of a run by their part. Without `data.validation` a tenth of the training file was that. */
export function runFiles({ config, result }: Pick<FinishedRun, 'config' | 'result'>): {
  train: RunFile | null;
  validation: RunFile | null;
  test: RunFile | null;
} {
  const find = (named: string | null): RunFile | null => {
    if (named === null) return null;
    // Paths of a config start at its own folder, which a run does not keep: the end of the path has to do.
    const end = isAbsolute(named) ? normalize(named) : sep + normalize(named).replace(/^(\.\.?[\\/])+/, '');
    const found = Object.entries(result.dataHashes).filter(([path]) => (sep + path).endsWith(end));
    const last = found.at(-1); // in the order train, validation, test: the nearest to what was asked for
    return last ? { path: last[0], sha256: last[1] } : null;
  };
  const { train, validation, test } = config.data;
  return { train: find(train), validation: find(validation), test: find(test) };
}
