/**
 * @file Hateful Memes (Kiela et al. 2020): `train.jsonl`, `dev_seen.jsonl` and `test_seen.jsonl` (`dev.jsonl`, `test.jsonl` in
 * the first release; the `unseen` ones of the competition where there are no others), a line { id, img, label, text }
 * with the label 0 or 1, and `img/*.png`. A test file without labels is passed over.
 *
 * `group` is the picture. METHODS: two versions of the published figures exist, and the validation split has 500
 * records. The pictures must not be passed on.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors';
import { jsonLines } from '../json-lines';
import type { AnyRecord } from '../records';
import { checked, type Format, type FormatRecord, type FormatSplit, findRoot } from './format';
import { marksOf, type SplitFile, splitsHere } from './published';

const schema = z.object({
  id: z.union([z.int(), z.string().min(1)]),
  img: z.string().regex(/^(img\/)?[\w-]+\.(png|jpg|jpeg)$/),
  label: z.union([z.literal(0), z.literal(1)]).optional(),
  text: z.string(),
});

const LABELS = ['not-hateful', 'hateful'] as const;

const FILES: readonly SplitFile[] = [
  { name: 'train', part: 'train', files: ['train.jsonl'] },
  { name: 'dev', part: 'validation', files: ['dev_seen.jsonl', 'dev.jsonl', 'dev_unseen.jsonl'] },
  { name: 'test', part: 'test', files: ['test_seen.jsonl', 'test.jsonl', 'test_unseen.jsonl'] },
];

export const hatefulMemes: Format = {
  name: 'hateful-memes',
  description: 'Hateful Memes: train.jsonl, dev_seen.jsonl, test_seen.jsonl, img/',
  tasks: ['classification'],
  async read(path) {
    const root = findRoot(path, 'Hateful Memes', ['', 'data', 'hateful_memes'], marksOf(FILES));
    const splits: FormatSplit[] = [];
    for (const { name, part, file } of splitsHere(root, FILES)) {
      const records = await readMemes(root, file, name);
      if (records) splits.push({ name, part, records });
    }
    return splits;
  },
};

/** Null where no line has a label; some without one are an error. */
async function readMemes(root: string, file: string, split: string): Promise<FormatRecord[] | null> {
  const records: FormatRecord[] = [];
  let bare = 0;
  for await (const { line, value } of jsonLines(file)) {
    const { id, img, label, text } = checked(schema, value, `${file}:${line}`, 'Hateful Memes');
    if (label === undefined) bare = bare || line;
    if (bare > 0 && (label !== undefined || records.length > 0)) {
      throw new InputError(
        `${file}:${bare}: field "label" is missing, though other lines have it; add 0 or 1`,
      );
    }
    if (label === undefined) continue;
    const name = img.replace(/^img\//, '');
    const image = `images/${name}`;
    records.push({
      record: { id: String(id), text, label: LABELS[label], image, group: name, split } as AnyRecord,
      picture: { name: image, source: join(root, 'img', name) },
    });
  }
  return bare > 0 ? null : records;
}
