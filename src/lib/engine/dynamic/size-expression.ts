/**
 * @file How a number in a graph follows from the dimensions left open. A function is recorded at several sizes; what is
 * 33, 95, 133 and 253 at batches of 3, 5, 7, 11 and lengths of 11, 19, 19, 23 is batch · length. Of the form
 *
 *     (constant + factor · Σ sum) · Π product
 *
 * where sum and product are dimensions by name: enough for shapes, ends of slices and starts of ranges.
 */

/** The size of each open dimension in one trace. */
export type Sizes = Readonly<Record<string, number>>;

export interface SizeExpression {
  readonly constant: number;
  readonly factor: number;
  readonly sum: readonly string[];
  readonly product: readonly string[];
}

/** The simplest expression that gives `values[k]` at `sizes[k]` for every trace k; `null` where none of the form does. */
export function fitSize(values: readonly number[], sizes: readonly Sizes[]): SizeExpression | null {
  const linear = fitLinear(values, sizes);
  if (linear) return linear;
  for (const dimension of Object.keys(sizes[0] ?? {})) {
    const quotients = values.map((value, k) => value / ((sizes[k] as Sizes)[dimension] as number));
    if (!quotients.every(Number.isInteger)) continue;
    const rest = fitSize(quotients, sizes);
    if (rest) return { ...rest, product: [...rest.product, dimension] };
  }
  return null;
}

/** Whether it is the same number at all sizes. */
export function isFixed({ factor, product }: SizeExpression): boolean {
  return factor === 0 && product.length === 0;
}

/** The dimension, or sum of dimensions, that it is; `null` where it is more than that. */
export function dimensionName({ constant, factor, sum, product }: SizeExpression): string | null {
  if (constant === 0 && factor === 1 && product.length === 0) return sum.join(' + ');
  if (constant === 1 && factor === 0 && product.length === 1) return product[0] as string;
  return null;
}

function fitLinear(values: readonly number[], sizes: readonly Sizes[]): SizeExpression | null {
  const [first] = values as [number];
  if (values.every((value) => value === first)) return { constant: first, factor: 0, sum: [], product: [] };
  for (const sum of sums(Object.keys(sizes[0] ?? {}))) {
    const totals = sizes.map((size) =>
      sum.reduce((total, dimension) => total + (size[dimension] as number), 0),
    );
    const factor = ((values[1] as number) - first) / ((totals[1] as number) - (totals[0] as number));
    const constant = first - factor * (totals[0] as number);
    const fits = values.every((value, k) => value === constant + factor * (totals[k] as number));
    if (Number.isInteger(factor) && Number.isInteger(constant) && fits) {
      return { constant, factor, sum, product: [] };
    }
  }
  return null;
}

/** Each dimension, and each pair of them. */
function sums(dimensions: readonly string[]): string[][] {
  const pairs = dimensions.flatMap((a, i) => dimensions.slice(i + 1).map((b) => [a, b]));
  return [...dimensions.map((dimension) => [dimension]), ...pairs];
}

/** Sizes of the traces: distinct, and in no simple relation to each other. */
const TRACES = [
  [3, 5, 7, 11],
  [13, 19, 17, 23],
  [29, 41, 31, 37],
  [43, 59, 53, 47],
] as const;

/** For dimensions that must stay small. */
const SMALL_TRACES = [
  [4, 2, 5, 3],
  [3, 6, 2, 5],
] as const;

/**
 * Sizes at which to record, four each. `most` bounds a dimension. Throws a `RangeError` where a bound leaves too few
 * sizes, or there are more dimensions than this can tell apart.
 */
export function traceSizes(most: Readonly<Record<string, number>>): Sizes[] {
  const dimensions = Object.keys(most).sort((a, b) => (most[a] as number) - (most[b] as number));
  const free: (readonly number[])[] = [...TRACES];
  const small: (readonly number[])[] = [...SMALL_TRACES];
  const chosen = new Map<string, readonly number[]>();
  for (const dimension of dimensions) {
    const bound = most[dimension] as number;
    const from = free.some((sizes) => Math.max(...sizes) <= bound) ? free : small;
    const at = from.findIndex((sizes) => Math.max(...sizes) <= bound);
    if (at < 0) throw new RangeError(`the dimension ${dimension} of at most ${bound} cannot be left open`);
    chosen.set(dimension, from.splice(at, 1)[0] as readonly number[]);
  }
  return [0, 1, 2, 3].map((k) =>
    Object.fromEntries(
      Object.keys(most).map((dimension) => [dimension, chosen.get(dimension)?.[k] as number]),
    ),
  );
}
