/**
 * @file Words left out (Wei and Zou 2019, random deletion) or exchanged for others of the same meaning. The decision is
 * taken word by word; what has to stay is marked by the caller. At least one word stays.
 */
import type { Generator } from '../random';
import type { TextAugmentation } from './config';
import type { Synonyms } from './synonyms';

export interface Rewriting extends Pick<TextAugmentation, 'wordDropout' | 'synonymShare'> {
  /** `null`: nothing is exchanged. */
  synonyms: Synonyms | null;
}

/** A word of the new text: its words (several, where a phrase stands in its place) and the first and last old one that it is of. */
export interface Rewritten {
  words: readonly string[];
  from: number;
  to: number;
}

/** The longest phrase that is looked for, in words. */
export const LONGEST_PHRASE = 4;

/** The words of a text with their places; unlike those of `wordsOf`, a hyphen joins them. */
export function textWords(text: string): RegExpExecArray[] {
  return [...text.matchAll(/[\p{L}\p{N}’'-]+/gu)];
}

/**
 * What becomes of `words`, in order; those that are left out are missing.
 * @param kept whether each has to stay as it is.
 * @param joined whether a phrase may go on from each word to the next (no comma stands between).
 */
export function rewriteWords(
  words: readonly string[],
  kept: readonly boolean[],
  joined: readonly boolean[],
  { wordDropout, synonyms, synonymShare }: Rewriting,
  generator: Generator,
): Rewritten[] {
  const out: Rewritten[] = [];
  for (let i = 0; i < words.length; i++) {
    const phrase = synonyms && phraseAt(i, words, kept, joined, synonyms);
    if (phrase && generator.uniform() < synonymShare) {
      const other = generator.choice(phrase.others);
      out.push({
        words: withCaseOf(words[i] as string, other).split(/\s+/),
        from: i,
        to: i + phrase.length - 1,
      });
      i += phrase.length - 1;
      continue;
    }
    const left = !kept[i] && wordDropout > 0 && generator.uniform() < wordDropout;
    if (!left) out.push({ words: [words[i] as string], from: i, to: i });
  }
  if (out.length > 0 || words.length === 0) return out;
  return words.map((word, i) => ({ words: [word], from: i, to: i }));
}

function phraseAt(
  start: number,
  words: readonly string[],
  kept: readonly boolean[],
  joined: readonly boolean[],
  synonyms: Synonyms,
): { length: number; others: readonly string[] } | null {
  for (let length = Math.min(LONGEST_PHRASE, words.length - start); length > 0; length--) {
    const end = start + length;
    if (kept.slice(start, end).some(Boolean) || !joined.slice(start, end - 1).every(Boolean)) continue;
    const others = synonyms.get(words.slice(start, end).join(' ').toLowerCase());
    if (others) return { length, others };
  }
  return null;
}

function withCaseOf(word: string, other: string): string {
  const first = word[0] as string;
  return first === first.toLowerCase() ? other : `${other[0]?.toUpperCase()}${other.slice(1)}`;
}

/** A text with its words rewritten; what stands between words stays. `keeps` says which have to stay. */
export function rewriteText(
  text: string,
  keeps: (word: string) => boolean,
  rewriting: Rewriting,
  generator: Generator,
): string {
  const found = textWords(text);
  const words = found.map(([word]) => word);
  const ends = found.map((match) => match.index + match[0].length);
  const before = found.map((match, i) => text.slice(i === 0 ? 0 : ends[i - 1], match.index));
  const joined = before.slice(1).map((space) => /^\s+$/.test(space));
  const written = rewriteWords(words, words.map(keeps), joined, rewriting, generator);
  let out = '';
  let next = 0; // the first old word that has not been dealt with
  for (const { words: one, from, to } of written) {
    out += before.slice(next, from + 1).join('') + one.join(' ');
    next = to + 1;
  }
  out += before.slice(next).join('') + text.slice(ends.at(-1) ?? 0);
  const kept = written.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (kept === words.length) return out;
  // The marks between words left out stay, and of the spaces one.
  const single = out.replace(/\s{2,}/g, ' ');
  const begun = /^\s/.test(text) ? single : single.trimStart();
  return /\s$/.test(text) ? begun : begun.trimEnd();
}
