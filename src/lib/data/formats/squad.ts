/**
 * @file Extractive questions in the JSON of SQuAD (Rajpurkar et al. 2016, 2018): articles of paragraphs, each with
 * questions whose answer stands in it: `train-v1.1.json`, `dev-v1.1.json` (or v2.0).
 *
 * A record has the paragraph as `context`, `answer` (the first that was given), where it begins (`answerStart`, in UTF-16
 * units), and all different answers as `references`. `group` is the article. Left out: questions that SQuAD 2.0 marks
 * as impossible, for there is no answer to find, and their plausible answers.
 */
import { z } from 'zod';
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { AnyRecord } from '../records';
import { checked, type Format, type FormatRecord, findRoot } from './format';
import { marksOf, readJson, type SplitFile, splitsHere } from './published';

const schema = z.object({
  data: z
    .array(
      z.object({
        title: z.string().optional(),
        paragraphs: z.array(
          z.object({
            context: z.string().min(1),
            qas: z.array(
              z.object({
                id: z.string().min(1),
                question: z.string().min(1),
                is_impossible: z.boolean().optional(),
                answers: z.array(z.object({ text: z.string().min(1), answer_start: z.int().nonnegative() })),
              }),
            ),
          }),
        ),
      }),
    )
    .min(1),
});

const SQUAD: readonly SplitFile[] = [
  { name: 'train', part: 'train', files: ['train-v1.1.json', 'train-v2.0.json'] },
  { name: 'dev', part: 'validation', files: ['dev-v1.1.json', 'dev-v2.0.json'] },
];

export const squad: Format = {
  name: 'squad',
  description: 'SQuAD: train-v1.1.json and dev-v1.1.json, or v2.0; questions without an answer are left out',
  tasks: ['qa'],
  async read(path) {
    const root = findRoot(path, 'SQuAD', ['', 'squad'], marksOf(SQUAD));
    return Promise.all(
      splitsHere(root, SQUAD).map(async ({ name, part, file }) => ({
        name,
        part,
        records: await readArticles(file, name),
      })),
    );
  },
};

/** One record a question that has an answer. */
export async function readArticles(file: string, split: string): Promise<FormatRecord[]> {
  const { data } = checked(schema, await readJson(file), file, 'SQuAD');
  const records: FormatRecord[] = [];
  for (const [number, { title, paragraphs }] of data.entries()) {
    for (const { context, qas } of paragraphs) {
      for (const { id, question, answers } of qas) {
        const [first] = answers;
        if (!first) continue;
        const answerStart = inUtf16(context, first.answer_start);
        if (!context.startsWith(first.text, answerStart)) {
          throw new InputError(
            `${file}: question ${quote(id)}: the answer ${quote(first.text)} does not stand at ${first.answer_start} of its paragraph, which has ${quote(context.slice(answerStart, answerStart + first.text.length))} there; mend answer_start or text`,
          );
        }
        const references = [...new Set(answers.map(({ text }) => text))];
        const group = title ?? `${split}-article-${number}`;
        const fields = { question, answer: first.text, context, answerStart, references };
        records.push({ record: { id, ...fields, group, split } as AnyRecord, picture: null });
      }
    }
  }
  return records;
}

/** Published offsets count code points. */
function inUtf16(text: string, codePoints: number): number {
  if (!/[\u{10000}-\u{10FFFF}]/u.test(text)) return codePoints;
  return Array.from(text).slice(0, codePoints).join('').length;
}
