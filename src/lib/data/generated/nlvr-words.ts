/**
 * @file The words that NLVR-like sentences are made of, each with its meaning: quantities (`at least two`), walls
 * (`touching the base`) and things (`black squares not touching any edge`).
 */
import type { Generator } from '../../random';
import { NLVR_COLOURS, NLVR_SHAPES, type NlvrItem } from './nlvr-scene';

export type Test = (item: NlvrItem) => boolean;

export interface Quantity {
  text: string;
  plural: boolean;
  holds: (count: number) => boolean;
}

/** What things: `black squares touching the edge`. */
export interface Things {
  /** Before the noun, the noun in both numbers, after it. */
  singular: string;
  plural: string;
  test: Test;
}

export const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six'];

export function quantity(generator: Generator, most = 3): Quantity {
  const n = 1 + generator.integer(most);
  const number = generator.uniform() < 0.5 ? String(n) : (NUMBERS[n] as string);
  const kinds: Quantity[] = [
    { text: `exactly ${number}`, plural: n > 1, holds: (count) => count === n },
    { text: `at least ${number}`, plural: n > 1, holds: (count) => count >= n },
    { text: `only ${number}`, plural: n > 1, holds: (count) => count === n },
    { text: `at most ${number}`, plural: n > 1, holds: (count) => count <= n },
  ];
  return generator.choice(kinds);
}

export const name = ({ singular, plural }: Things, { plural: many }: Quantity): string =>
  many ? plural : singular;
export const be = ({ plural }: Quantity): string => (plural ? 'are' : 'is');
export const article = (phrase: string): string => (/^[aeiou]/.test(phrase) ? `an ${phrase}` : `a ${phrase}`);

/** Walls that a thing touches. */
export const WALLS: readonly [string, Test][] = [
  ['touching the edge', ({ x, y, size }) => x <= 0 || y <= 0 || x + size >= 100 || y + size >= 100],
  ['touching the wall', ({ x, y, size }) => x <= 0 || y <= 0 || x + size >= 100 || y + size >= 100],
  ['touching the base', ({ y, size }) => y + size >= 100],
  ['touching the top', ({ y }) => y <= 0],
  ['touching the right wall', ({ x, size }) => x + size >= 100],
  ['touching the left wall', ({ x }) => x <= 0],
];
const [EDGE] = WALLS as [[string, Test]];

/** Things by colour, shape or both, at times by the wall; `plain` never by the wall. */
export function things(generator: Generator, noun: readonly string[], plain = false): Things {
  const colour = generator.uniform() < 0.7 ? generator.choice(NLVR_COLOURS) : null;
  const shape = noun.length > 0 || generator.uniform() < 0.3 ? null : generator.choice(NLVR_SHAPES);
  const word = shape ?? generator.choice(noun.length > 0 ? noun : ['item', 'object']);
  const draw = plain ? 1 : generator.uniform();
  const [place, there] = generator.choice(WALLS);
  const [phrase, wall]: [string, Test] =
    draw < 0.2
      ? [` ${place}`, there]
      : draw < 0.3
        ? [' not touching any edge', (item) => !EDGE[1](item)]
        : ['', () => true];
  const before = colour ? `${colour} ` : '';
  return {
    singular: `${before}${word}${phrase}`,
    plural: `${before}${word}s${phrase}`,
    test: (item) => (!colour || item.colour === colour) && (!shape || item.shape === shape) && wall(item),
  };
}
