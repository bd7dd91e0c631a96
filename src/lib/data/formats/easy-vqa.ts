/**
 * @file easy-VQA (Victor Zhou, 2019; MIT): pictures of one shape, questions with 13 answers. As published:
 * `data/{train,test}/questions.json` with rows [question, answer, picture number], and `images/N.png` beside it.
 * Records are grouped by picture.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors';
import type { Task } from '../records';
import { checked, type Format, type FormatRecord, type FormatSplit, findRoot } from './format';

const row = z.tuple([z.string().min(1), z.string().min(1), z.int().nonnegative()]);

export const easyVqa: Format = {
  name: 'easy-vqa',
  description: 'easy-VQA: train/ and test/, each with questions.json and images/N.png',
  tasks: ['classification', 'qa'],
  async read(path, task) {
    const marks = ['train/questions.json', 'test/questions.json'];
    const root = findRoot(path, 'easy-VQA', ['', 'data', 'easy_vqa/data'], marks);
    const splits: FormatSplit[] = [];
    for (const name of ['train', 'test'] as const) {
      const file = join(root, name, 'questions.json');
      if (!existsSync(file)) continue;
      splits.push({ name, part: name, records: await readQuestions(file, name, task) });
    }
    return splits;
  },
};

async function readQuestions(file: string, split: string, task: Task): Promise<FormatRecord[]> {
  const rows = parseArray(await readFile(file, 'utf8'), file);
  return rows.map((value, number) => {
    const [question, answer, picture] = checked(row, value, `${file}: row ${number + 1}`, 'easy-VQA');
    const fields = task === 'qa' ? { question, answer } : { text: question, label: answer };
    const image = `images/${split}/${picture}.png`;
    return {
      record: { id: `${split}-${number}`, ...fields, image, group: `${split}-${picture}`, split },
      picture: { name: image, source: join(file, '..', 'images', `${picture}.png`) },
    };
  });
}

function parseArray(text: string, file: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: is not JSON (${(error as Error).message}); fetch the file anew`, {
      cause: error,
    });
  }
  if (Array.isArray(value) && value.length > 0) return value;
  throw new InputError(
    `${file}: must be one list of [question, answer, picture number]; fetch the file anew`,
  );
}
