/**
 * @file How the senses of ambiguous English words look: as in `objects.ts`, parts in drawing order in a box 48 wide
 * and 52 high whose lower middle is the origin (y upwards is negative). Sheep and fish are drawn once or thrice.
 */
import type { Sense } from './attributes';
import type { Part } from './objects';
import { box, ellipse, type Paint, polygon } from './paint';

const WOOD = '#8a5a33';
const INK = '#2b2b3a';
const CREAM = '#fff3d6';
const STEEL = '#9aa5b1';
const ROSE = '#ec9aa6';

/** The parts of this sense in this paint. */
export function senseParts(sense: Sense, paint: Paint): Part[] {
  return DRAW[sense](paint);
}

const inner = (d: string, fill: string): Part => ({ d, fill, outline: false });

const DRAW: Record<Sense, (paint: Paint) => Part[]> = {
  'bat-animal': ({ body, dark }) => [
    {
      d: 'M0 -30Q-8 -44 -26 -42Q-21 -35 -23 -24Q-17 -28 -14 -20Q-9 -25 -5 -16L0 -10L5 -16Q9 -25 14 -20Q17 -28 23 -24Q21 -35 26 -42Q8 -44 0 -30Z',
      fill: body,
    },
    { d: ellipse(0, -25, 5.5, 10), fill: dark },
    { d: `${polygon(-6, -38, -5.5, -49, 0, -41)}${polygon(6, -38, 5.5, -49, 0, -41)}`, fill: dark },
    { d: ellipse(0, -37, 6.2), fill: dark },
    inner(ellipse(-2.4, -38, 1.5) + ellipse(2.4, -38, 1.5), CREAM),
    inner(`${polygon(-2, -34, -0.6, -34, -1.3, -31)}${polygon(2, -34, 0.6, -34, 1.3, -31)}`, '#ffffff'),
  ],
  'bat-club': ({ body, dark }) => [
    { d: 'M-13 -3L-17 -6.5L6 -38Q13 -51 19 -49Q25 -45 17 -33Z', fill: body },
    inner('M-13 -3L-17 -6.5L-9 -17.5L-4.5 -14Z', dark),
    { d: ellipse(-16, -4, 3.6), fill: dark },
    { d: ellipse(14, -7, 7), fill: CREAM },
    inner('M9 -11.5Q13 -7 9 -2.5Q11 -7 9 -11.5ZM19 -11.5Q15 -7 19 -2.5Q17 -7 19 -11.5Z', '#cf3f3f'),
  ],
  'crane-machine': ({ body, dark, light }) => [
    { d: box(-13, -5, 26, 5, 1), fill: dark },
    { d: box(-5, -42, 10, 38), fill: body },
    inner(polygon(-3.4, -8, 3.4, -17, 3.4, -14.5, -3.4, -5.5), light),
    inner(polygon(-3.4, -20, 3.4, -29, 3.4, -26.5, -3.4, -17.5), light),
    { d: polygon(-2, -47, 0, -54, 2, -47), fill: dark },
    { d: box(-20, -48, 46, 5), fill: body },
    { d: box(-22, -47, 9, 10), fill: dark },
    { d: box(-6, -43, 12, 9, 1), fill: dark },
    inner(box(-1, -41, 5, 5), '#d6f0ff'),
    { d: box(19.4, -43, 1.2, 17), fill: INK },
    { d: box(13, -27, 14, 9), fill: WOOD },
  ],
  'crane-bird': ({ body, dark }) => [
    { d: box(-4, -20, 1.6, 20), fill: INK },
    { d: box(2.4, -20, 1.6, 20), fill: INK },
    { d: 'M-10 -29Q-24 -28 -26 -13Q-17 -16 -8 -18Z', fill: dark },
    { d: 'M7 -29Q15 -35 9 -44Q7 -51 13 -52Q18 -52 18 -47.5Q14.5 -46 16 -41Q20 -29 10 -19Z', fill: body },
    { d: ellipse(-1, -24, 14.5, 8.5), fill: body },
    { d: polygon(17, -50, 27, -46.5, 17, -46.2), fill: '#e3a21a' },
    inner('M9 -48Q9 -53 14 -52.4Q17 -52 17.4 -50Q13 -51 9 -48Z', '#d8323c'),
    inner(ellipse(14.2, -48.4, 1), '#ffffff'),
    inner('M-13 -27Q0 -32 9 -25Q0 -17 -11 -20Q-15 -23 -13 -27Z', dark),
  ],
  'letter-post': ({ body, dark, light }) => [
    { d: box(-25, -37, 50, 34, 2), fill: body },
    inner(polygon(-25, -4, -4, -22, 4, -22, 25, -4), light),
    inner(polygon(-25, -36.5, 0, -14, 25, -36.5), dark),
    inner(ellipse(0, -18, 4.4), '#c8332b'),
    inner(ellipse(0, -18, 2.4), '#e86a5f'),
  ],
  'letter-character': ({ body, dark }) => [
    { d: box(-22, -46, 44, 46, 5), fill: dark },
    { d: box(-22, -48, 44, 44, 5), fill: body },
    inner('M-15 -9L-4.5 -43H4.5L15 -9H7.5L5.2 -17H-5.2L-7.5 -9ZM-3.4 -23H3.4L0 -35Z', CREAM),
  ],
  'bow-weapon': ({ body, dark }) => [
    { d: 'M8 -53Q-27 -26 8 1L11 -1Q-13 -26 11 -51Z', fill: body },
    { d: box(8.6, -51, 1, 50), fill: INK },
    { d: box(-22, -27, 44, 2.2), fill: WOOD },
    { d: polygon(-27, -26, -18, -30.5, -18, -21.5), fill: STEEL },
    { d: polygon(15, -26, 19, -31, 26, -31, 22, -26, 26, -21, 19, -21), fill: dark },
    inner(box(-11, -30, 5, 8, 2), dark),
  ],
  'bow-ribbon': ({ body, dark, light }) => [
    { d: 'M-2 -28L-17 -2L-9 -5L-6 0L3 -26ZM2 -28L17 -2L9 -5L6 0L-3 -26Z', fill: dark },
    { d: 'M0 -31Q-13 -49 -24 -45Q-28 -31 -24 -17Q-13 -15 0 -31Z', fill: body },
    { d: 'M0 -31Q13 -49 24 -45Q28 -31 24 -17Q13 -15 0 -31Z', fill: body },
    inner('M-6 -31Q-16 -39 -21 -38Q-14 -34 -6 -31ZM6 -31Q16 -39 21 -38Q14 -34 6 -31Z', light),
    { d: box(-5.5, -37, 11, 12, 3.5), fill: dark },
  ],
  'fan-electric': ({ body, dark }) => [
    { d: 'M-13 0Q-13 -5 0 -6Q13 -5 13 0Z', fill: dark },
    { d: box(-2, -16, 4, 12), fill: STEEL },
    { d: ellipse(0, -33, 20), fill: body },
    inner(ellipse(0, -33, 16.5), CREAM),
    inner(petals(3, 15), dark),
    inner(ellipse(0, -33, 3.4), INK),
  ],
  'fan-hand': ({ body, dark }) => [
    { d: 'M0 -5L-26 -30Q-15 -49 0 -49Q15 -49 26 -30Z', fill: body },
    inner('M0 -5L-13 -17.5Q0 -29 13 -17.5Z', WOOD),
    inner([-40, -24, -8, 8, 24, 40].map((angle) => spoke(angle, 41)).join(''), dark),
    { d: ellipse(0, -5, 3.8), fill: WOOD },
  ],
  'mouse-animal': ({ body, dark }) => [
    { d: 'M15 -10Q27 -8 24 -24Q22 -31 17 -33L18.5 -35Q25 -33 27 -24Q30 -4 15 -5Z', fill: ROSE },
    { d: ellipse(3, -13, 17, 13), fill: body },
    { d: 'M-27 -9Q-21 -27 -7 -27L0 -4Q-18 -2 -27 -9Z', fill: body },
    { d: ellipse(-8, -28, 7.4), fill: dark },
    inner(ellipse(-8, -28, 4.6), ROSE),
    inner(ellipse(-17.5, -15, 2.4), '#ffffff'),
    inner(ellipse(-17.9, -15, 1.5), INK),
    { d: ellipse(-26.4, -10, 2.2), fill: ROSE },
    inner(box(-9, -3, 7, 3, 1.5) + box(8, -3, 7, 3, 1.5), ROSE),
  ],
  'mouse-computer': ({ body, dark, light }) => [
    { d: 'M-1.4 -42Q-2 -54 9 -52T25 -55V-52.4Q17 -50 9 -49.4T1.4 -42Z', fill: INK },
    { d: 'M-16 -20Q-16 -44 0 -44T16 -20V-14Q16 0 0 0T-16 -14Z', fill: body },
    inner('M-16 -25Q0 -20 16 -25V-22.6Q0 -17.6 -16 -22.6Z', dark),
    inner(box(-0.8, -44, 1.6, 22), dark),
    inner(box(-2.8, -38, 5.6, 11, 2.6), CREAM),
    inner(ellipse(0, -8, 4, 2), light),
  ],
  'key-door': ({ body, dark }) => [
    { d: box(-4, -28, 30, 6), fill: body },
    { d: box(12, -23, 5, 11), fill: body },
    { d: box(20, -23, 5, 8), fill: body },
    { d: ellipse(-13, -25, 13), fill: body },
    inner(ellipse(-13, -25, 9), dark),
    inner(ellipse(-14, -25, 5.4), CREAM),
  ],
  'key-keyboard': ({ body, dark }) => [
    { d: polygon(-25, -2, -18, -44, 18, -44, 25, -2), fill: dark },
    { d: box(-18, -46, 36, 34, 5), fill: body },
    inner('M10 -40V-25H-4V-20L-13 -28L-4 -36V-31H4V-40Z', CREAM),
  ],
  'palm-tree': ({ body, dark }) => [
    { d: 'M-5 0Q-8 -20 0 -38L5 -37Q0 -20 5 0Z', fill: WOOD },
    inner('M-6 -8L4 -10V-8.4L-6 -6.4ZM-5.4 -18L2.6 -20V-18.4L-5.4 -16.4Z', '#6c4526'),
    {
      d: 'M3 -39Q-9 -54 -25 -40Q-22 -37 -21 -33Q-11 -42 3 -35ZM3 -39Q14 -56 27 -42Q24 -39 24 -35Q13 -43 3 -35ZM3 -38Q-10 -38 -19 -22Q-15 -22 -13 -18Q-6 -30 4 -34ZM3 -38Q15 -38 22 -22Q18 -22 16 -18Q11 -30 2 -34ZM2 -37Q-4 -52 6 -55Q7 -52 12 -51Q9 -44 5 -36Z',
      fill: body,
    },
    inner(ellipse(0, -34, 2.8) + ellipse(5.4, -33, 2.8), dark),
  ],
  'palm-hand': ({ body, dark, light }) => [
    {
      d:
        box(-13, -45, 6, 28, 3) +
        box(-6.4, -52, 6, 32, 3) +
        box(0.2, -50, 6, 30, 3) +
        box(6.8, -44, 5.6, 26, 2.8) +
        box(-13, -28, 25.4, 26, 8),
      fill: body,
    },
    { d: 'M6 -6Q21 -14 25 -28Q22 -34 18 -28Q15 -22 7 -22Z', fill: body },
    inner('M-9 -15Q0 -23 9 -20Q0 -20 -8 -13ZM-8 -9Q-1 -17 7 -15Q0 -14 -7 -7Z', light),
    { d: box(-11, -5, 22, 5.4, 1), fill: dark },
  ],
  'nut-food': ({ body, dark, light }) => [
    { d: 'M-18 -24Q-20 -4 0 0Q20 -4 18 -24Q9 -34 0 -34T-18 -24Z', fill: body },
    inner('M-11 -20Q-12 -10 -5 -5Q-8 -12 -7 -20Z', light),
    { d: 'M-22 -24Q-19 -43 0 -44Q19 -43 22 -24Q11 -29 0 -26Q-11 -29 -22 -24Z', fill: dark },
    { d: 'M-2 -43Q-3 -49 3 -53L6 -51Q2 -48 2.4 -43Z', fill: WOOD },
  ],
  'nut-metal': ({ body, dark }) => [
    { d: polygon(-25, -22, -12.5, -43.6, 12.5, -43.6, 25, -22, 12.5, -0.4, -12.5, -0.4), fill: body },
    inner(polygon(-25, -22, -12.5, -0.4, 12.5, -0.4, 25, -22, 21, -22, 10.5, -4, -10.5, -4, -21, -22), dark),
    inner(ellipse(0, -22, 12), STEEL),
    inner(ellipse(0, -22, 9.4), INK),
    inner('M-9 -24Q0 -20 9 -24V-22Q0 -18 -9 -22ZM-9 -18Q0 -14 9 -18V-16Q0 -12 -9 -16Z', STEEL),
  ],
  'sheep-one': (paint) => sheep(0, 0, 1, paint),
  'sheep-many': (paint) => [
    ...sheep(-12, -25, 0.52, paint),
    ...sheep(13, -20, 0.52, paint),
    ...sheep(-3, 0, 0.58, paint),
  ],
  'fish-one': (paint) => fish(0, -24, 1, paint),
  'fish-many': (paint) => [
    ...fish(-8, -44, 0.5, paint),
    ...fish(9, -27, 0.5, paint),
    ...fish(-7, -10, 0.5, paint),
  ],
};

function sheep(x: number, y: number, s: number, { body, dark, light }: Paint): Part[] {
  const at = (cx: number, cy: number, r: number): string =>
    ellipse(round(x + s * cx), round(y + s * cy), round(s * r));
  const leg = (cx: number): string =>
    box(round(x + s * cx), round(y - s * 10), round(s * 3.6), round(s * 10));
  const wool = [-12, -4, 5, 13].map((cx) => at(cx, -28, 8)).join('');
  return [
    { d: [-11, -5, 6, 12].map(leg).join(''), fill: INK },
    {
      d: `${wool}${at(-14, -19, 8)}${at(-4, -15, 9)}${at(6, -15, 9)}${at(15, -20, 8)}${at(0, -22, 11)}`,
      fill: body,
    },
    inner(at(4, -22, 3) + at(11, -25, 2.6) + at(-2, -28, 2.6), light),
    { d: ellipse(round(x - s * 20), round(y - s * 27), round(s * 5.6), round(s * 7.6)), fill: dark },
    { d: at(-14, -33, 3), fill: dark },
    { d: at(-20, -34, 4.4), fill: body },
    inner(at(-22, -28, 1.4), CREAM),
  ];
}

function fish(x: number, y: number, s: number, { body, dark, light }: Paint): Part[] {
  const at = (...points: number[]): string =>
    polygon(...points.map((value, i) => round((i % 2 === 0 ? x : y) + s * value)));
  const spot = (cx: number, cy: number, rx: number, ry = rx): string =>
    ellipse(round(x + s * cx), round(y + s * cy), round(s * rx), round(s * ry));
  return [
    { d: at(12, 0, 26, -13, 23, 0, 26, 13), fill: dark },
    { d: at(-8, -10, 4, -19, 9, -8), fill: dark },
    { d: spot(-4, 0, 20, 13), fill: body },
    inner(at(-4, 2, 6, 9, 5, 1), dark),
    inner(spot(-15, -3, 3.2), '#ffffff'),
    inner(spot(-15.6, -3, 1.8), INK),
    inner(spot(-4, 8, 9, 2.4), light),
  ];
}

/** `count` blades of length `r` around (0, −33). */
function petals(count: number, r: number): string {
  return Array.from({ length: count }, (_, i) => {
    const at = turned(0, -33, (360 / count) * i);
    const [ax, ay] = at(-2, -33 - 0.75 * r);
    const [bx, by] = at(0.3 * r, -33 - 1.15 * r);
    const [cx, cy] = at(0.75 * r, -33 - 0.7 * r);
    const [dx, dy] = at(0.5 * r, -33 - 0.2 * r);
    return `M0 -33Q${ax} ${ay} ${bx} ${by}Q${cx} ${cy} ${cx} ${cy}Q${dx} ${dy} 0 -33Z`;
  }).join('');
}

/** A thin rib from (0, −5) upwards, turned by `angle` degrees. */
function spoke(angle: number, length: number): string {
  const at = turned(0, -5, angle);
  return polygon(...at(-0.3, -5), ...at(-0.7, -5 - length), ...at(0.7, -5 - length), ...at(0.3, -5));
}

function turned(ox: number, oy: number, degrees: number): (x: number, y: number) => [number, number] {
  const [sin, cos] = [Math.sin((Math.PI * degrees) / 180), Math.cos((Math.PI * degrees) / 180)];
  return (x, y) => [round(ox + (x - ox) * cos - (y - oy) * sin), round(oy + (x - ox) * sin + (y - oy) * cos)];
}

/** Two decimals: enough for a drawing, and equal on every machine. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
