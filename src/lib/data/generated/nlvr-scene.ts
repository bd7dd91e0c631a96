/**
 * @file Scenes as NLVR has them (Suhr et al. 2017): three grey boxes of 100 × 100 pixels on a strip of 400 × 100; in
 * each either things scattered about (three shapes, colours and sizes) or a tower of up to four blocks. Coordinates
 * are those of its `structured_rep`: the upper left corner of a thing within its box.
 */
import type { Generator } from '../../random';

export const NLVR_SHAPES = ['triangle', 'square', 'circle'] as const;
export const NLVR_COLOURS = ['yellow', 'black', 'blue'] as const;
const SIZES = [10, 20, 30] as const;
const BOX = 100;
const GAP = 50;

export type NlvrShape = (typeof NLVR_SHAPES)[number];
export type NlvrColour = (typeof NLVR_COLOURS)[number];

export interface NlvrItem {
  shape: NlvrShape;
  colour: NlvrColour;
  size: number;
  x: number;
  y: number;
}

/** Three boxes. */
export type NlvrScene = readonly (readonly NlvrItem[])[];

/** NLVR's own names of the colours, with which it draws them too. */
const PUBLISHED = { yellow: 'Yellow', black: 'Black', blue: '#0099ff' } as const;

/** Share of scattered things that touch a wall. */
const AT_WALL = 0.4;
const MOST_ITEMS = 7;
const MOST_BLOCKS = 4;
const BLOCK = 20;

/** Three boxes with one to seven things each; none overlap. */
export function drawScatter(generator: Generator): NlvrScene {
  return Array.from({ length: 3 }, () => {
    const items: NlvrItem[] = [];
    const wanted = 1 + generator.integer(MOST_ITEMS);
    for (let tries = 0; items.length < wanted && tries < 200; tries++) {
      const size = generator.choice(SIZES);
      const free = (): number => 1 + generator.integer(BOX - size - 1);
      const wall = (): number => (generator.uniform() < 0.5 ? 0 : BOX - size);
      let [x, y] = [free(), free()];
      if (generator.uniform() < AT_WALL) [x, y] = generator.uniform() < 0.5 ? [wall(), y] : [x, wall()];
      const item = {
        shape: generator.choice(NLVR_SHAPES),
        colour: generator.choice(NLVR_COLOURS),
        size,
        x,
        y,
      };
      if (items.every((other) => apart(item, other))) items.push(item);
    }
    return items;
  });
}

/** At least a pixel between their squares. */
function apart(a: NlvrItem, b: NlvrItem): boolean {
  return a.x > b.x + b.size || b.x > a.x + a.size || a.y > b.y + b.size || b.y > a.y + a.size;
}

/** Three boxes with a tower of one to four blocks each, the lowest first. */
export function drawTowers(generator: Generator): NlvrScene {
  return Array.from({ length: 3 }, () =>
    Array.from({ length: 1 + generator.integer(MOST_BLOCKS) }, (_, i) => ({
      shape: 'square' as const,
      colour: generator.choice(NLVR_COLOURS),
      size: BLOCK,
      x: 40,
      y: 80 - (BLOCK + 1) * i,
    })),
  );
}

/** The strip as SVG, 400 × 100 pixels. */
export function drawNlvr(scene: NlvrScene): string {
  const boxes = scene.map((items, box) => {
    const left = box * (BOX + GAP);
    const body = items.map((item) => drawItem(item, left)).join('');
    return `<rect x="${left}" width="${BOX}" height="${BOX}" fill="#d3d3d3"/>${body}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100"><rect width="400" height="100" fill="#808080"/>${boxes.join('')}</svg>`;
}

function drawItem({ shape, colour, size, x, y }: NlvrItem, left: number): string {
  const fill = PUBLISHED[colour].toLowerCase();
  const at = left + x;
  const half = size / 2;
  switch (shape) {
    case 'square':
      return `<rect x="${at}" y="${y}" width="${size}" height="${size}" fill="${fill}"/>`;
    case 'circle':
      return `<circle cx="${at + half}" cy="${y + half}" r="${half}" fill="${fill}"/>`;
    case 'triangle':
      return `<path d="M${at} ${y + size}L${at + half} ${y}L${at + size} ${y + size}Z" fill="${fill}"/>`;
  }
}

/** One thing as NLVR writes it. */
export interface PublishedItem {
  type: string;
  color: string;
  size: number;
  x_loc: number;
  y_loc: number;
}

/** The scene as NLVR's `structured_rep`. */
export function toStructuredRep(scene: NlvrScene): PublishedItem[][] {
  return scene.map((items) =>
    items.map(({ shape, colour, size, x, y }) => ({
      y_loc: y,
      size,
      type: shape,
      x_loc: x,
      color: PUBLISHED[colour],
    })),
  );
}

/** The scene of a `structured_rep`. */
export function fromStructuredRep(boxes: readonly (readonly PublishedItem[])[]): NlvrScene {
  const colourOf = (name: string): NlvrColour =>
    NLVR_COLOURS.find((colour) => PUBLISHED[colour].toLowerCase() === name.toLowerCase()) ?? 'blue';
  return boxes.map((items) =>
    items.map(({ type, color, size, x_loc, y_loc }) => ({
      shape: type as NlvrShape,
      colour: colourOf(color),
      size,
      x: x_loc,
      y: y_loc,
    })),
  );
}
