/** @file How many rows a model was asked to read: what a way of decoding costs, whatever the machine. */
import type { ContextRow, NextTokenLogits } from '../next-token-logits';

export interface CountedLogits extends NextTokenLogits {
  /** Forward passes of one row so far. */
  readonly passes: number;
  /** Those of one prompt's rows. */
  passesOf(source: number): number;
}

export function counted(model: NextTokenLogits): CountedLogits {
  let passes = 0;
  const bySource = new Map<number, number>();
  const count = <T>(rows: readonly ContextRow[], ask: () => Promise<T>): Promise<T> => {
    passes += rows.length;
    for (const { source } of rows) bySource.set(source, (bySource.get(source) ?? 0) + 1);
    return ask();
  };
  const withStates = model.nextWithStates?.bind(model);
  return {
    get passes() {
      return passes;
    },
    passesOf: (source) => bySource.get(source) ?? 0,
    vocabularySize: model.vocabularySize,
    maxLength: model.maxLength,
    slides: model.slides,
    longestPrompt: model.longestPrompt,
    next: (rows) => count(rows, () => model.next(rows)),
    ...(withStates ? { nextWithStates: (rows, which) => count(rows, () => withStates(rows, which)) } : {}),
  };
}
