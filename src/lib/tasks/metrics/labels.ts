/** @file What the classification metrics share: labels as text, their order, and the check that lists pair up. */
import { InputError } from '../../errors';

/** A class label. Labels are compared by their text: `1` and `'1'` are the same label. */
export type Label = string | number | boolean;

/** Throws an `InputError` unless there is one prediction for each reference and at least one pair. */
export function assertPaired(
  metric: string,
  predictions: ArrayLike<unknown>,
  references: ArrayLike<unknown>,
) {
  if (predictions.length !== references.length) {
    throw new InputError(
      `${metric}: ${predictions.length} predictions for ${references.length} references; give one prediction a reference, in the same order`,
    );
  }
  if (references.length === 0) throw new InputError(`${metric}: no records; a mean over none is undefined`);
}

/** Distinct labels as text: numbers in numeric order if all are numbers, else by code point as in Python. */
export function distinctLabels(...lists: readonly (readonly Label[])[]): string[] {
  const seen = new Set<string>();
  for (const list of lists) for (const label of list) seen.add(String(label));
  const all = [...seen];
  const numeric = all.every((label) => label.trim() !== '' && Number.isFinite(Number(label)));
  return numeric ? all.sort((a, b) => Number(a) - Number(b)) : all.sort(byCodePoint);
}

/** Order of two strings by Unicode code point: the same on every machine, unlike `localeCompare`. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const right = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  const at = left.findIndex((point, i) => point !== right[i]);
  if (at < 0 || at >= right.length) return left.length - right.length;
  return (left[at] as number) - (right[at] as number);
}

/** a / b, and 0 where b is 0 (scikit-learn's `zero_division=0`). */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
