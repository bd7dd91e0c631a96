/**
 * @file The scene world's questions as a task whose answer is written: records of `classification` with the label as
 * the answer. A notebook takes them because the answers are short: a small network learns to write them in a minute,
 * and what text alone can do is counted from the records (`data.taskCeiling`).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AnyRecord, preparedScenes, readRecords, type SceneOptions, writeRecords } from '../data';

/** Absolute paths of the record files. */
export interface RecordFiles {
  train: string;
  validation: string;
  test: string;
}

/**
 * Questions about scenes below `folder`, made if they are not there. Throws an `InputError` where they were made with
 * other arguments.
 */
export async function preparedQuestions(
  folder: string,
  options: Omit<SceneOptions, 'task'>,
): Promise<RecordFiles> {
  await preparedScenes(folder, { ...options, task: 'classification' });
  const file = (part: keyof RecordFiles) => join(folder, `questions-${part}.jsonl`);
  const files = { train: file('train'), validation: file('validation'), test: file('test') };
  for (const [part, path] of Object.entries(files)) {
    if (existsSync(path)) continue;
    const { records } = await readRecords(join(folder, `${part}.jsonl`), 'classification');
    const questions = records.map(({ text, label, ...rest }) => ({ ...rest, question: text, answer: label }));
    await writeRecords(path, questions as unknown as AnyRecord[]);
  }
  return files;
}
