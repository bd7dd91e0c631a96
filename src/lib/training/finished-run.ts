/** @file A run that has ended: its config, its result, and where the records that it was tested on stand. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, normalize, sep } from 'node:path';
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
  synonyms: RunFile | null;
} {
  const { train, validation, test, augmentation } = config.data;
  const given = augmentation?.text.synonyms ?? null;
  const synonyms = given === 'built-in' ? null : given;
  const named = [train, validation, test, synonyms].filter((path) => path !== null);
  const placeOf = placesOf(named, new Set(Object.keys(result.dataHashes)));
  const find = (path: string | null): RunFile | null => {
    const place = path === null ? null : placeOf(path);
    const sha256 = place === null ? undefined : result.dataHashes[place];
    return place === null || sha256 === undefined ? null : { path: place, sha256 };
  };
  return { train: find(train), validation: find(validation), test: find(test), synonyms: find(synonyms) };
}

/**
 * Where the files stand that a config names. Its relative paths start at its own folder, which a run does not keep: it is
 * the one from which every path leads to a file that the run has read. Steps up that all paths begin with are left off,
 * because which folders they leave cannot be known, and need not be.
 */
function placesOf(named: readonly string[], read: ReadonlySet<string>): (path: string) => string | null {
  const partsOf = (path: string) => normalize(path).split(sep);
  const relative = named.filter((path) => !isAbsolute(path)).map(partsOf);
  const stepsUp = (parts: readonly string[]) => parts.filter((part) => part === '..').length;
  const shared = Math.min(...relative.map(stepsUp));
  const from = (folder: string, parts: readonly string[]) => join(folder, ...parts.slice(shared));
  const down = relative.find((parts) => stepsUp(parts) === shared);
  const end = down && sep + down.slice(shared).join(sep);
  const folders = [...read].flatMap((file) =>
    end && file.endsWith(end) ? [file.slice(0, -end.length)] : [],
  );
  const folder = folders.find((one) => relative.every((parts) => read.has(from(one || sep, parts))));
  return (path) => {
    if (isAbsolute(path)) return normalize(path);
    return folder === undefined ? null : from(folder || sep, partsOf(path));
  };
}
