/**
 * @file Words that stay as they are in every record, because an answer could hang on them: negations and question words,
 * sides, colours and numbers, what reads otherwise in a mirror; and whatever has a Chinese character, because no space
 * tells where a word of such a sentence begins and a negation would go with its clause. A word with hyphens stays where
 * a part of it does.
 */
import { isWordOf, type WordKind, wordsOf } from './label-words';

const KINDS_KEPT: readonly WordKind[] = ['sides', 'colours', 'counts', 'edges', 'turns', 'script'];
const KEPT = new Set(
  (
    "not no never none neither nor without cannot can’t can't don’t don't isn’t isn't aren’t aren't doesn't doesn’t " +
    "didn't didn’t won't won’t hardly what which who whom whose where when why how if or and " +
    'nicht kein keine keinen nie ohne was welche welcher welches wer wo wann warum oder und'
  ).split(' '),
);

export function alwaysStays(word: string): boolean {
  return (
    /[\p{N}\p{Script=Han}]/u.test(word) ||
    wordsOf(word).some((part) => KEPT.has(part) || KINDS_KEPT.some((kind) => isWordOf(kind, part)))
  );
}
