/**
 * @file SHAPES (Andreas et al. 2016, in the copy of N2NMN): 3 × 3 grids of coloured shapes, 30 × 30 pixels, with
 * yes/no questions and their logical forms. As published: `<split>.input.npy`, uint8 [N, 30, 30, 3] in the order
 * blue, green, red; `<split>.query_str.txt`, `<split>.query`, `<split>.output`, one line a record. Also the
 * pictures as bare gzipped bytes, `<split>.input.u8.gz`.
 *
 * `group` is the picture (equal grids share it), so a split by group asks the known questions of new pictures; the
 * published splits ask new questions. `query` keeps the logical form. Of the nested training splits the largest
 * that is there is read.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import { type Format, type FormatRecord, type FormatSplit, findRoot } from './format';
import { parseNpy } from './npy';
import { readBytes, readLines } from './published';

const EDGE = 30;
const STRIDE = EDGE * EDGE * 3;
const TRAIN = ['train.large', 'train.med', 'train.small', 'train.tiny'];
const LABELS: Record<string, string> = { true: 'true', false: 'false' };

export const shapes: Format = {
  name: 'shapes',
  description: 'SHAPES: <split>.input.npy (or .input.u8.gz), .query_str.txt, .query, .output',
  tasks: ['classification', 'qa'],
  async read(path, task) {
    const inner = ['', 'shapes_dataset', 'exp_shapes/shapes_dataset'];
    const root = findRoot(
      path,
      'SHAPES',
      inner,
      [...TRAIN, 'val', 'test'].map((split) => `${split}.output`),
    );
    const here = (split: string): boolean => existsSync(join(root, `${split}.output`));
    const found = [
      { name: TRAIN.find(here), part: 'train' },
      { name: ['val'].find(here), part: 'validation' },
      { name: ['test'].find(here), part: 'test' },
    ] as const;
    const splits: FormatSplit[] = [];
    for (const { name, part } of found) {
      if (name) splits.push({ name, part, records: await readSplit(root, name, task === 'qa') });
    }
    return splits;
  },
};

/** The questions' logical forms and the answers of one split: what the exact anchors are counted from. */
export async function readShapesAnswers(
  root: string,
  split: string,
): Promise<{ text: string; label: string }[]> {
  const [queries, answers] = await Promise.all([
    readLines(join(root, `${split}.query`)),
    readLines(join(root, `${split}.output`)),
  ]);
  return queries.map((text, row) => ({ text, label: answers[row] ?? '' }));
}

async function readSplit(root: string, split: string, asQa: boolean): Promise<FormatRecord[]> {
  const [questions, queries, answers, pictures] = await Promise.all([
    readLines(join(root, `${split}.query_str.txt`)),
    readLines(join(root, `${split}.query`)),
    readLines(join(root, `${split}.output`)),
    readPictures(root, split),
  ]);
  const counts = { questions: questions.length, queries: queries.length, answers: answers.length };
  for (const [what, count] of Object.entries(counts)) {
    if (count !== pictures.length) {
      throw new InputError(
        `${join(root, split)}: ${pictures.length} pictures but ${count} ${what}; fetch the files of this split anew`,
      );
    }
  }
  return pictures.map((bgr, row) => {
    const answer = LABELS[answers[row] as string];
    if (!answer) {
      throw new InputError(
        `${join(root, split)}.output:${row + 1}: the answer is ${quote(answers[row])}; it must be true or false`,
      );
    }
    const text = questions[row] as string;
    const key = createHash('sha256').update(bgr).digest('hex').slice(0, 16);
    const image = `images/${key}.png`;
    const fields = asQa ? { question: text, answer } : { text, label: answer };
    const record = { id: `${split}-${row}`, ...fields, image, group: key, split, query: queries[row] };
    const source = { data: toRgb(bgr), height: EDGE, width: EDGE };
    return { record, picture: { name: image, source } };
  });
}

/** Each picture's bytes, blue first. */
async function readPictures(root: string, split: string): Promise<Uint8Array[]> {
  const npy = join(root, `${split}.input.npy`);
  const packed = join(root, `${split}.input.u8.gz`);
  let bytes: Uint8Array;
  if (existsSync(npy)) {
    const { data, shape } = parseNpy(await readBytes(npy), npy);
    if (shape.slice(1).join() !== [EDGE, EDGE, 3].join()) {
      throw new InputError(
        `${npy}: has the shape (${shape.join(', ')}); it must be (N, ${EDGE}, ${EDGE}, 3)`,
      );
    }
    bytes = data;
  } else if (existsSync(packed)) {
    bytes = wholePictures(await readBytes(packed), packed);
  } else {
    throw new InputError(`${npy}: no such file; put it, or ${split}.input.u8.gz, beside ${split}.output`);
  }
  return Array.from({ length: bytes.length / STRIDE }, (_, row) =>
    bytes.subarray(row * STRIDE, (row + 1) * STRIDE),
  );
}

function wholePictures(bytes: Buffer, file: string): Uint8Array {
  if (bytes.length === 0 || bytes.length % STRIDE !== 0) {
    throw new InputError(
      `${file}: ${bytes.length} bytes are no whole number of ${EDGE} × ${EDGE} × 3 pictures`,
    );
  }
  return bytes;
}

function toRgb(bgr: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(bgr.length);
  for (let i = 0; i < bgr.length; i += 3) {
    rgb[i] = bgr[i + 2] as number;
    rgb[i + 1] = bgr[i + 1] as number;
    rgb[i + 2] = bgr[i] as number;
  }
  return rgb;
}
