/**
 * @file The order of an epoch in which records of one picture stand together, so that a batch looks at each of its pictures
 * once for several records. A pure function of its arguments, as `epochOrder` is.
 */
import { Generator } from '../random';

/**
 * Row numbers in runs of `size`, each of rows with equal numbers in `pictures` [count]. Runs and rows are shuffled; a picture
 * whose records `size` does not divide gets its last run filled with others of its records, which so come twice in an epoch.
 */
export function orderByPicture(
  pictures: ArrayLike<number>,
  size: number,
  seed: number,
  epoch: number,
): Int32Array {
  const generator = new Generator(seed, 'order by picture', epoch);
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < pictures.length; row++) {
    const picture = pictures[row] as number;
    const rows = rowsOf.get(picture);
    if (rows) rows.push(row);
    else rowsOf.set(picture, [row]);
  }
  const runs: number[][] = [];
  for (const own of rowsOf.values()) {
    const rows = generator.shuffle(own);
    for (let start = 0; start < rows.length; start += size) {
      runs.push(Array.from({ length: size }, (_, i) => rows[(start + i) % rows.length] as number));
    }
  }
  return Int32Array.from(generator.shuffle(runs).flat());
}
