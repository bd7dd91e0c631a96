/** @file What is said of a mirrored picture: left where right was, in texts and answers, case kept. */
import type { AnyRecord } from '../data';
import { MIRRORED_WORDS } from './label-words';

const OTHER = new Map(MIRRORED_WORDS.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
const HAN = [...OTHER.keys()].filter((word) => /\p{Script=Han}/u.test(word)).join('');
const SIDE = new RegExp(`[${HAN}]|[\\p{L}]+`, 'gu');

/** The text with the words of every pair exchanged. */
export function mirroredText(text: string): string {
  // A run of Chinese has no spaces: its characters are looked at one by one.
  return text.replace(SIDE, (word) => {
    if (/\p{Script=Han}/u.test(word)) return [...word].map((one) => OTHER.get(one) ?? one).join('');
    const other = OTHER.get(word.toLowerCase());
    return other ? withCaseOf(word, other) : word;
  });
}

function withCaseOf(word: string, other: string): string {
  if (word === word.toUpperCase()) return other.toUpperCase();
  const first = word[0] as string;
  return first === first.toUpperCase() ? `${other[0]?.toUpperCase()}${other.slice(1)}` : other;
}

/** The record of the mirrored picture: every text but those that administer it. */
export function mirroredRecord<R extends AnyRecord>(record: R): R {
  const kept = new Set(['id', 'image', 'group', 'split']);
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, kept.has(name) ? value : mirroredValue(value)]),
  ) as R;
}

function mirroredValue(value: unknown): unknown {
  if (typeof value === 'string') return mirroredText(value);
  if (Array.isArray(value)) return value.map(mirroredValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mirroredValue(part)]));
}
