/**
 * @file What a cell answered that scores do not hold, kept beside them for figures: the labels that it gave, what its
 * relevance gate said of each picture, where it looked. Of the model as it is: its own gate, the whole text, plain decoding.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecordTask, type Objective, type OutputRows } from '../../tasks';
import type { Examples } from '../../tasks/examples';
import type { BatchSource } from '../../tasks/source';
import type { Answered } from '../../training/evaluate';
import { type AttendedRecord, attendedRecords } from './attended';
import { cellFolder, writeJson } from './cell';
import type { PlannedEvaluation } from './evaluations';

export interface KeptAnswers {
  /** Of tasks that choose one label a record. */
  labels: { predictions: string[]; targets: string[] } | null;
  /** P(picture is relevant), and whether it is, of the records that say so. */
  gate: { said: number[]; relevant: number[] } | null;
  /** Where it looked before it answered, of a few records; under their own pictures alone. */
  attended: AttendedRecord[] | null;
  /** Why that could not be found out: a figure is no reason for a cell to fail. */
  attendedError?: string;
}

/** Whether an evaluation is of the model as it is, under the pictures that its rows are compared under. */
export function isOwn({ condition, gate, text, guidance }: PlannedEvaluation, primary: string): boolean {
  return condition === primary && gate === null && text === 'full' && guidance === null;
}

/** Writes what there is to keep; nothing where there is nothing. */
export async function keepAnswers(out: string, id: string, answered: Answered): Promise<void> {
  const { task, source, outputs } = answered;
  const answers: KeptAnswers = {
    labels: labelsOf(task, source, outputs),
    gate: gateOf(source, outputs),
    ...(await attendedOf(answered)),
  };
  if (Object.values(answers).some((one) => one !== null)) await writeJson(answersFile(out, id), answers);
}

async function attendedOf(answered: Answered): Promise<Pick<KeptAnswers, 'attended' | 'attendedError'>> {
  try {
    return { attended: await attendedRecords(answered) };
  } catch (error) {
    return { attended: null, attendedError: (error as Error).message };
  }
}

/** `null` where the cell kept none. */
export function readAnswers(out: string, id: string): KeptAnswers | null {
  const file = answersFile(out, id);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as KeptAnswers) : null;
}

function answersFile(out: string, id: string): string {
  return join(cellFolder(out, id), 'answers.json');
}

function labelsOf(task: Objective, source: BatchSource, outputs: OutputRows): KeptAnswers['labels'] {
  if (!isRecordTask(task) || (task.name !== 'classification' && task.name !== 'relation')) return null;
  const examples = source as Examples;
  return {
    predictions: task.predictions(outputs, examples).map(({ prediction }) => prediction),
    targets: examples.set.records.map((record) => (record as { label: string }).label),
  };
}

function gateOf({ relevant }: BatchSource, { relevance }: OutputRows): KeptAnswers['gate'] {
  if (!relevance || !relevant) return null;
  const rows = [...relevant.keys()].filter((row) => (relevant[row] as number) >= 0);
  if (rows.length === 0) return null;
  return {
    said: rows.map((row) => relevance.data[row] as number),
    relevant: rows.map((row) => relevant[row] as number),
  };
}
