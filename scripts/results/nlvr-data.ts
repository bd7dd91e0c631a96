/**
 * @file NLVR's records as the study reads them: two permutations of each example, folds by sentence, and generated sentences
 * to learn from before. A picture is a strip of 400 × 100 pixels with three boxes; they are laid into a square, for what is
 * shrunk to the square that a network sees would be three times as narrow as high.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import sharp from 'sharp';
import { data, places } from '../../src/lib';
import { forEachParallel } from '../../src/lib/data/parallel';
import { realData } from './data';
import type { DataContext, StudyData } from './study';

export const FOLDS = 5;
export const SPLITS = ['train', 'validation', 'test'] as const;
/** A file of `generatedNlvr`, with pictures as squares. */
export const squaresOf = (split: (typeof SPLITS)[number]): string => `${split}-squares.jsonl`;

const BOX = 100;
/** Between two boxes of the strip. */
const GAP = 50;
/** Between two boxes of the square, and around them none. */
const GUTTER = 10;
const SIDE = 2 * BOX + GUTTER;
const WHITE = '#ffffff';

const NLVR = realData('nlvr', 'nlvr');

/** The boxes of the strip `file` in a square of 210 × 210: two above, one below. */
async function writeSquare(file: string, out: string): Promise<void> {
  const strip = sharp(file).removeAlpha();
  const boxes = await Promise.all(
    [0, 1, 2].map(async (i) => ({
      input: await strip
        .clone()
        .extract({ left: i * (BOX + GAP), top: 0, width: BOX, height: BOX })
        .png()
        .toBuffer(),
      left: (i % 2) * (BOX + GUTTER),
      top: Math.floor(i / 2) * (BOX + GUTTER),
    })),
  );
  await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: WHITE } })
    .composite(boxes)
    .png()
    .toFile(out);
}

/** The records of `file` that `keeps` says, in `folder`/`name` with their pictures as squares; their file and texts. */
async function squared(
  file: string,
  folder: string,
  name: string,
  keeps: (record: data.ClassificationRecord) => boolean = () => true,
): Promise<{ file: string; texts: string[] }> {
  const { records, pictures } = await data.readRecords(file, 'classification');
  const squares = join(folder, 'squares');
  mkdirSync(squares, { recursive: true });
  const made = new Map<string, string>();
  const kept = records.flatMap((record, row) => {
    const strip = pictures[row];
    if (!strip || !keeps(record)) return [];
    if (!made.has(strip)) made.set(strip, join(squares, `${basename(name, '.jsonl')}-${made.size}.png`));
    return [{ ...record, image: relative(folder, made.get(strip) as string) }];
  });
  await forEachParallel([...made], 2 * availableParallelism(), async ([strip, square]) => {
    if (!existsSync(square)) await writeSquare(strip, square);
  });
  const out = join(folder, name);
  await data.writeRecords(out, kept);
  return { file: out, texts: kept.map(({ text }) => text) };
}

/** Two permutations of every example, in files beside the converted ones; `null` where NLVR is not at hand. */
async function twoPermutations(context: DataContext): Promise<{ files: string[]; texts: string[] } | null> {
  const folder = await NLVR.prepare(context);
  if (folder === null) return null;
  const files: string[] = [];
  const texts: string[] = [];
  for (const split of SPLITS) {
    const kept = await squared(
      join(folder, `${split}.jsonl`),
      folder,
      `${split}-two-permutations.jsonl`,
      ({ id }) => /-[01]$/.test(id ?? ''),
    );
    files.push(kept.file);
    texts.push(...kept.texts);
  }
  return { files, texts };
}

export const folds: StudyData = {
  description: `${NLVR.description}, two permutations of each example, ${FOLDS} folds by sentence`,
  async prepare(context) {
    const folder = places.projectFolder('data', 'results', `nlvr-${FOLDS}-folds`);
    if (existsSync(folder)) return folder;
    const nlvr = await twoPermutations(context);
    if (nlvr === null) return null;
    await data.writeFolds(nlvr.files, folder, { folds: FOLDS, seed: 1, task: 'classification' });
    return folder;
  },
};

/** Sentences in NLVR's manner, none of them NLVR's own; or `terse` questions about single boxes. */
export function generatedNlvr(options: {
  records: number;
  pictures: number;
  seed: number;
  terse?: boolean;
}): StudyData {
  const { records, pictures, seed, terse = false } = options;
  const [many, shown] = [records, pictures].map((count) => count.toLocaleString('en-US'));
  return {
    description: `${many} generated ${terse ? 'short questions' : 'sentences'} in NLVR's manner about ${shown} pictures, seed ${seed}`,
    async prepare(context) {
      const name = `nlvr-like${terse ? '-terse' : ''}-${records}-of-${pictures}-seed-${seed}`;
      const folder = places.projectFolder('data', 'results', name);
      if (SPLITS.every((split) => existsSync(join(folder, squaresOf(split))))) return folder;
      const avoid = terse ? [] : (await twoPermutations(context))?.texts;
      if (!avoid) return null;
      if (!existsSync(folder)) await data.generateNlvrLike(folder, { ...options, avoid });
      for (const split of SPLITS) await squared(join(folder, `${split}.jsonl`), folder, squaresOf(split));
      return folder;
    },
  };
}
