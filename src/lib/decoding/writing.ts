/**
 * @file What every strategy shares: how long to write, where to stop, and what comes back.
 */
import { InputError } from '../errors';
import type { NextTokenLogits } from './next-token-logits';
import { type LogitsRule, minimumLength, type RuleContext, RuleList, sortRules } from './rules';
import { expectIds, expectWhole } from './rules/arguments';

export interface WritingOptions {
  /** Tokens to write at most; the stop id does not count. */
  maximumTokens: number;
  /** Tokens before which no stop id comes. */
  minimumTokens?: number;
  /** In the order of `RULE_ORDER`. */
  rules?: readonly LogitsRule[];
  /** Ids after which the text ends. They are not written. */
  stopIds?: readonly number[];
  /** Texts after which the text ends; the token that completes one is written. Need `decode`. */
  stopStrings?: readonly string[];
  /** Text of ids: the tokenizer's `decode`. */
  decode?: (ids: readonly number[]) => string;
  /** Aborts between two tokens: the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** Why a text ended: a stop id, a stop string, the most tokens, or a rule (a grammar) that says it is whole. */
export type Ending = 'stop-id' | 'stop-string' | 'length' | 'complete';

export interface Written {
  /** What was written, without the prompt and the stop id. */
  ids: number[];
  ending: Ending;
  /** Natural logarithm of the probability, after the rules, of the ids and of the stop id that ended them. */
  logProbability: number;
}

/** Options that were checked, as the strategies use them. */
export interface Writing {
  readonly maximumTokens: number;
  readonly rules: RuleList;
  readonly stopIds: readonly number[];
  /** What the rules are told. */
  contextOf(prompt: readonly number[], written: readonly number[]): RuleContext;
  /** Why `written` ends here, if it does; `null` where it goes on. For ids without the stop id. */
  endOf(prompt: readonly number[], written: readonly number[]): Ending | null;
  /** Throws the signal's reason where it has been given. */
  throwIfAborted(): void;
}

/** What of a model bounds what it can write. */
export interface Bounds
  extends Pick<NextTokenLogits, 'vocabularySize' | 'maxLength' | 'slides' | 'longestPrompt'> {
  /** The last token that is written is read too (for its hidden state). */
  readsLast?: boolean;
}

/** Checks prompts and options before the first token. Throws `RangeError` and `InputError`. */
export function prepareWriting(
  model: Bounds,
  prompts: readonly (readonly number[])[],
  options: WritingOptions,
): Writing {
  const { maximumTokens, minimumTokens = 0, stopIds = [], stopStrings = [], decode, signal } = options;
  expectWhole('maximumTokens', maximumTokens, 0);
  expectWhole('minimumTokens', minimumTokens, 0);
  expectIds('stopIds', stopIds);
  if (minimumTokens > maximumTokens) {
    throw new RangeError(`minimumTokens: ${minimumTokens} is more than maximumTokens, ${maximumTokens}`);
  }
  const outside = stopIds.find((id) => id >= model.vocabularySize);
  if (outside !== undefined) {
    throw new RangeError(`stopIds: ${outside}; the vocabulary has 0 to ${model.vocabularySize - 1}`);
  }
  if (stopStrings.includes(''))
    throw new RangeError('stopStrings: an empty text would stop at once: leave it out');
  if (stopStrings.length > 0 && !decode) throw new RangeError('stopStrings: need `decode`, the text of ids');
  checkPrompts(model, prompts, maximumTokens);
  const rules = [...(options.rules ?? [])];
  const minimum = minimumTokens > 0 && stopIds.length > 0 ? [minimumLength(minimumTokens, stopIds)] : [];
  const list = new RuleList(rules); // in the order that the caller gave, or refused
  const all = minimum.length === 0 ? list : new RuleList(sortRules([...rules, ...minimum]));
  const contextOf = (prompt: readonly number[], written: readonly number[]) => ({
    prompt,
    written,
    left: maximumTokens - written.length,
  });
  return {
    maximumTokens,
    rules: all,
    stopIds,
    contextOf,
    endOf(prompt, written) {
      if (all.isComplete(contextOf(prompt, written))) return 'complete';
      if (decode && stopStrings.length > 0 && written.length > 0) {
        const text = decode(written);
        if (stopStrings.some((stop) => text.includes(stop))) return 'stop-string';
      }
      return written.length >= maximumTokens ? 'length' : null;
    },
    throwIfAborted: () => signal?.throwIfAborted(),
  };
}

function checkPrompts(model: Bounds, prompts: readonly (readonly number[])[], maximumTokens: number): void {
  for (const [i, prompt] of prompts.entries()) {
    if (prompt.length === 0)
      throw new InputError(`prompt ${i}: no token to begin with: give it one (bos or eos)`);
    for (const id of prompt) {
      if (!(Number.isInteger(id) && id >= 0 && id < model.vocabularySize)) {
        throw new InputError(`prompt ${i}: id ${id}; the vocabulary has 0 to ${model.vocabularySize - 1}`);
      }
    }
    const longest = model.longestPrompt ?? model.maxLength;
    if (prompt.length > longest) {
      throw new InputError(
        `prompt ${i}: ${prompt.length} tokens, but the model reads ${longest}: shorten it, or give its last ${longest}`,
      );
    }
    const room = roomFor(model, prompt.length) - (model.readsLast ? 1 : 0);
    if (!model.slides && maximumTokens > room) {
      throw new InputError(
        `prompt ${i}: ${prompt.length} tokens and ${maximumTokens} to write, but the model reads ${model.maxLength}: write at most ${room}`,
      );
    }
  }
}

/** Tokens that can be written behind a prompt: a prompt that is read apart takes no room, but the start token does. */
export function roomFor(
  { maxLength, longestPrompt }: Pick<Bounds, 'maxLength' | 'longestPrompt'>,
  promptLength: number,
): number {
  return longestPrompt === undefined ? maxLength - promptLength + 1 : maxLength;
}
