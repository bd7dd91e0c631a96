/** @file The same model under other words: further ids before every prompt (ICD's disturbance), or another prompt in its place. */
import { InputError } from '../../errors';
import type { ContextRow, NextTokenLogits } from '../next-token-logits';
import { PromptLengths } from '../prompt-lengths';

/** Throws an `InputError` where the prefix leaves no room for a prompt. */
export function withPrefix(model: NextTokenLogits, prefix: readonly number[]): NextTokenLogits {
  const room = model.longestPrompt ?? model.maxLength;
  if (prefix.length >= room) {
    throw new InputError(
      `a prefix of ${prefix.length} tokens leaves no room in a context of ${room}: shorten it`,
    );
  }
  const apart = model.longestPrompt;
  const bounds =
    apart === undefined
      ? { maxLength: model.maxLength - prefix.length, slides: false }
      : { maxLength: model.maxLength, slides: model.slides, longestPrompt: apart - prefix.length };
  return reading(model, bounds, ({ ids }) => [...prefix, ...ids]);
}

/** What is written stands behind `prompts[source]` in place of the prompt: the negative prompt of classifier-free guidance. */
export function withPrompts(
  model: NextTokenLogits,
  prompts: readonly (readonly number[])[],
): NextTokenLogits {
  const lengths = new PromptLengths();
  const { maxLength, slides, longestPrompt } = model;
  return reading(
    model,
    { maxLength, slides, longestPrompt },
    (row) => {
      const written = lengths.written(row);
      return [...(prompts[row.source] as readonly number[]), ...row.ids.slice(row.ids.length - written)];
    },
    (rows) => lengths.note(rows),
  );
}

function reading(
  model: NextTokenLogits,
  bounds: Pick<NextTokenLogits, 'maxLength' | 'slides' | 'longestPrompt'>,
  idsOf: (row: ContextRow) => readonly number[],
  note: (rows: readonly ContextRow[]) => void = () => {},
): NextTokenLogits {
  const others = (rows: readonly ContextRow[]) => {
    note(rows);
    return rows.map((row) => ({ ...row, ids: idsOf(row) }));
  };
  const withStates = model.nextWithStates?.bind(model);
  return {
    vocabularySize: model.vocabularySize,
    ...bounds,
    next: (rows) => model.next(others(rows)),
    ...(withStates ? { nextWithStates: (rows, which) => withStates(others(rows), which) } : {}),
  };
}
