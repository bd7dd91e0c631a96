/**
 * @file The scene world's questions, with answers that are written. A notebook takes them because the answers are short:
 * a small network learns to write them in a minute, and what text alone can do is counted from the records
 * (`data.taskCeiling`).
 */
import { join } from 'node:path';
import { preparedScenes, type SceneOptions } from '../data';

/** Absolute paths of the record files. */
export interface RecordFiles {
  train: string;
  validation: string;
  test: string;
}

/**
 * Questions about scenes in `folder`, made if they are not there. Throws an `InputError` where it was made with other
 * arguments.
 */
export async function preparedQuestions(
  folder: string,
  options: Omit<SceneOptions, 'task'>,
): Promise<RecordFiles> {
  await preparedScenes(folder, { ...options, task: 'qa' });
  const file = (part: keyof RecordFiles) => join(folder, `${part}.jsonl`);
  return { train: file('train'), validation: file('validation'), test: file('test') };
}
