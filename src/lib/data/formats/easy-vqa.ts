/**
 * @file easy-VQA (Victor Zhou, 2019; MIT): pictures of one shape, questions with 13 answers. As published:
 * `data/{train,test}/questions.json` with rows [question, answer, picture number], and `images/N.png` beside it.
 * Records are grouped by picture.
 *
 * Task `dialogue`: the questions about a picture, in their order, are cut into talks of three; the answers to all but
 * the last are part of the talk, and the last is the reply. A single question that is left joins the talk before it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors';
import type { AnyRecord, Task } from '../records';
import { checked, type Format, type FormatRecord, type FormatSplit, findRoot } from './format';
import { readJson } from './published';

const row = z.tuple([z.string().min(1), z.string().min(1), z.int().nonnegative()]);

export const easyVqa: Format = {
  name: 'easy-vqa',
  description: 'easy-VQA: train/ and test/, each with questions.json and images/N.png',
  tasks: ['classification', 'qa', 'dialogue'],
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

/** Questions of one talk about a picture. */
const TALK = 3;

async function readQuestions(file: string, split: string, task: Task): Promise<FormatRecord[]> {
  const rows = asRows(await readJson(file), file).map((value, number) => {
    const [question, answer, picture] = checked(row, value, `${file}: row ${number + 1}`, 'easy-VQA');
    return { question, answer, picture, number };
  });
  if (task === 'dialogue') return talks(rows, file, split);
  return rows.map(({ question, answer, picture, number }) => {
    const fields = task === 'qa' ? { question, answer } : { text: question, label: answer };
    return withPicture({ id: `${split}-${number}`, ...fields }, picture, file, split);
  });
}

interface Row {
  question: string;
  answer: string;
  picture: number;
}

function talks(rows: readonly Row[], file: string, split: string): FormatRecord[] {
  const perPicture = new Map<number, Row[]>();
  for (const row of rows) perPicture.set(row.picture, [...(perPicture.get(row.picture) ?? []), row]);
  return [...perPicture].flatMap(([picture, asked]) => {
    const many = Math.max(1, Math.round(asked.length / TALK));
    return Array.from({ length: many }, (_, place) => {
      const own = asked.slice(place * TALK, place + 1 === many ? undefined : (place + 1) * TALK);
      const turns = own.flatMap(({ question, answer }) => [
        { speaker: 'questioner', text: question },
        { speaker: 'answerer', text: answer },
      ]);
      const reply = turns.pop()?.text;
      return withPicture({ id: `${split}-${picture}-${place}`, turns, reply }, picture, file, split);
    });
  });
}

function withPicture(
  fields: { id: string } & Record<string, unknown>,
  picture: number,
  file: string,
  split: string,
): FormatRecord {
  const image = `images/${split}/${picture}.png`;
  return {
    record: { ...fields, image, group: `${split}-${picture}`, split } as AnyRecord,
    picture: { name: image, source: join(file, '..', 'images', `${picture}.png`) },
  };
}

function asRows(value: unknown, file: string): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new InputError(
    `${file}: must be one list of [question, answer, picture number]; fetch the file anew`,
  );
}
