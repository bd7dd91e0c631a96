/**
 * @file The little language of SHAPES: what a logical form such as (is red (above (left_of circle))) says of a 3 × 3
 * grid. A word or a relation denotes a set of cells, `is` asks whether two sets have a cell in common:
 *
 *     ⟦red⟧ = cells with something red       ⟦above s⟧ = cells directly above one of ⟦s⟧ (likewise the others)
 *     (is a s) = ⟦a⟧ ∩ ⟦s⟧ ≠ ∅
 *
 * A test checks it against every answer of the published files.
 */
export const SHAPE_NAMES = ['circle', 'square', 'triangle'] as const;
export const SHAPE_COLOURS = ['red', 'green', 'blue'] as const;
export const SHAPE_RELATIONS = ['above', 'below', 'left_of', 'right_of'] as const;

export type ShapeName = (typeof SHAPE_NAMES)[number];
export type ShapeColour = (typeof SHAPE_COLOURS)[number];
export type ShapeRelation = (typeof SHAPE_RELATIONS)[number];
export type ShapeWord = ShapeName | ShapeColour;

/** One cell, or null where it is empty. */
export type ShapeCell = { shape: ShapeName; colour: ShapeColour } | null;
/** Nine cells, row by row. */
export type ShapeGrid = readonly ShapeCell[];

/** `(is subject (relation (relation … word)))`; no relations: `(is subject word)`. */
export interface ShapeQuery {
  subject: ShapeWord;
  /** The outermost first. */
  relations: readonly ShapeRelation[];
  word: ShapeWord;
}

const WIDTH = 3;

/** Row and column of the cell that must belong to the inner set. */
const TOWARDS: Record<ShapeRelation, readonly [row: number, column: number]> = {
  above: [1, 0],
  below: [-1, 0],
  left_of: [0, 1],
  right_of: [0, -1],
};

/** Whether the grid answers the query with yes. */
export function answerShapes(grid: ShapeGrid, { subject, relations, word }: ShapeQuery): boolean {
  let cells = cellsOf(grid, word);
  for (const relation of [...relations].reverse()) cells = related(cells, relation);
  const own = cellsOf(grid, subject);
  return cells.some((inside, cell) => inside && own[cell]);
}

function cellsOf(grid: ShapeGrid, word: ShapeWord): boolean[] {
  return grid.map((cell) => cell !== null && (cell.shape === word || cell.colour === word));
}

/** The cells that stand in the relation to one of these. */
export function related(cells: readonly boolean[], relation: ShapeRelation): boolean[] {
  const [down, right] = TOWARDS[relation];
  return cells.map((_, cell) => {
    const row = Math.floor(cell / WIDTH) + down;
    const column = (cell % WIDTH) + right;
    const outside = row < 0 || row >= WIDTH || column < 0 || column >= WIDTH;
    return !outside && (cells[row * WIDTH + column] ?? false);
  });
}

/** The query of a logical form as SHAPES writes it, or null where it is none. */
export function parseShapesQuery(text: string): ShapeQuery | null {
  const found = /^\(is (\w+) ((?:\(\w+ )*)(\w+)(\)*)\)$/.exec(text);
  if (!found) return null;
  const relations = (found[2] ?? '').split(' ').flatMap((part) => (part ? [part.slice(1)] : []));
  const known = relations.every((name) => SHAPE_RELATIONS.includes(name as ShapeRelation));
  const [subject, word] = [found[1], found[3]] as [ShapeWord, ShapeWord];
  if (!known || !isWord(subject) || !isWord(word) || found[4]?.length !== relations.length) return null;
  return { subject, relations: relations as ShapeRelation[], word };
}

/** `left_of above` as it stands in a question: left of above. */
export const relationWords = (relations: readonly ShapeRelation[]): string =>
  relations.join(' ').replaceAll('_', ' ');

function isWord(word: string): word is ShapeWord {
  return [...SHAPE_NAMES, ...SHAPE_COLOURS].includes(word as ShapeWord);
}

/** (is red (above circle)) */
export function formatShapesQuery({ subject, relations, word }: ShapeQuery): string {
  return `(is ${subject} ${relations.map((relation) => `(${relation} `).join('')}${word}${')'.repeat(relations.length)})`;
}

/** is a red shape above a circle; as SHAPES has it, a word that names no shape is followed by `shape`. */
export function shapesQuestion({ subject, relations, word }: ShapeQuery): string {
  const isShape = (name: ShapeWord): boolean => SHAPE_NAMES.includes(name as ShapeName);
  const noun = (name: ShapeWord): string => (isShape(name) ? `a ${name}` : `a ${name} shape`);
  if (relations.length === 0) return `is ${noun(subject)} ${isShape(word) ? `a ${word}` : word}`;
  return `is ${noun(subject)} ${relationWords(relations)} ${noun(word)}`;
}
