/** @file The rules of a flat set of options, in their order: what a config or a command line can say. */

import { epsilonCutoff, etaCutoff } from './cutoff';
import { forbiddenWords } from './forbidden';
import { type ForcedTokens, forcedTokens } from './forced';
import { frequencyPenalty } from './frequency-penalty';
import { minP } from './min-p';
import { noRepeatNgram } from './no-repeat-ngram';
import { repetitionPenalty } from './repetition-penalty';
import { type LogitsRule, sortRules } from './rule';
import { temperature } from './temperature';
import { topK } from './top-k';
import { topP } from './top-p';
import { typical } from './typical';

/** Each is left out by default. The files of the rules give formulas and ranges. */
export interface RuleOptions {
  repetitionPenalty?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  noRepeatNgram?: number;
  forbidden?: readonly (readonly number[])[];
  forced?: readonly ForcedTokens[];
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  typical?: number;
  epsilonCutoff?: number;
  etaCutoff?: number;
}

/** The rules that `options` ask for, with `others` at their places. Throws a `RangeError` where a value is wrong. */
export function rulesFromOptions(options: RuleOptions, others: readonly LogitsRule[] = []): LogitsRule[] {
  const rules = [...others];
  const add = <T>(value: T | undefined, make: (value: T) => LogitsRule) => {
    if (value !== undefined) rules.push(make(value));
  };
  const { frequencyPenalty: frequency, presencePenalty: presence } = options;
  add(options.repetitionPenalty, repetitionPenalty);
  if (frequency !== undefined || presence !== undefined) {
    rules.push(frequencyPenalty({ frequency: frequency ?? 0, presence: presence ?? 0 }));
  }
  add(options.noRepeatNgram, noRepeatNgram);
  add(options.forbidden, forbiddenWords);
  add(options.forced, forcedTokens);
  add(options.temperature, temperature);
  add(options.topK, topK);
  add(options.topP, topP);
  add(options.minP, minP);
  add(options.typical, typical);
  add(options.epsilonCutoff, epsilonCutoff);
  add(options.etaCutoff, etaCutoff);
  return sortRules(rules);
}
