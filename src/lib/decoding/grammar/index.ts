export { type Automaton, compileAutomaton } from './automaton';
export { escapeRegularExpression } from './parse';
export { type GrammarOptions, grammarRule, oneOf } from './regular-expression';
