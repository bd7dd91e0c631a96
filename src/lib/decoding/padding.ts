/** @file Rows of unequal lengths in one rectangle, padded to sizes that come again, so that few shapes are compiled. */
import { tf } from '../engine';

/** Least time axis of what is read whole, in tokens. */
const SHORTEST = 16;

/** The first of `start`, 2·start, 4·start, … that is at least `value`. */
export function atLeast(start: number, value: number): number {
  let size = start;
  while (size < value) size *= 2;
  return size;
}

/** T' of texts of these lengths: 16, 32, 64, … and at most `longest`. */
export function paddedTime(lengths: readonly number[], longest: number): number {
  return Math.min(longest, atLeast(SHORTEST, Math.max(...lengths)));
}

/** Rows of ids, each at most `longest`, padded on the right: `ids` and `mask` [B', T'] int32. Rows of padding are empty. */
export function paddedRows(
  rows: readonly (readonly number[])[],
  longest: number,
): { ids: tf.Tensor2D; mask: tf.Tensor2D; batch: number; time: number } {
  const time = paddedTime(
    rows.map(({ length }) => length),
    longest,
  );
  const batch = atLeast(1, rows.length);
  const [ids, mask] = [new Int32Array(batch * time), new Int32Array(batch * time)];
  for (const [i, row] of rows.entries()) {
    ids.set(row, i * time);
    mask.fill(1, i * time, i * time + row.length);
  }
  const tensor = (values: Int32Array) => tf.tensor2d(values, [batch, time], 'int32');
  return { ids: tensor(ids), mask: tensor(mask), batch, time };
}
