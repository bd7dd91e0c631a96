/** @file Which rows of the training file are learned from, and which are split off for validation. */
import { type AnyRecord, nestedRows, splitByGroup } from '../data';
import { InputError } from '../errors';
import { isLanguageModelTask } from '../tasks/language-model';
import { seedFor, type TrainConfig } from './config';

/** Row numbers of the training file, ascending. */
export interface TrainingRows {
  /** All that could be learned from. */
  whole: number[];
  /** What is learned from: `data.limit` of them. */
  train: number[];
  /** A tenth of the groups where no file is named for it, the same whatever `data.limit`; else `null`. */
  validation: number[] | null;
}

/** Throws an `InputError` that names `file` where it has fewer records than `data.limit` wants. */
export function trainingRows(records: readonly AnyRecord[], config: TrainConfig, file: string): TrainingRows {
  const seed = seedFor(config, 'split');
  const { limit, validation: named } = config.data;
  const every = () => records.map((_, row) => row);
  const { train: whole, validation } =
    named === null
      ? splitByGroup(records, { seed, shares: { train: 0.9, validation: 0.1 } })
      : { train: every(), validation: null };
  if (limit === null) return { whole, train: whole, validation };
  if (limit > whole.length) {
    const left = validation === null ? '' : `, ${validation.length} others being split off for validation`;
    throw new InputError(
      `data.limit: ${limit} training records are asked for, but ${file} has ${whole.length}${left}; ask for fewer, or for all of them by null`,
    );
  }
  const drawn = nestedRows(
    whole.map((row) => records[row] as AnyRecord),
    { seed, count: limit },
  );
  return { whole, train: drawn.map((place) => whole[place] as number), validation };
}

/** Throws an `InputError` where the task's training data are no records that could be counted. */
export function checkLimit({ task, data }: TrainConfig): void {
  if (data.limit === null || !isLanguageModelTask(task)) return;
  throw new InputError(
    `data.limit: ${task} reads text in blocks, and no records; leave it out, and shorten the text`,
  );
}
