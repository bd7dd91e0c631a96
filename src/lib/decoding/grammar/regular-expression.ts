/**
 * @file The rule of a regular expression: what is written, from its first token on, matches the expression as a whole.
 * Every token is forbidden whose text cannot be continued to a match, by the tokens that there are and within the
 * tokens that may still be written; a stop id is possible exactly where the text matches. `parse.ts` lists what an
 * expression may hold.
 *
 *     grammarRule('(yes|no), \\d+ (cats|dogs)\\.', tokenizer, { stopIds: [tokenizer.eosId] })
 *
 * Left out: grammars that need a stack (balanced brackets).
 */
import { InputError } from '../../errors';
import type { Tokenizer } from '../../text';
import { expectIds, expectInVocabulary } from '../rules/arguments';
import type { LogitsRule } from '../rules/rule';
import { compileAutomaton } from './automaton';
import { escapeRegularExpression } from './parse';
import { createTokenAutomaton } from './token-automaton';
import { tokenBytes } from './token-bytes';

export interface GrammarOptions {
  /** Ids that end a text: possible where it matches. A text also ends where nothing may follow. */
  stopIds?: readonly number[];
}

/**
 * Throws an `InputError` where the expression is wrong, matches no text, or cannot be matched by this vocabulary, and
 * where the tokenizer is of a kind whose tokens have no text of their own. The rule throws one, before the first
 * token, where the tokens that may be written are too few for a match.
 */
export function grammarRule(
  expression: string,
  tokenizer: Tokenizer,
  { stopIds = [] }: GrammarOptions = {},
): LogitsRule {
  expectIds('grammar: stop ids', stopIds);
  const tokens = createTokenAutomaton(compileAutomaton(expression), tokenBytes(tokenizer, stopIds));
  const description = `grammar ${expression.length > 60 ? `${expression.slice(0, 60)}…` : expression}`;
  if (tokens.distance(tokens.start) < 0) {
    throw new InputError(`${description}: no tokens of this vocabulary match it`);
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
  /** Ids that may come next: those after which the tokens that are left are enough for a match. */
  const possible = (state: number, left: number): Int32Array => {
    const { ids, targets } = tokens.edges(state);
    return ids.filter((_, i) => tokens.distance(targets[i] as number) < left);
  };
  return {
    kind: 'grammar',
    description,
    apply(logits, { written, left = Number.POSITIVE_INFINITY }) {
      const state = stateOf(written);
      const shortest = tokens.distance(state);
      if (shortest > left) {
        throw new InputError(
          `${description}: the shortest match takes ${shortest} tokens more, and ${left} may be written: allow more (maximumTokens)`,
        );
      }
      const out = logits.slice().fill(Number.NEGATIVE_INFINITY);
      for (const id of [...possible(state, left), ...(shortest === 0 ? stopIds : [])]) {
        expectInVocabulary(description, id, logits.length);
        out[id] = logits[id] as number;
      }
      return out;
    },
    isComplete({ written, left = Number.POSITIVE_INFINITY }) {
      const state = stateOf(written);
      return tokens.distance(state) === 0 && possible(state, left).length === 0;
    },
  };
}

/** `grammarRule` for one of several texts. */
export function oneOf(texts: readonly string[], tokenizer: Tokenizer, options?: GrammarOptions): LogitsRule {
  if (texts.length === 0) throw new RangeError('oneOf: expected at least one text, got none');
  return grammarRule(texts.map(escapeRegularExpression).join('|'), tokenizer, options);
}
