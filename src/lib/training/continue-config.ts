/**
 * @file The config of a run that goes on from a finished one. What it leaves out is as it was there; the model is that
 * of the finished run and cannot be another; the test records are frozen: those that the finished run was tested on.
 */
import { resolve } from 'node:path';
import { InputError } from '../errors';
import type { TrainConfigInput } from './config';
import { type FinishedRun, runFiles } from './finished-run';
import { parseTrainConfig } from './train';

type Json = Record<string, unknown>;

export interface Continuation {
  config: TrainConfigInput;
  /** The frozen test records. */
  test: { path: string; sha256: string | null };
}

/** `written`: the config as its user wrote it; its paths start at `folder`. Throws an `InputError`. */
export function continuedConfig(
  written: unknown,
  old: FinishedRun,
  { folder, name }: { folder: string; name: string },
): Continuation {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new InputError(`${name}: expected a JSON object`);
  }
  const { data, training, ...rest } = written as Json & { data?: Json; training?: Json };
  const { from: _, data: oldData, ...before } = old.config;
  const { test: known, synonyms } = runFiles(old);
  const named = data?.test as string | undefined;
  if (!known && !named) {
    throw new InputError(
      `${name}: data.test: ${old.folder.path} was tested on no file, so nothing can say whether a new model is worse; name a file of records that neither has learned from`,
    );
  }
  const test = named ? resolve(folder, named) : (known?.path as string);
  // A path that was written for another folder would lead elsewhere from this one.
  const { augmentation: inherited } = oldData;
  const augmentation =
    inherited && synonyms
      ? { ...inherited, text: { ...inherited.text, synonyms: synonyms.path } }
      : inherited;
  const config = {
    ...before,
    ...rest,
    data: { allowLeak: oldData.allowLeak, augmentation, ...data, test },
    training: { ...before.training, ...training },
    from: resolve(old.folder.path),
  } as TrainConfigInput;
  const complete = parseTrainConfig(config, name);
  const changed = changes(
    { task: before.task, model: before.model },
    { task: complete.task, model: complete.model },
  );
  const [first] = Object.entries(changed);
  if (first) {
    const [path, [was, is]] = first;
    throw new InputError(
      `${name}: ${path} is ${JSON.stringify(is)}, but the model of ${old.folder.path} has ${JSON.stringify(was)}; leave it out, or train anew without --from`,
    );
  }
  return { config, test: { path: test, sha256: known?.sha256 ?? null } };
}

/** What differs between two plain objects: by dotted path, the values before and after. */
export function changes(before: unknown, after: unknown, path = ''): Record<string, [unknown, unknown]> {
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  const isPlain = (value: unknown): value is Json =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isPlain(before) || !isPlain(after)) return { [path]: [before ?? null, after ?? null] };
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.assign(
    {},
    ...[...keys].map((key) => changes(before[key], after[key], path ? `${path}.${key}` : key)),
  );
}
