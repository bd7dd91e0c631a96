/** @file What rules ask of their settings: each refusal names the setting, the value and the mend. */

/** Throws a `RangeError` unless `isRight`: `expected` says what would be. */
export function expect(isRight: boolean, name: string, value: unknown, expected: string): void {
  if (!isRight) throw new RangeError(`${name}: expected ${expected}, got ${String(value)}`);
}

/** A whole number ≥ `least`. */
export function expectWhole(name: string, value: number, least: number, hint = ''): void {
  expect(Number.isInteger(value) && value >= least, name, value, `a whole number ≥ ${least}${hint}`);
}

/** Whole numbers ≥ 0, none twice or more does no harm. */
export function expectIds(name: string, ids: readonly number[]): void {
  for (const id of ids) expect(Number.isInteger(id) && id >= 0, name, id, 'token ids, whole numbers ≥ 0');
}

/** Throws a `RangeError` where a rule speaks of a token that the vocabulary lacks. */
export function expectInVocabulary(rule: string, id: number, size: number): void {
  expect(id < size, rule, id, `ids below ${size}, the size of the vocabulary`);
}
