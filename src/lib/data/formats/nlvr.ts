/**
 * @file NLVR v1 (Suhr, Lewis, Yeh, Artzi 2017; CC BY 4.0): sentences written by people, true or false of a picture
 * of three boxes. As published: `{train,dev,test}/<split>.json` with one example a line, and for each example six
 * pictures, its boxes permuted, as `images/<directory>/<split>-<identifier>-<0…5>.png`. Also the form with
 * `train-1000/train.jsonl`, whose rows list their pictures.
 *
 * One record a picture. `group` is the sentence, so neither permutations nor a sentence that recurs straddle a
 * split by group; `example` names the example, the authors' unit. The authors' own splits share a few sentences.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonLines } from '../json-lines';
import { checked, type Format, type FormatRecord, type FormatSplit, findRoot } from './format';

const label = z.enum(['true', 'false']);
const published = z.object({
  sentence: z.string().min(1),
  label,
  identifier: z.string().regex(/^\d+-\d+$/),
  directory: z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]),
});
const listed = z.object({
  id: z.string().min(1),
  sentence: z.string().min(1),
  label,
  images: z.array(z.string().regex(/^[\w-]+\.png$/)).min(1),
});

/** Pictures of an example: its boxes in each of the six orders. */
const PERMUTATIONS = 6;

const SPLITS = [
  { name: 'train', part: 'train', file: 'train/train.json' },
  { name: 'train-1000', part: 'train', file: 'train-1000/train.jsonl' },
  { name: 'dev', part: 'validation', file: 'dev/dev.json' },
  { name: 'test', part: 'test', file: 'test/test.json' },
] as const;

export const nlvr: Format = {
  name: 'nlvr',
  description: 'NLVR v1: train/, dev/, test/, each with <split>.json and images/<directory>/…png',
  tasks: ['classification'],
  async read(path) {
    const root = findRoot(
      path,
      'NLVR',
      ['', 'nlvr', 'nlvr/nlvr'],
      SPLITS.map((split) => split.file),
    );
    const splits: FormatSplit[] = [];
    for (const { name, part, file } of SPLITS) {
      if (!existsSync(join(root, file))) continue;
      // The thousand examples are a part of the whole training split, which replaces them where it is there.
      if (name === 'train-1000' && splits.some((split) => split.name === 'train')) continue;
      splits.push({ name, part, records: await readExamples(join(root, file), name) });
    }
    return splits;
  },
};

/** The sentence less what does not make it another sentence: case, runs of spaces, the final stop. */
export function sentenceKey(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\s*\.$/, '');
}

async function readExamples(file: string, split: string): Promise<FormatRecord[]> {
  const out: FormatRecord[] = [];
  for await (const { line, value } of jsonLines(file)) {
    const { sentence, truth, example, pictures } = readExample(value, file, line, split);
    for (const [permutation, { from, name }] of pictures.entries()) {
      const image = `images/${split}/${name}`;
      out.push({
        record: {
          id: `${split}-${example}-${permutation}`,
          text: sentence,
          label: truth,
          image,
          group: sentenceKey(sentence),
          split,
          example: `${split}-${example}`,
        } as FormatRecord['record'],
        picture: { name: image, source: from },
      });
    }
  }
  return out;
}

interface Example {
  sentence: string;
  truth: string;
  example: string;
  pictures: { from: string; name: string }[];
}

function readExample(value: unknown, file: string, line: number, split: string): Example {
  const place = `${file}:${line}`;
  const folder = join(file, '..', 'images');
  if (typeof value === 'object' && value !== null && 'images' in value) {
    const { id, sentence, label: truth, images } = checked(listed, value, place, 'NLVR');
    return {
      sentence,
      truth,
      example: id,
      pictures: images.map((name) => ({ from: join(folder, name), name })),
    };
  }
  const { identifier, sentence, label: truth, directory } = checked(published, value, place, 'NLVR');
  const pictures = Array.from({ length: PERMUTATIONS }, (_, permutation) => {
    const name = `${split}-${identifier}-${permutation}.png`;
    return { from: join(folder, String(directory), name), name: `${directory}/${name}` };
  });
  return { sentence, truth, example: identifier, pictures };
}
