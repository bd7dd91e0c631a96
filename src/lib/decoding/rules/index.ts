export { epsilonCutoff, etaCutoff } from './cutoff';
export { argMax, largest, logProbabilityOf, logSoftmax, softmax } from './distribution';
export { forbiddenWords } from './forbidden';
export { type ForcedTokens, forcedTokens } from './forced';
export { type FrequencyPenalty, frequencyPenalty } from './frequency-penalty';
export { type RuleOptions, rulesFromOptions } from './from-options';
export { minP } from './min-p';
export { minimumLength } from './minimum-length';
export { noRepeatNgram } from './no-repeat-ngram';
export { repetitionPenalty } from './repetition-penalty';
export {
  type Applied,
  checkRuleOrder,
  type Logits,
  type LogitsRule,
  RULE_ORDER,
  type RuleContext,
  type RuleKind,
  RuleList,
  sortRules,
} from './rule';
export { temperature } from './temperature';
export { topK } from './top-k';
export { topP } from './top-p';
export { typical } from './typical';
export { wordSequences } from './word-sequences';
