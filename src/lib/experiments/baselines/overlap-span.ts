/**
 * @file An answer by the words that a passage shares with a question, without learning anything but how many words an
 * answer has: among the spans of k words that hold none of the question's words, the one nearest to these,
 *
 *     score(span) = Σ over words w of the passage that the question has:  ln(1 + 1/count(w)) / distance(w, span)
 *
 * count(w): how often the word stands in the passage (so "the" counts for little), distance: 1 beside the span. The
 * weights and the pull by distance are those of Richardson, Burges and Renshaw (2013), the sliding-window baseline of SQuAD
 * (Rajpurkar et al. 2016), whose candidates come from a parser.
 */
import { metrics } from '../../tasks';

interface Word {
  text: string;
  start: number;
  end: number;
}

export interface AnsweredQuestion {
  question: string;
  context: string;
  answer: string;
}

/** Most words of an answer that are tried. */
const LONGEST = 6;

/** The span of `length` words, as it stands in the passage; the first of equally good ones. The whole passage where it is shorter. */
export function overlapSpan(question: string, context: string, length: number): string {
  const words = wordsOf(context);
  if (words.length <= length) return context;
  const asked = new Set(wordsOf(question).map(({ text }) => text));
  const counts = new Map<string, number>();
  for (const { text } of words) counts.set(text, (counts.get(text) ?? 0) + 1);
  const shared = words.flatMap(({ text }, place) =>
    asked.has(text) ? [{ place, weight: Math.log(1 + 1 / (counts.get(text) as number)) }] : [],
  );
  let best = { first: 0, score: Number.NEGATIVE_INFINITY };
  for (let first = 0; first + length <= words.length; first++) {
    const last = first + length - 1;
    let score = 0;
    for (const { place, weight } of shared) {
      const distance = place < first ? first - place : place - last;
      // A word of the question within the span: only where every span has one.
      score += distance > 0 ? weight / distance : -1e6;
    }
    if (score > best.score) best = { first, score };
  }
  return context.slice((words[best.first] as Word).start, (words[best.first + length - 1] as Word).end);
}

/** The length in words at which the spans answer training questions best, by token F1. */
export function answerLength(train: readonly AnsweredQuestion[]): number {
  let best = { length: 1, score: Number.NEGATIVE_INFINITY };
  for (let length = 1; length <= LONGEST; length++) {
    const score = train.reduce(
      (sum, { question, context, answer }) =>
        sum + metrics.tokenF1(overlapSpan(question, context, length), answer),
      0,
    );
    if (score > best.score) best = { length, score };
  }
  return best.length;
}

/** Runs of letters and digits, joined by one mark within (`3.5`, `don't`), in lower case, with their places. */
function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(/[\p{L}\p{N}]+(?:[.,'’-][\p{L}\p{N}]+)*/gu), (match) => ({
    text: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
