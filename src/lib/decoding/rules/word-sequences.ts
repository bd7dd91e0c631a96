/**
 * @file The ids by which a word is usually written: at the beginning of a text and inside it, in small letters, with a
 * capital, in capitals. For `forbiddenWords`. Other spellings (letter by letter) stay possible.
 */
import type { Tokenizer } from '../../text';

/** Distinct sequences of ids, none empty. `asWritten`: no other case than that of `word`. */
export function wordSequences(tokenizer: Tokenizer, word: string, { asWritten = false } = {}): number[][] {
  const capital = word.charAt(0).toUpperCase() + word.slice(1);
  const cases = asWritten ? [word] : [word, word.toLowerCase(), capital, word.toUpperCase()];
  const found = new Map<string, number[]>();
  for (const text of cases.flatMap((one) => [one, ` ${one}`])) {
    const { ids } = tokenizer.encode(text, null, { addSpecialTokens: false });
    if (ids.length > 0) found.set(ids.join(' '), [...ids]);
  }
  return [...found.values()];
}
