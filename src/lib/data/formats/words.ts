/**
 * @file Sentences to tokens for data sets that mark spans in running text: a word with its inner marks (don't,
 * keyword-based, 1,000), or one other sign. The pieces between two marks are cut alone, so that every span begins
 * and ends with a token.
 */

const TOKEN = /[\p{L}\p{N}\p{M}]+(?:['’.,-][\p{L}\p{N}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}]/gu;

/** The tokens of a piece of text. */
export function splitWords(text: string): string[] {
  return text.match(TOKEN) ?? [];
}
