/**
 * @file Questions about single cells of a SHAPES picture, to learn from beside SHAPES' own: `what colour is cell 4`, `what
 * shape is above left of cell 5`. An answer of SHAPES tells one bit about all cells at once, and says nothing until shapes,
 * places and relations have all been understood; these ask for each by itself. Cells are numbered row by row from 1,
 * relations are read as SHAPES reads them.
 */
import type { Generator } from '../../random';
import { related, relationWords, SHAPE_RELATIONS, type ShapeGrid, type ShapeRelation } from './shapes-logic';

export interface CellQuestion {
  text: string;
  /** A shape, a colour, or `nothing` of an empty cell. */
  label: string;
}

const MOST_RELATIONS = 2;

/** One question at random with no, one or two relations, none of which leads out of the grid. */
export function drawCellQuestion(grid: ShapeGrid, generator: Generator): CellQuestion {
  const asked = generator.choice(['shape', 'colour'] as const);
  const length = generator.integer(MOST_RELATIONS + 1);
  for (;;) {
    const start = generator.integer(grid.length);
    const relations = Array.from({ length }, () => generator.choice(SHAPE_RELATIONS));
    const cell = reached(start, relations, grid.length);
    if (cell === null) continue;
    const words = ['what', asked, 'is', relationWords(relations), 'cell', String(start + 1)];
    return { text: words.filter(Boolean).join(' '), label: grid[cell]?.[asked] ?? 'nothing' };
  }
}

/** The cell that stands in the relations, the outermost first, to the cell `start`; `null` where that is outside. */
function reached(start: number, relations: readonly ShapeRelation[], cells: number): number | null {
  let set = Array.from({ length: cells }, (_, cell) => cell === start);
  for (const relation of [...relations].reverse()) set = related(set, relation);
  const cell = set.indexOf(true);
  return cell < 0 ? null : cell;
}
