/**
 * @file How each kind of object looks: parts in drawing order, in a box 48 wide and 52 high whose lower middle is
 * the origin (y upwards is negative). The body carries colour and pattern; everything else is trim.
 */
import type { BasicKind, Kind, Sense } from './attributes';
import { box, ellipse, type Paint, polygon } from './paint';
import { senseParts } from './senses';

/** One filled shape. `outline: false` keeps it out of the white rim that sets the object off from the scenery. */
export interface Part {
  d: string;
  fill: string;
  outline?: boolean;
}

const WOOD = '#8a5a33';
const GLASS = '#d6f0ff';
const INK = '#2b2b3a';
const CREAM = '#fff3d6';
const STEEL = '#9aa5b1';

/** The parts of an object of this kind in this paint. */
export function objectParts(kind: Kind, paint: Paint): Part[] {
  return kind in DRAW ? DRAW[kind as BasicKind](paint) : senseParts(kind as Sense, paint);
}

const inner = (d: string, fill: string): Part => ({ d, fill, outline: false });

const DRAW: Record<BasicKind, (paint: Paint) => Part[]> = {
  house: ({ body, dark }) => [
    { d: box(10, -47, 6, 16), fill: dark },
    { d: box(-18, -28, 36, 28), fill: body },
    { d: polygon(-24, -27, 0, -50, 24, -27), fill: dark },
    inner(box(-5, -16, 10, 16, 1), WOOD),
    inner(box(-15, -22, 8, 8), GLASS),
    inner(box(7, -22, 8, 8), GLASS),
    inner(ellipse(2.5, -8, 1), CREAM),
  ],
  tent: ({ body, dark, light }) => [
    { d: polygon(-25, 0, 0, -44, 25, 0), fill: body },
    inner(polygon(-8, 0, 0, -30, 8, 0), dark),
    inner(polygon(0, -30, 8, 0, 12, 0), light),
    { d: box(-0.9, -51, 1.8, 9), fill: WOOD },
    { d: polygon(1, -51, 10, -48, 1, -45), fill: dark },
  ],
  car: ({ body, dark }) => [
    { d: 'M-14 -16L-8 -30Q-7 -32 -4 -32H7Q10 -32 12 -29L18 -16Z', fill: dark },
    { d: 'M-25 -6V-14Q-25 -18 -20 -18H19Q25 -17 25 -11V-6Z', fill: body },
    inner(polygon(-9, -18, -5, -28, 1, -28, 1, -18), GLASS),
    inner(polygon(4, -18, 4, -28, 8, -28, 13, -18), GLASS),
    { d: ellipse(-14, -6, 6.5), fill: INK },
    { d: ellipse(14, -6, 6.5), fill: INK },
    inner(ellipse(-14, -6, 2.8), STEEL),
    inner(ellipse(14, -6, 2.8), STEEL),
    inner(ellipse(23, -12, 2), CREAM),
  ],
  umbrella: ({ body, dark, light }) => [
    { d: 'M-1.3 -40V-5Q-1.3 0 -6 0T-10.5 -5H-8Q-8 -2.4 -6 -2.4T-3.6 -5V-40Z', fill: WOOD },
    {
      d: 'M-25 -24Q-24 -49 0 -50Q24 -49 25 -24Q19 -30 12.5 -24Q6 -30 0 -24Q-6 -30 -12.5 -24Q-19 -30 -25 -24Z',
      fill: body,
    },
    inner('M-12.5 -24Q-10 -42 0 -50Q-4 -40 -2.5 -26Z', dark),
    inner('M12.5 -24Q10 -42 0 -50Q4 -40 2.5 -26Z', light),
    { d: box(-1, -53, 2, 4), fill: WOOD },
  ],
  balloon: ({ body, dark, light }) => [
    { d: polygon(-7, -17, -6, -8, -5, -8, -5.4, -17), fill: WOOD },
    { d: polygon(7, -17, 6, -8, 5, -8, 5.4, -17), fill: WOOD },
    { d: 'M0 -54Q22 -53 21 -33Q19 -22 8 -15H-8Q-19 -22 -21 -33Q-22 -53 0 -54Z', fill: body },
    inner(
      'M0 -54Q9 -50 9 -33Q8 -22 4 -15H-4Q-8 -22 -9 -33Q-9 -50 0 -54ZM0 -54Q-4 -48 -4.5 -33Q-4 -22 -2 -15H2Q4 -22 4.5 -33Q4 -48 0 -54Z',
      light,
    ),
    { d: box(-7, -9, 14, 9, 2), fill: '#b9824a' },
    inner(box(-7, -9, 14, 2.4), dark),
  ],
  rocket: ({ body, dark }) => [
    { d: polygon(-6, -9, 0, 3, 6, -9), fill: '#ffb52e' },
    { d: 'M-10 -22L-20 -6L-9 -9ZM10 -22L20 -6L9 -9Z', fill: dark },
    { d: 'M0 -54Q12 -42 11 -24L9 -7H-9L-11 -24Q-12 -42 0 -54Z', fill: body },
    inner('M0 -54Q6 -48 8.6 -40H-8.6Q-6 -48 0 -54Z', dark),
    inner(ellipse(0, -30, 5.4), CREAM),
    inner(ellipse(0, -30, 3.7), '#6cc0ea'),
  ],
  robot: ({ body, dark, light }) => [
    { d: box(-0.8, -51, 1.6, 8), fill: STEEL },
    { d: ellipse(0, -51, 2.4), fill: light },
    { d: box(-11, -45, 22, 16, 3), fill: body },
    { d: box(-21, -26, 6, 16, 3), fill: dark },
    { d: box(15, -26, 6, 16, 3), fill: dark },
    { d: box(-15, -28, 30, 21, 3), fill: body },
    { d: box(-11, -8, 8, 8, 1), fill: dark },
    { d: box(3, -8, 8, 8, 1), fill: dark },
    inner(ellipse(-5, -38, 3.2), CREAM),
    inner(ellipse(5, -38, 3.2), CREAM),
    inner(ellipse(-5, -38, 1.4), INK),
    inner(ellipse(5, -38, 1.4), INK),
    inner(box(-5, -33.4, 10, 1.6), INK),
  ],
  mushroom: ({ body, dark }) => [
    { d: 'M-7 -24Q-5 -12 -9 -3Q-8 0 0 0T9 -3Q5 -12 7 -24Z', fill: CREAM },
    { d: 'M-24 -22Q-22 -47 0 -47T24 -22Q12 -27 0 -24T-24 -22Z', fill: body },
    inner('M-24 -22Q-12 -29 0 -26T24 -22Q12 -25 0 -22T-24 -22Z', dark),
    inner(ellipse(-1, -6, 5, 1), '#e6d3ab'),
  ],
  flower: ({ body, dark }) => [
    { d: 'M-1.5 -30H1.5V0H-1.5Z', fill: '#3f7d3a' },
    { d: 'M0 -8Q-14 -8 -16 -18Q-4 -18 0 -8ZM0 -5Q13 -5 16 -14Q4 -16 0 -5Z', fill: '#4f9a46' },
    {
      d: [0, 60, 120, 180, 240, 300]
        .map((angle) => Math.PI * (angle / 180))
        .map((angle) => ellipse(round(11 * Math.sin(angle)), round(-35 - 11 * Math.cos(angle)), 7.6))
        .join(''),
      fill: body,
    },
    inner(ellipse(0, -35, 6.4), dark),
    inner(ellipse(0, -35, 4.6), '#ffe08a'),
  ],
  windmill: ({ body, dark }) => [
    { d: polygon(-9, -34, 9, -34, 14, 0, -14, 0), fill: body },
    { d: 'M-10 -33Q0 -47 10 -33Z', fill: dark },
    inner(box(-4, -12, 8, 12, 2), WOOD),
    { d: blades(), fill: '#f4ead2' },
    inner(ellipse(0, -35, 2.6), WOOD),
  ],
  tree: ({ body, dark, light }) => [
    { d: polygon(-4, 0, -3, -22, 3, -22, 4, 0), fill: WOOD },
    {
      d: `${ellipse(-10, -26, 12)}${ellipse(10, -26, 12)}${ellipse(0, -38, 14)}${ellipse(0, -26, 10)}`,
      fill: body,
    },
    inner(ellipse(-12, -24, 1.8), dark),
    inner(ellipse(8, -21, 1.8), dark),
    inner(ellipse(6, -38, 1.8), light),
    inner(ellipse(-6, -33, 1.8), dark),
  ],
  cat: ({ body, dark }) => [
    { d: 'M14 -4Q26 -6 24 -20Q22 -28 17 -26Q21 -20 19 -14Q17 -9 10 -8Z', fill: dark },
    { d: 'M-14 0Q-17 -24 0 -28Q17 -24 14 0Z', fill: body },
    { d: 'M-14 -32L-15 -49L-5 -42H5L15 -49L14 -32Q12 -22 0 -22T-14 -32Z', fill: body },
    inner(ellipse(-5.5, -34, 2.6, 3.2), '#e9f7a7'),
    inner(ellipse(5.5, -34, 2.6, 3.2), '#e9f7a7'),
    inner(ellipse(-5.5, -34, 1, 2.8), INK),
    inner(ellipse(5.5, -34, 1, 2.8), INK),
    inner(polygon(-2, -29.5, 2, -29.5, 0, -27), '#ff9aa8'),
    inner(`${box(-7, -4, 5, 4, 1.5)}${box(2, -4, 5, 4, 1.5)}`, dark),
  ],
};

/** Four sails at an angle, as one path. */
function blades(): string {
  return [20, 110, 200, 290]
    .map((angle) => Math.PI * (angle / 180))
    .map((angle) => {
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      const at = (along: number, across: number): number[] => [
        round(along * sin + across * cos),
        round(-35 - along * cos + across * sin),
      ];
      return polygon(
        ...at(2, -0.8),
        ...at(20, -0.8),
        ...at(20, 5),
        ...at(6, 5),
        ...at(6, 0.8),
        ...at(2, 0.8),
      );
    })
    .join('');
}

/** Two decimals: enough for a drawing, and equal on every machine. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
