/**
 * @file Sort-of-CLEVR (Santoro et al. 2017, arXiv 1706.01427), made afresh: pictures of 75 × 75 pixels with six
 * objects, one of each colour, each a square or a circle, and for each picture ten questions about one object alone
 * and ten about its relation to the others. Questions stand in words, in a few phrasings each.
 *
 * Published: a network that concatenates pooled features fails at the relational questions (about 63 %); one that
 * compares objects reaches about 94 %. Differences: the ten questions are drawn without repetition, pictures in which
 * two others are equally near or far are not used, and left and top have labels of their own in place of yes and no;
 * published, a question is a colour and a kind in eleven bits, for which `terse` asks in two words.
 */
import { Generator } from '../../random';
import type { ClassificationRecord } from '../records';
import {
  type Drawing,
  type GeneratedPart,
  type GeneratedRecords,
  type GeneratedReport,
  requireWhole,
  threeParts,
  writeGenerated,
} from './write';

export const CLEVR_COLOURS = ['red', 'green', 'blue', 'orange', 'gray', 'yellow'] as const;
const FILL = ['#ff0000', '#00ff00', '#0000ff', '#ff9c00', '#808080', '#ffff00'];
const EDGE = 75;
/** Half the width of a square, radius of a circle, in pixels. */
const RADIUS = 5;
const QUESTIONS_OF_A_KIND = 10;

export interface ClevrObject {
  shape: 'square' | 'circle';
  /** Centre in pixels, whole numbers. */
  x: number;
  y: number;
}

/** What is asked of the object of one colour. */
export const CLEVR_QUESTIONS = {
  shape: 'non-relational',
  'left-right': 'non-relational',
  'top-bottom': 'non-relational',
  closest: 'relational',
  furthest: 'relational',
  count: 'relational',
} as const;
export type ClevrQuestion = keyof typeof CLEVR_QUESTIONS;

const PHRASINGS: Record<ClevrQuestion, readonly string[]> = {
  shape: [
    'What is the shape of the {} object?',
    'Is the {} object a square or a circle?',
    'Which shape has the {} thing?',
  ],
  'left-right': [
    'Is the {} object on the left or on the right?',
    'In which half is the {} object, left or right?',
    'On which side is the {} thing, left or right?',
  ],
  'top-bottom': [
    'Is the {} object at the top or at the bottom?',
    'In which half is the {} object, top or bottom?',
    'Does the {} thing lie in the top or in the bottom half?',
  ],
  closest: [
    'What is the shape of the object that is closest to the {} object?',
    'Which shape has the nearest neighbour of the {} object?',
    'What shape is the thing closest to the {} thing?',
  ],
  furthest: [
    'What is the shape of the object that is furthest from the {} object?',
    'Which shape has the object farthest away from the {} object?',
    'What shape is the thing furthest from the {} thing?',
  ],
  count: [
    'How many objects have the shape of the {} object?',
    'Counting the {} object too, how many objects have its shape?',
    'How many things are of the same shape as the {} thing, itself included?',
  ],
};

/** What is asked as one word, for questions of two: `red closest`. */
const WORDS: Record<ClevrQuestion, string> = {
  shape: 'shape',
  'left-right': 'side',
  'top-bottom': 'height',
  closest: 'closest',
  furthest: 'furthest',
  count: 'count',
};

/** Six objects, by the order of `CLEVR_COLOURS`; none overlap, and no two others are equally near or far. */
export function drawClevrObjects(generator: Generator): ClevrObject[] {
  for (;;) {
    const objects: ClevrObject[] = [];
    while (objects.length < CLEVR_COLOURS.length) {
      const at = (): number => RADIUS + generator.integer(EDGE - 2 * RADIUS + 1);
      const next = { shape: generator.choice(['square', 'circle'] as const), x: at(), y: at() };
      if (objects.every((object) => squaredDistance(object, next) > (2.9 * RADIUS) ** 2)) objects.push(next);
    }
    const clear = objects.every((object) => {
      const distances = objects
        .filter((other) => other !== object)
        .map((other) => squaredDistance(object, other));
      return new Set(distances).size === distances.length;
    });
    if (clear) return objects;
  }
}

/** The right answer about the object of colour number `colour`. */
export function answerClevr(
  objects: readonly ClevrObject[],
  colour: number,
  question: ClevrQuestion,
): string {
  const own = objects[colour] as ClevrObject;
  const others = objects
    .filter((object) => object !== own)
    .sort((a, b) => squaredDistance(own, a) - squaredDistance(own, b));
  switch (question) {
    case 'shape':
      return own.shape;
    case 'left-right':
      return own.x < EDGE / 2 ? 'left' : 'right';
    case 'top-bottom':
      return own.y < EDGE / 2 ? 'top' : 'bottom';
    case 'closest':
      return (others[0] as ClevrObject).shape;
    case 'furthest':
      return (others.at(-1) as ClevrObject).shape;
    case 'count':
      return String(objects.filter(({ shape }) => shape === own.shape).length);
  }
}

function squaredDistance(a: ClevrObject, b: ClevrObject): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2;
}

/** The picture as SVG, 75 × 75 on white. */
export function drawClevr(objects: readonly ClevrObject[]): string {
  const body = objects.map(({ shape, x, y }, i) =>
    shape === 'square'
      ? `<rect x="${x - RADIUS}" y="${y - RADIUS}" width="${2 * RADIUS}" height="${2 * RADIUS}" fill="${FILL[i]}"/>`
      : `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="${FILL[i]}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${EDGE}" height="${EDGE}"><rect width="${EDGE}" height="${EDGE}" fill="#fff"/>${body.join('')}</svg>`;
}

export interface SortOfClevrOptions {
  /** Records in all three parts together, at least 60: twenty a picture. */
  records: number;
  seed: number;
  /** A question is a colour and a kind and nothing else, as the published ones are, in two words; sentences by default. */
  terse?: boolean;
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

/** The records and pictures of all parts; the pictures are split 80 / 10 / 10. */
export function planSortOfClevr({
  records,
  seed,
  terse = false,
}: SortOfClevrOptions): Map<GeneratedPart, GeneratedRecords> {
  requireWhole('records', records, 6 * QUESTIONS_OF_A_KIND);
  requireWhole('seed', seed, 0);
  const perPicture = 2 * QUESTIONS_OF_A_KIND;
  const parts = new Map<GeneratedPart, GeneratedRecords>();
  // The last training picture has fewer questions where `records` is no multiple of twenty.
  for (const [part, pictures] of threeParts(Math.ceil(records / perPicture))) {
    const smallParts = 2 * Math.max(1, Math.floor(Math.ceil(records / perPicture) / 10)) * perPicture;
    const most = part === 'train' ? records - smallParts : pictures * perPicture;
    parts.set(part, planPart(part, pictures, { most, seed, terse }));
  }
  return parts;
}

function planPart(
  part: GeneratedPart,
  pictures: number,
  { most, seed, terse }: { most: number; seed: number; terse: boolean },
): GeneratedRecords {
  const records: ClassificationRecord[] = [];
  const drawings = new Map<string, () => Drawing>();
  for (let i = 0; i < pictures; i++) {
    const generator = new Generator(seed, 'sort-of-CLEVR', part, i);
    const objects = drawClevrObjects(generator);
    const image = `images/${part}-${i}.png`;
    drawings.set(image, () => drawClevr(objects));
    for (const { question, colour } of drawQuestions(generator)) {
      if (records.length === most) break;
      const sentence = generator.choice(PHRASINGS[question]);
      const phrasing = terse ? `{} ${WORDS[question]}` : sentence;
      records.push({
        id: `${part}-${records.length}`,
        text: phrasing.replaceAll('{}', CLEVR_COLOURS[colour] as string),
        label: answerClevr(objects, colour, question),
        image,
        group: `${part}-${i}`,
        split: part,
        imageRelevant: true,
        kind: CLEVR_QUESTIONS[question],
        question,
      } as ClassificationRecord);
    }
  }
  return { records, pictures: drawings };
}

/** Ten questions of each kind, kinds by turns, none twice. */
function drawQuestions(generator: Generator): { question: ClevrQuestion; colour: number }[] {
  const all = (Object.keys(CLEVR_QUESTIONS) as ClevrQuestion[]).flatMap((question) =>
    CLEVR_COLOURS.map((_, colour) => ({ question, colour })),
  );
  const ten = (kind: string) =>
    generator
      .shuffle(all.filter(({ question }) => CLEVR_QUESTIONS[question] === kind))
      .slice(0, QUESTIONS_OF_A_KIND);
  const [plain, relational] = [ten('non-relational'), ten('relational')];
  return plain.flatMap((question, i) => [question, relational[i] as (typeof plain)[number]]);
}

/** Make the set in the folder `out`. Throws an `InputError` where an option is wrong or `out` is not empty. */
export async function generateSortOfClevr(
  out: string,
  options: SortOfClevrOptions,
): Promise<GeneratedReport> {
  const parts = planSortOfClevr(options);
  const { records, seed, terse = false } = options;
  const about = {
    generator: 'sightline sort-of-clevr',
    version: 1,
    records,
    seed,
    ...(terse ? { terse } : {}),
  };
  return writeGenerated(out, parts, about, options.onProgress);
}
