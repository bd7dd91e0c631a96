/**
 * @file The pictures of SHAPES: a 3 × 3 grid on black, 30 × 30 pixels, at most one shape a cell, in a pure colour and
 * of a size of its own. Drawn by counting sixteen points a pixel, so that edges are smooth without a renderer.
 */
import type { Generator } from '../../random';
import {
  SHAPE_COLOURS,
  SHAPE_NAMES,
  type ShapeCell,
  type ShapeColour,
  type ShapeGrid,
  type ShapeName,
} from './shapes-logic';

const CELL = 10;
const CELLS = 3;
export const SHAPES_EDGE = CELL * CELLS;
/** Share of the cells that hold something, about as published. */
const FILLED = 0.8;
const POINTS = 4;

/** Nine cells at random. */
export function drawShapesGrid(generator: Generator): ShapeCell[] {
  return Array.from({ length: CELLS * CELLS }, () =>
    generator.uniform() < FILLED
      ? { shape: generator.choice(SHAPE_NAMES), colour: generator.choice(SHAPE_COLOURS) }
      : null,
  );
}

/** Whether the point, in units of the shape's half width around its centre, lies within. */
const INSIDE: Record<ShapeName, (x: number, y: number) => boolean> = {
  circle: (x, y) => x * x + y * y <= 1,
  square: (x, y) => Math.abs(x) <= 0.95 && Math.abs(y) <= 0.95,
  triangle: (x, y) => y <= 0.9 && Math.abs(x) <= (y + 1) / 1.9,
};

const CHANNEL: Record<ShapeColour, number> = { red: 0, green: 1, blue: 2 };

/** The pixels of a grid, uint8 [30, 30, 3], red first; `generator` draws the sizes. */
export function paintShapes(grid: ShapeGrid, generator: Generator): Uint8Array {
  const data = new Uint8Array(SHAPES_EDGE * SHAPES_EDGE * 3);
  grid.forEach((cell, place) => {
    const radius = 2.4 + 2 * generator.uniform();
    if (!cell) return;
    const top = CELL * Math.floor(place / CELLS);
    const left = CELL * (place % CELLS);
    for (let y = 0; y < CELL; y++) {
      for (let x = 0; x < CELL; x++) {
        const at = ((top + y) * SHAPES_EDGE + left + x) * 3 + CHANNEL[cell.colour];
        data[at] = Math.round(255 * coverage(cell.shape, x, y, radius));
      }
    }
  });
  return data;
}

/** Share of the pixel at (x, y) of a cell that the shape covers. */
function coverage(shape: ShapeName, x: number, y: number, radius: number): number {
  let covered = 0;
  for (let i = 0; i < POINTS; i++) {
    for (let j = 0; j < POINTS; j++) {
      const px = (x + (i + 0.5) / POINTS - CELL / 2) / radius;
      const py = (y + (j + 0.5) / POINTS - CELL / 2) / radius;
      if (INSIDE[shape](px, py)) covered++;
    }
  }
  return covered / (POINTS * POINTS);
}
