/**
 * @file VQA v2 (Goyal et al. 2017): `v2_OpenEnded_mscoco_{train,val}2014_questions.json`,
 * `v2_mscoco_{train,val}2014_annotations.json`, and COCO's pictures as
 * `COCO_train2014_000000000123.jpg`, laid out as for the authors' tools (Questions/, Annotations/, Images/mscoco/train2014/)
 * or in one folder.
 *
 * `answer` is the most frequent of the ten (`multiple_choice_answer`), `answers` all ten: the official accuracy is
 * min(people who gave it / 3, 1), which needs them. `group` is the picture, `questionType` and `answerType` are kept.
 * Left out: how sure each person was; the test questions, whose answers are not published.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors';
import type { AnyRecord, Task } from '../records';
import { checked, type Format, type FormatRecord, type FormatSplit, findRoot } from './format';
import { firstHere, pictureFolder, readJson } from './published';

const questionFile = z.object({
  questions: z.array(
    z.object({ question_id: z.int(), image_id: z.int().nonnegative(), question: z.string().min(1) }),
  ),
});
const annotationFile = z.object({
  annotations: z.array(
    z.object({
      question_id: z.int(),
      multiple_choice_answer: z.string().min(1),
      answers: z.array(z.object({ answer: z.string() })),
      question_type: z.string(),
      answer_type: z.string(),
    }),
  ),
});
type Annotation = z.infer<typeof annotationFile>['annotations'][number];

const SPLITS = [
  { name: 'train2014', part: 'train' },
  { name: 'val2014', part: 'validation' },
] as const;

const questionsOf = (split: string): string => `v2_OpenEnded_mscoco_${split}_questions.json`;

export const vqa2: Format = {
  name: 'vqa2',
  description:
    'VQA v2: v2_OpenEnded_mscoco_train2014_questions.json, v2_mscoco_train2014_annotations.json, train2014/',
  tasks: ['qa', 'classification'],
  async read(path, task) {
    const marks = SPLITS.flatMap(({ name }) => [questionsOf(name), `Questions/${questionsOf(name)}`]);
    const root = findRoot(path, 'VQA v2', ['', 'VQA', 'vqa'], marks);
    const splits: FormatSplit[] = [];
    for (const { name, part } of SPLITS) {
      const questions = firstHere(root, [`Questions/${questionsOf(name)}`, questionsOf(name)]);
      if (questions) splits.push({ name, part, records: await readSplit(root, name, questions, task) });
    }
    return splits;
  },
};

async function readSplit(root: string, split: string, file: string, task: Task): Promise<FormatRecord[]> {
  const { questions } = checked(questionFile, await readJson(file), file, 'VQA v2');
  const name = `v2_mscoco_${split}_annotations.json`;
  const answers = firstHere(root, [`Annotations/${name}`, name]);
  if (!answers) {
    throw new InputError(`${join(root, name)}: no such file; put the answers beside ${file}`);
  }
  const { annotations } = checked(annotationFile, await readJson(answers), answers, 'VQA v2');
  const answerOf = new Map(annotations.map((annotation) => [annotation.question_id, annotation]));
  const folder = pictureFolder(root, [split, `Images/mscoco/${split}`, `images/${split}`, 'images']);
  return questions.map(({ question_id, image_id, question }) => {
    const annotation = answerOf.get(question_id);
    if (!annotation) {
      throw new InputError(
        `${file}: question ${question_id} has no answer in ${answers}; fetch both files anew`,
      );
    }
    const picture = `COCO_${split}_${String(image_id).padStart(12, '0')}.jpg`;
    const image = `images/${split}/${picture}`;
    return {
      record: {
        id: String(question_id),
        ...fieldsOf(question, annotation, task),
        image,
        group: picture,
        split,
      } as AnyRecord,
      picture: { name: image, source: join(folder, picture) },
    };
  });
}

function fieldsOf(question: string, annotation: Annotation, task: Task): Record<string, unknown> {
  const { multiple_choice_answer: answer, answers, question_type, answer_type } = annotation;
  const kinds = { questionType: question_type, answerType: answer_type };
  if (task === 'classification') return { text: question, label: answer, ...kinds };
  return { question, answer, answers: answers.map((one) => one.answer), ...kinds };
}
