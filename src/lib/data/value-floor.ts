/**
 * @file The text-only floor of a regression: the least mean squared error that any function of the text alone can have on
 * these very records. For each distinct text the best number is the mean of its values, so
 *
 *     floor = (1/N)·Σ_text Σ (y − mean of the text's y)²
 *
 * Worked: "a" with 1 and 3, "b" with 5: floor = (1 + 1 + 0)/3 = 2/3; always guessing the mean 3 gives 8/3.
 */
import type { RegressionRecord } from './records';

export interface ValueFloor {
  /** Records counted. */
  records: number;
  /** Distinct texts. */
  texts: number;
  /** Least mean squared error from the text alone; NaN without records. */
  mse: number;
  /** Mean squared error of always guessing the mean. */
  variance: number;
  /** Records whose text comes with two values or more, and the floor over these: where only a picture can help. */
  ambiguousRecords: number;
  /** NaN where there are none. */
  ambiguousMse: number;
}

/** The floor of `records`. */
export function valueFloor(records: readonly Pick<RegressionRecord, 'text' | 'value'>[]): ValueFloor {
  const valuesOf = new Map<string, number[]>();
  for (const { text, value } of records) valuesOf.set(text, [...(valuesOf.get(text) ?? []), value]);
  const groups = [...valuesOf.values()];
  const ambiguous = groups.filter((values) => new Set(values).size > 1);
  const count = (some: readonly number[][]): number => some.reduce((sum, values) => sum + values.length, 0);
  const mean = (some: readonly number[][]): number =>
    some.reduce((sum, values) => sum + squares(values), 0) / count(some);
  return {
    records: records.length,
    texts: groups.length,
    mse: mean(groups),
    variance: squares(records.map(({ value }) => value)) / records.length,
    ambiguousRecords: count(ambiguous),
    ambiguousMse: mean(ambiguous),
  };
}

/** Σ (y − mean)² */
function squares(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
