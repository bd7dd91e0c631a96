/** @file Shape checks at the public doors: a mistake is named with the shape expected and the shape found. */
import type { tf } from '../engine';

/** A size that must match, or `null` (or a letter such as `'T'`) where any size will do. */
export type ExpectedSize = number | string | null;

/**
 * Throws unless `tensor` has the expected shape: `assertShape(x, ['B', 'T', 768], 'linear input')`. Equal
 * letters must stand for equal sizes.
 */
export function assertShape(tensor: tf.Tensor, expected: readonly ExpectedSize[], where: string): void {
  const letters = new Map<string, number>();
  const fits =
    tensor.shape.length === expected.length &&
    expected.every((size, axis) => {
      const actual = tensor.shape[axis] as number;
      if (size === null) return true;
      if (typeof size === 'number') return size === actual;
      const known = letters.get(size);
      letters.set(size, known ?? actual);
      return known === undefined || known === actual;
    });
  if (fits) return;
  const wanted = expected.map((size) => size ?? '?').join(', ');
  throw new RangeError(`${where}: expected shape [${wanted}], got [${tensor.shape.join(', ')}]`);
}
