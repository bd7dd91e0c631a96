/**
 * @file Multi30k, task 1 (Elliott et al. 2016; Barrault et al. 2018): captions of Flickr30k in English, German, French
 * and Czech. As published: `data/task1/raw/<split>.<language>.gz` (or unpacked), a sentence a line, and
 * `data/task1/image_splits/<split>.txt`, the picture of each line. The pictures are had from Flickr30k and stand in
 * `flickr30k-images/` or `images/`. Test is `test_2016_flickr`, else the first later one that is there.
 *
 * `group` is the picture. Left out: task 2 (five captions a picture that are no translations of each other) and the
 * tokenized files.
 */
import { join } from 'node:path';
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { AnyRecord } from '../records';
import { type Format, type FormatRecord, type FormatSplit, findRoot } from './format';
import { firstHere, pictureFolder, readLines } from './published';

const SPLITS = [
  { part: 'train', names: ['train'] },
  { part: 'validation', names: ['val'] },
  {
    part: 'test',
    names: ['test_2016_flickr', 'test_2017_flickr', 'test_2018_flickr', 'test_2017_mscoco'],
  },
] as const;

const PAIR = 'en-de';

export const multi30k: Format = {
  name: 'multi30k',
  description:
    'Multi30k, translation with pictures: data/task1/{raw,image_splits}; --language en-fr for another pair',
  tasks: ['translation'],
  language: PAIR,
  async read(path, _, { language = PAIR } = {}) {
    const pair = /^(en|de|fr|cs)-(en|de|fr|cs)$/.exec(language);
    const [from, to] = pair?.slice(1) ?? [];
    if (!from || !to || from === to) {
      throw new InputError(
        `language is ${quote(language)}; Multi30k wants two of en, de, fr, cs with a dash between, as in en-de`,
      );
    }
    const marks = SPLITS.flatMap(({ names }) => names.map((name) => `image_splits/${name}.txt`));
    const root = findRoot(path, 'Multi30k', ['', 'data/task1', 'task1'], marks);
    const places = ['images', 'flickr30k-images', 'flickr30k_images'];
    const folder = pictureFolder(root, [
      places[0] as string,
      ...places.slice(1),
      ...places.map((name) => `../../${name}`),
    ]);
    const splits: FormatSplit[] = [];
    for (const { part, names } of SPLITS) {
      const name = names.find((split) => rawFile(root, split, from) && rawFile(root, split, to));
      if (name) splits.push({ name, part, records: await readSplit(root, name, [from, to], folder) });
    }
    return splits;
  },
};

function rawFile(root: string, split: string, language: string): string | null {
  return firstHere(root, [`raw/${split}.${language}`, `raw/${split}.${language}.gz`]);
}

async function readSplit(
  root: string,
  split: string,
  [from, to]: [string, string],
  folder: string,
): Promise<FormatRecord[]> {
  const list = join(root, 'image_splits', `${split}.txt`);
  const files = [rawFile(root, split, from) as string, rawFile(root, split, to) as string];
  const [pictures, sources, targets] = (await Promise.all([list, ...files].map(readLines))) as [
    string[],
    string[],
    string[],
  ];
  for (const [index, lines] of [sources, targets].entries()) {
    if (lines.length !== pictures.length) {
      throw new InputError(
        `${files[index]}: ${lines.length} lines, but ${list} has ${pictures.length}; a sentence and its picture must stand on the same line`,
      );
    }
    const empty = lines.findIndex((line) => line.trim() === '');
    if (empty >= 0) {
      throw new InputError(`${files[index]}:${empty + 1}: the line is empty; write the sentence`);
    }
  }
  return pictures.map((line, row) => {
    // The list of the COCO split says behind a # which caption it is.
    const picture = line.split('#')[0]?.trim() ?? '';
    if (!/^[\w.-]+\.jpg$/.test(picture)) {
      throw new InputError(
        `${list}:${row + 1}: the picture is ${quote(line)}; it must be the name of a .jpg`,
      );
    }
    const image = `images/${picture}`;
    return {
      record: {
        id: `${split}-${row}`,
        source: sources[row],
        target: targets[row],
        targetLanguage: to,
        image,
        group: picture,
        split,
      } as AnyRecord,
      picture: { name: image, source: join(folder, picture) },
    };
  });
}
