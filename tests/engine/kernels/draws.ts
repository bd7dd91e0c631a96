/** @file Ranges from which the inputs of kernel cases are drawn, and shapes of random size. */
import { Generator } from '../../../src/lib/random';
import type { CaseInput, Draw } from './harness';

export const between =
  (low: number, high: number): Draw =>
  (generator) =>
    low + (high - low) * generator.uniform();

/** Of either sign, at least `gap` from 0: where a function has a kink there. */
export const awayFromZero =
  (gap = 0.1, high = 2): Draw =>
  (generator) =>
    (generator.integer(2) ? 1 : -1) * (gap + (high - gap) * generator.uniform());

/** Whole numbers from `low` to `high`, both included. */
export const wholeBetween =
  (low: number, high: number): Draw =>
  (generator) =>
    low + generator.integer(high - low + 1);

/** All different by 0.3 or more, in random order: no two change places within a finite difference. */
export function apart(size: number): Draw {
  const generator = new Generator(2, 'order', size);
  const order = generator.shuffle(Array.from({ length: size }, (_, i) => i));
  return (g, index) => 0.35 * ((order[index] as number) - size / 2) + 0.05 * g.uniform();
}

export const listed =
  (...values: number[]): Draw =>
  (_, index) =>
    values[index % values.length] as number;

export const float = (shape: number[], draw?: Draw): CaseInput => ({ shape, ...(draw ? { draw } : {}) });
export const whole = (shape: number[], draw?: Draw): CaseInput => ({
  shape,
  dtype: 'int32',
  ...(draw ? { draw } : {}),
});
export const truth = (shape: number[], draw?: Draw): CaseInput => ({
  shape,
  dtype: 'bool',
  ...(draw ? { draw } : {}),
});

/** `rank` sizes from 1 to `largest`, the same for the same purpose. */
export function randomShape(rank: number, purpose: string, largest = 5): number[] {
  const generator = new Generator(1, 'shape', purpose);
  return Array.from({ length: rank }, () => 1 + generator.integer(largest));
}

/** Pairs of shapes that broadcast: equal, with a scalar, along rows and columns, across ranks, with no element. */
export function broadcastPairs(purpose: string): [string, number[], number[]][] {
  const [a, b, c] = randomShape(3, purpose).map((size) => size + 1) as [number, number, number];
  return [
    ['equal', [a, b], [a, b]],
    ['scalar', [a, b, c], []],
    ['scalar first', [], [b]],
    ['crossed', [a, 1, c], [b, 1]],
    ['rank 4', [a, b, c, 2], [1, c, 1]],
    ['empty', [0, b], [1, b]],
  ];
}
