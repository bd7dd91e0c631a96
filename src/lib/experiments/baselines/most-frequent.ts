/**
 * @file The most frequent answer of a key, as the training records have it: the majority class (one key for all), the most
 * frequent tag of a word, the most frequent translation of a text, the majority answer to a form of question.
 */
import { InputError } from '../../errors';

export interface KeyedAnswer {
  key: string;
  answer: string;
}

/**
 * What is answered to a key: its most frequent answer, that of all examples together where the key was never seen; the
 * first by code unit of equally frequent ones. Throws an `InputError` where there are no examples.
 */
export function mostFrequentAnswer(examples: Iterable<KeyedAnswer>): (key: string) => string {
  const all = new Map<string, number>();
  const byKey = new Map<string, Map<string, number>>();
  for (const { key, answer } of examples) {
    const own = byKey.get(key) ?? new Map<string, number>();
    byKey.set(key, own);
    for (const counts of [all, own]) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  if (all.size === 0) throw new InputError('examples: expected at least one training record, found none');
  const fallback = mostFrequent(all);
  const answers = new Map([...byKey].map(([key, counts]) => [key, mostFrequent(counts)]));
  return (key) => answers.get(key) ?? fallback;
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  let [best, most] = ['', 0];
  for (const [answer, count] of counts)
    if (count > most || (count === most && answer < best)) [best, most] = [answer, count];
  return best;
}
