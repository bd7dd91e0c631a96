/**
 * @file COCO captions (Chen et al. 2015; Lin et al. 2014): `annotations/captions_{train,val}{2017,2014}.json` with
 * `images` ({ id, file_name }) and `annotations` ({ id, image_id, caption }); pictures in `train2017/`, `val2017/`, or
 * below `images/`. 2017 is read where both are there.
 *
 * Training has a record a caption; validation a record a picture, with all its captions as `references`, as CIDEr is
 * taken. `group` is the picture. Left out: sizes, licences and addresses of pictures, and pictures without a caption.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { AnyRecord } from '../records';
import { checked, type Format, type FormatRecord, findRoot } from './format';
import { marksOf, pictureFolder, readJson, type SplitFile, splitsHere } from './published';

const schema = z.object({
  images: z.array(z.object({ id: z.int(), file_name: z.string().regex(/^[\w-]+\.(jpg|jpeg|png)$/) })),
  annotations: z.array(z.object({ id: z.int(), image_id: z.int(), caption: z.string() })),
});

const fileOf = (split: string): string[] =>
  [2017, 2014].flatMap((year) => [
    `annotations/captions_${split}${year}.json`,
    `captions_${split}${year}.json`,
  ]);
const FILES: readonly SplitFile[] = [
  { name: 'train', part: 'train', files: fileOf('train') },
  { name: 'val', part: 'validation', files: fileOf('val') },
];

export const cocoCaptions: Format = {
  name: 'coco-captions',
  description: 'COCO captions: annotations/captions_{train,val}2017.json (or 2014), train2017/, val2017/',
  tasks: ['captioning'],
  async read(path) {
    const root = findRoot(path, 'COCO', ['', 'coco'], marksOf(FILES));
    const splits = [];
    for (const { name, part, file } of splitsHere(root, FILES)) {
      const folder = /captions_(\w+)\.json$/.exec(file)?.[1] as string;
      splits.push({ name: folder, part, records: await readCaptions(file, root, folder, name === 'train') });
    }
    return splits;
  },
};

async function readCaptions(
  file: string,
  root: string,
  split: string,
  each: boolean,
): Promise<FormatRecord[]> {
  const { images, annotations } = checked(schema, await readJson(file), file, 'COCO');
  const captions = new Map<number, { id: number; text: string }[]>(images.map(({ id }) => [id, []]));
  for (const { id, image_id, caption } of annotations) {
    const text = caption.trim();
    const own = captions.get(image_id);
    if (!own) {
      throw new InputError(
        `${file}: annotation ${id}: field "image_id" is ${image_id}, and no picture has that id; fetch the file anew`,
      );
    }
    if (text === '') {
      throw new InputError(
        `${file}: annotation ${id}: field "caption" is ${quote(caption)}; write the caption`,
      );
    }
    own.push({ id, text });
  }
  const folder = pictureFolder(root, [split, `images/${split}`, 'images', `../${split}`]);
  return images.flatMap(({ id, file_name }) => {
    const own = captions.get(id) ?? [];
    const image = `images/${split}/${file_name}`;
    const shared = { image, group: file_name, split };
    const picture = { name: image, source: join(folder, file_name) };
    const texts = own.map(({ text }) => text);
    const records = each
      ? own.map((caption) => ({ id: `${split}-${caption.id}`, text: caption.text, ...shared }))
      : texts.slice(0, 1).map((text) => ({ id: `${split}-${id}`, text, references: texts, ...shared }));
    return records.map((record) => ({ record: record as AnyRecord, picture }));
  });
}
