/**
 * @file Twitter-2015 (Zhang et al. 2018) and Twitter-2017 (Lu et al. 2018) as published for UMT (Yu et al. 2020):
 * `train.txt`, `valid.txt`, `test.txt`, in which a line `IMGID:17_06_12483` stands before the tokens of a tweet, a
 * token and its BIO tag a line divided by a tab; the picture is `<identifier>.jpg` in a folder beside them.
 *
 * Some entities of Twitter-2015 begin with I-; they are read as the authors score them (seqeval), as if with B-.
 * `group` is the picture, which is the tweet's own.
 */
import { join } from 'node:path';
import { InputError } from '../../errors';
import type { AnyRecord } from '../records';
import { parseColumns } from './columns';
import { type Format, type FormatRecord, findRoot } from './format';
import { marksOf, pictureFolder, readText, type SplitFile, splitsHere } from './published';
import { toBio } from './tag-schemes';

const FILES: readonly SplitFile[] = [
  { name: 'train', part: 'train', files: ['train.txt'] },
  { name: 'valid', part: 'validation', files: ['valid.txt', 'dev.txt'] },
  { name: 'test', part: 'test', files: ['test.txt'] },
];

export const twitter2015 = twitter('2015');
export const twitter2017 = twitter('2017');

function twitter(year: '2015' | '2017'): Format {
  const name = `twitter${year}`;
  const pictures = [`${name}_images`, `twitter${year.slice(2)}_images`, 'images'];
  return {
    name,
    description: `entities with pictures: train.txt, valid.txt, test.txt with IMGID: lines, ${name}_images/`,
    tasks: ['ner'],
    async read(path) {
      const root = findRoot(path, `Twitter-${year}`, ['', name, `data/${name}`], marksOf(FILES));
      const folder = pictureFolder(root, [
        pictures[0] as string,
        ...pictures.slice(1),
        ...pictures.map((inner) => `../${inner}`),
        ...pictures.map((inner) => `../../${inner}`),
      ]);
      return Promise.all(
        splitsHere(root, FILES).map(async ({ name: split, part, file }) => ({
          name: split,
          part,
          records: await readSplit(file, split, folder),
        })),
      );
    },
  };
}

async function readSplit(file: string, split: string, folder: string): Promise<FormatRecord[]> {
  const sentences = parseColumns(await readText(file), file, /^IMGID:/);
  const tags = toBio(sentences, file, { mixed: true });
  return sentences.map(({ tokens, heading, lines }, row) => {
    const picture = heading?.text.slice('IMGID:'.length).trim();
    if (!picture || !/^[\w.-]+$/.test(picture)) {
      throw new InputError(
        `${file}:${lines[0]}: the tweet has no picture before it; a line IMGID:<identifier> must begin it`,
      );
    }
    const image = `images/${picture}.jpg`;
    return {
      record: { id: `${split}-${row}`, tokens, tags: tags[row], image, group: picture, split } as AnyRecord,
      picture: { name: image, source: join(folder, `${picture}.jpg`) },
    };
  });
}
