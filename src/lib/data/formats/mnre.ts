/**
 * @file MNRE (Zheng et al. 2021, version 2): relations of two entities in a tweet, with its picture. As published:
 * `mnre_txt/mnre_{train,val,test}.txt`, a Python dictionary a line with `token`, `h` and `t` ({ name, pos: [start,
 * end) }), `img_id` and `relation`; the validation file carries a space before its ending. Pictures are fetched apart:
 * `img_org/<split>/<img_id>` or one folder for all.
 *
 * `head` is h and `tail` is t; `group` is the picture, so the pairs of one tweet stay together. Left out: the names of
 * the entities, which are their tokens.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { AnyRecord } from '../records';
import { checked, type Format, type FormatRecord, findRoot } from './format';
import { marksOf, pictureFolder, readLines, type SplitFile, splitsHere } from './published';
import { parsePythonLiteral } from './python-literal';

const entity = z.object({
  name: z.string(),
  pos: z
    .tuple([z.int().nonnegative(), z.int().nonnegative()])
    .refine(([start, end]) => start < end, 'must be [start, end) with start before end'),
});
const schema = z
  .object({
    token: z.array(z.string().min(1)).min(1),
    h: entity,
    t: entity,
    img_id: z.string().regex(/^[\w-]+\.(jpg|jpeg|png)$/),
    relation: z.string().min(1),
  })
  .refine(({ token, h, t }) => Math.max(h.pos[1], t.pos[1]) <= token.length, {
    message: 'both entities must end within the tokens',
  });

const fileOf = (split: string): string[] =>
  ['', 'mnre_txt/', 'txt/'].flatMap((folder) => [
    `${folder}mnre_${split}.txt`,
    `${folder}mnre_${split} .txt`,
    `${folder}ours_${split}.txt`,
  ]);
const FILES: readonly SplitFile[] = [
  { name: 'train', part: 'train', files: fileOf('train') },
  { name: 'val', part: 'validation', files: fileOf('val') },
  { name: 'test', part: 'test', files: fileOf('test') },
];

export const mnre: Format = {
  name: 'mnre',
  description: 'MNRE, relations with pictures: mnre_txt/mnre_{train,val,test}.txt, img_org/<split>/…jpg',
  tasks: ['relation'],
  async read(path) {
    const root = findRoot(path, 'MNRE', ['', 'MNRE'], marksOf(FILES));
    return Promise.all(
      splitsHere(root, FILES).map(async ({ name, part, file }) => ({
        name,
        part,
        records: await readPairs(file, name, picturesOf(root, name)),
      })),
    );
  },
};

function picturesOf(root: string, split: string): string {
  const folders = ['img_org', 'mnre_image/img_org', 'mnre_image'];
  return pictureFolder(root, [
    `img_org/${split}`,
    ...folders.slice(1).map((name) => `${name}/${split}`),
    ...folders,
  ]);
}

async function readPairs(file: string, split: string, folder: string): Promise<FormatRecord[]> {
  const records: FormatRecord[] = [];
  for (const [index, line] of (await readLines(file)).entries()) {
    if (line.trim() === '') continue;
    const place = `${file}:${index + 1}`;
    const { token, h, t, img_id, relation } = checked(schema, parseLine(line, place), place, 'MNRE');
    const image = `images/${split}/${img_id}`;
    records.push({
      record: {
        id: `${split}-${index}`,
        tokens: token,
        head: h.pos,
        tail: t.pos,
        label: relation,
        image,
        group: img_id,
        split,
      } as AnyRecord,
      picture: { name: image, source: join(folder, img_id) },
    });
  }
  return records;
}

function parseLine(line: string, place: string): unknown {
  try {
    return parsePythonLiteral(line);
  } catch (error) {
    throw new InputError(
      `${place}: is no Python dictionary (${(error as Error).message}) in ${quote(line)}; fetch the file anew`,
      { cause: error },
    );
  }
}
