/**
 * @file The rule of a regular expression: what is written, from its first token on, matches the expression as a whole.
 * Every token is forbidden whose text cannot be continued to a match, by the tokens that there are and within the
 * tokens that may still be written; a stop id is possible exactly where the text matches. `parse.ts` lists what an
 * expression may hold.
 *
 *     grammarRule('(yes|no), \\d+ (cats|dogs)\\.', tokenizer, { stopIds: [tokenizer.eosId], within: 30 })
 *
 * Left out: grammars that need a stack (balanced brackets).
 */
import { InputError } from '../../errors';
import type { Tokenizer } from '../../text';
import { expectIds, expectInVocabulary, expectWhole } from '../rules/arguments';
import type { LogitsRule } from '../rules/rule';
import { compileAutomaton } from './automaton';
import { escapeRegularExpression } from './parse';
import { createTokenAutomaton } from './token-automaton';
import { tokenBytes } from './token-bytes';

export interface GrammarOptions {
  /** Ids that end a text: possible where it matches. Without them a text ends where nothing may follow, or at its length. */
  stopIds?: readonly number[];
  /** The most tokens that will be written (`maximumTokens`): the text is then a match however it ends. */
  within?: number;
}

/**
 * Throws an `InputError` where the expression is wrong, matches no text, or cannot be matched by this vocabulary
 * within the tokens, and where the tokenizer is of a kind whose tokens have no text of their own.
 */
export function grammarRule(
  expression: string,
  tokenizer: Tokenizer,
  { stopIds = [], within }: GrammarOptions = {},
): LogitsRule {
  expectIds('grammar: stop ids', stopIds);
  if (within !== undefined) expectWhole('grammar: within', within, 1);
  const tokens = createTokenAutomaton(compileAutomaton(expression), tokenBytes(tokenizer, stopIds));
  const shortest = tokens.distance(tokens.start);
  const description = `grammar ${expression.length > 60 ? `${expression.slice(0, 60)}…` : expression}`;
  if (shortest < 0) throw new InputError(`${description}: no tokens of this vocabulary match it`);
  if (within !== undefined && shortest > within) {
    throw new InputError(
      `${description}: the shortest match takes ${shortest} tokens, and ${within} may be written`,
    );
  }
  const stateOf = (written: readonly number[]): number => {
    let state = tokens.start;
    for (const [place, id] of written.entries()) {
      state = tokens.after(state, id);
      if (state < 0) {
        throw new InputError(
          `${description}: token ${id} at place ${place} of what is written leads to no match: another rule (forced?) contradicts it`,
        );
      }
    }
    return state;
  };
  const left = (written: readonly number[]) => (within ?? Number.POSITIVE_INFINITY) - written.length;
  return {
    kind: 'grammar',
    description,
    apply(logits, { written }) {
      const state = stateOf(written);
      const out = logits.slice().fill(Number.NEGATIVE_INFINITY);
      const { ids, targets } = tokens.edges(state);
      const after = left(written) - 1;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as number;
        if (tokens.distance(targets[i] as number) > after) continue;
        expectInVocabulary(description, id, logits.length);
        out[id] = logits[id] as number;
      }
      if (tokens.distance(state) === 0) {
        for (const id of stopIds) {
          expectInVocabulary(`${description}: stop ids`, id, logits.length);
          out[id] = logits[id] as number;
        }
      }
      return out;
    },
    isComplete({ written }) {
      const state = stateOf(written);
      return tokens.distance(state) === 0 && tokens.edges(state).ids.length === 0;
    },
  };
}

/** `grammarRule` for one of several texts. */
export function oneOf(texts: readonly string[], tokenizer: Tokenizer, options?: GrammarOptions): LogitsRule {
  if (texts.length === 0) throw new RangeError('oneOf: expected at least one text, got none');
  return grammarRule(texts.map(escapeRegularExpression).join('|'), tokenizer, options);
}
