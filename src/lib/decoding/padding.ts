/** @file Sizes to which batches are padded, so that few shapes are compiled. */

/** The first of `start`, 2·start, 4·start, … that is at least `value`. */
export function atLeast(start: number, value: number): number {
  let size = start;
  while (size < value) size *= 2;
  return size;
}

/** Least time axis of what is read whole, in tokens. */
export const SHORTEST = 16;
