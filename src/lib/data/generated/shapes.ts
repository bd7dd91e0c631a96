/**
 * @file SHAPES made afresh (Andreas et al. 2016): yes/no questions from logical forms about 3 × 3 grids, split by
 * question, so that the test asks questions that training never asked. Half of each question's pictures make it true:
 * the text alone is right in 50 % (published: 64 to 70 %). Left out: questions that no grid, or hardly one, makes true
 * or false. The training pictures can be asked about single cells too (shapes-cells.ts).
 */
import { InputError } from '../../errors';
import { Generator } from '../../random';
import type { ClassificationRecord } from '../records';
import { drawCellQuestion } from './shapes-cells';
import {
  answerShapes,
  formatShapesQuery,
  SHAPE_COLOURS,
  SHAPE_NAMES,
  SHAPE_RELATIONS,
  type ShapeCell,
  type ShapeQuery,
  shapesQuestion,
} from './shapes-logic';
import { drawShapesGrid, paintShapes, SHAPES_EDGE } from './shapes-pictures';
import {
  type Drawing,
  type GeneratedPart,
  type GeneratedRecords,
  type GeneratedReport,
  requireWhole,
  threeParts,
  writeGenerated,
} from './write';

export interface ShapesOptions {
  /** Different questions in all three parts together (default 200). */
  questions?: number;
  /** Pictures of each question (default 64). */
  pictures?: number;
  /** Questions about single cells of each training picture beside its own (default 0); `kind` then tells them apart. */
  cells?: number;
  seed: number;
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

/** How many grids are tried for an answer before a question counts as impossible. */
const TRIES = 3000;
/** Chances of no, one and two relations. */
const LENGTHS = [0.1, 0.5, 0.4] as const;

/** Every question with up to two relations, by number of relations. Two words of a kind that differ contradict. */
function allQueries(): ShapeQuery[][] {
  const words = [...SHAPE_NAMES, ...SHAPE_COLOURS];
  const isColour = (word: string): boolean => (SHAPE_COLOURS as readonly string[]).includes(word);
  const chains = [
    [[]],
    SHAPE_RELATIONS.map((one) => [one]),
    SHAPE_RELATIONS.flatMap((one) => SHAPE_RELATIONS.map((two) => [one, two])),
  ];
  return chains.map((ofLength) =>
    ofLength.flatMap((relations) =>
      words.flatMap((subject) =>
        words
          .filter((word) => relations.length > 0 || subject === word || isColour(subject) !== isColour(word))
          .map((word) => ({ subject, relations, word })),
      ),
    ),
  );
}

/** The records and pictures of all parts. */
export function planShapes({
  questions = 200,
  pictures = 64,
  cells = 0,
  seed,
}: ShapesOptions): Map<GeneratedPart, GeneratedRecords> {
  requireWhole('questions', questions, 10);
  requireWhole('pictures', pictures, 2);
  requireWhole('cells', cells, 0);
  requireWhole('seed', seed, 0);
  const generator = new Generator(seed, 'SHAPES', 'questions');
  const decks = allQueries().map((queries) => generator.shuffle(queries));
  const most = decks.reduce((sum, deck) => sum + deck.length, 0);
  const parts = new Map<GeneratedPart, GeneratedRecords>();
  for (const [part, count] of threeParts(questions)) {
    const made: GeneratedRecords = { records: [], pictures: new Map() };
    for (let i = 0; i < count; ) {
      const query = drawQuery(decks, generator);
      if (!query) {
        throw new InputError(
          `questions is ${questions}; there are fewer, about ${most} before those that hardly vary`,
        );
      }
      const grids = drawGrids(query, pictures, seed);
      if (!grids) continue;
      addQuestion(made, query, grids, { part, number: i++, seed, cells });
    }
    parts.set(part, made);
  }
  return parts;
}

function drawQuery(decks: ShapeQuery[][], generator: Generator): ShapeQuery | undefined {
  const draw = generator.uniform();
  const length = draw < LENGTHS[0] ? 0 : draw < LENGTHS[0] + LENGTHS[1] ? 1 : 2;
  return [decks[length], decks[2], decks[1], decks[0]].find((deck) => deck && deck.length > 0)?.pop();
}

/** Grids for the question, true and false by turns; null where one of them is not found. */
function drawGrids(query: ShapeQuery, pictures: number, seed: number): ShapeCell[][] | null {
  const generator = new Generator(seed, 'SHAPES', formatShapesQuery(query));
  const grids: ShapeCell[][] = [];
  for (let i = 0; i < pictures; i++) {
    let grid: ShapeCell[] | null = null;
    for (let tries = 0; tries < TRIES && !grid; tries++) {
      const drawn = drawShapesGrid(generator);
      if (answerShapes(drawn, query) === (i % 2 === 0)) grid = drawn;
    }
    if (!grid) return null;
    grids.push(grid);
  }
  return grids;
}

function addQuestion(
  made: GeneratedRecords,
  query: ShapeQuery,
  grids: readonly ShapeCell[][],
  { part, number, seed, cells }: { part: GeneratedPart; number: number; seed: number; cells: number },
): void {
  const form = formatShapesQuery(query);
  const pictures = made.pictures as Map<string, () => Drawing>;
  grids.forEach((grid, i) => {
    const image = `images/${part}-${number}-${i}.png`;
    pictures.set(image, () => {
      const data = paintShapes(grid, new Generator(seed, 'SHAPES', form, i));
      return { data, height: SHAPES_EDGE, width: SHAPES_EDGE };
    });
    const id = `${part}-${number}-${i}`;
    const common = { image, group: form, split: part, imageRelevant: true };
    const kind = (name: string) => (cells > 0 ? { kind: name } : {});
    const [text, label] = [shapesQuestion(query), String(answerShapes(grid, query))];
    made.records.push({ id, text, label, ...common, query: form, ...kind('grid') } as ClassificationRecord);
    if (part !== 'train') return;
    const generator = new Generator(seed, 'SHAPES', 'cells', form, i);
    for (let cell = 0; cell < cells; cell++) {
      const asked = drawCellQuestion(grid, generator);
      made.records.push({
        id: `${id}-cell-${cell}`,
        ...asked,
        ...common,
        ...kind('cell'),
      } as ClassificationRecord);
    }
  });
}

/** Make the set in the folder `out`. Throws an `InputError` where an option is wrong or `out` is not empty. */
export async function generateShapes(out: string, options: ShapesOptions): Promise<GeneratedReport> {
  const parts = planShapes(options);
  const { questions = 200, pictures = 64, cells = 0, seed } = options;
  const about = { generator: 'sightline shapes', version: 1, questions, pictures, cells, seed };
  return writeGenerated(out, parts, about, options.onProgress);
}
