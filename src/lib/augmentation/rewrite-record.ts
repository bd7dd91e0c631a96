/**
 * @file A record with the words that it is read by rewritten, and its answer as it was. What stays word for word: what
 * the answer and every other field of the record name, entities and the two ends of a relation, negations and question
 * words, sides, colours and numbers; and whatever has a Chinese character, because no space tells where a word of such
 * a sentence begins and a negation would go with its clause. Tags and spans move with their tokens. A text to be
 * translated loses no word, because its translation would say more than it.
 */
import type { AnyRecord, NerRecord, RelationRecord, Task } from '../data';
import type { Generator } from '../random';
import { isWordOf, recordTexts, type WordKind, wordsOf } from './label-words';
import { type Rewriting, rewriteText, rewriteWords } from './rewriting';

/** The text fields that a model of the task reads; of `ner` and `relation` tokens are read. */
const READ_FIELDS = {
  classification: 'text',
  regression: 'text',
  qa: 'question',
  translation: 'source',
  summarization: 'document',
  generation: 'prompt',
  dialogue: 'turns',
  ner: 'tokens',
  relation: 'tokens',
} as const satisfies Partial<Record<Task, string>>;

const KINDS_KEPT: readonly WordKind[] = ['sides', 'colours', 'counts', 'edges', 'turns', 'script'];
const KEPT = new Set(
  (
    "not no never none neither nor without cannot can’t can't don’t don't isn’t isn't aren’t aren't doesn't doesn’t " +
    "didn't didn’t won't won’t hardly what which who whom whose where when why how if or and " +
    'nicht kein keine keinen nie ohne was welche welcher welches wer wo wann warum oder und'
  ).split(' '),
);

/** The record with its words rewritten; one and the same where nothing is changed. */
export function rewriteRecord<R extends AnyRecord>(
  task: Task,
  record: R,
  rewriting: Rewriting,
  generator: Generator,
): R {
  const field = READ_FIELDS[task as keyof typeof READ_FIELDS];
  if (!field) return record;
  const { [field as keyof R]: read, ...rest } = record;
  const named = new Set(recordTexts(rest as AnyRecord).flatMap(wordsOf));
  const keeps = (word: string) =>
    KEPT.has(word.toLowerCase()) ||
    /[\p{N}\p{Script=Han}]/u.test(word) ||
    wordsOf(word).some((part) => named.has(part)) ||
    KINDS_KEPT.some((kind) => isWordOf(kind, word));
  const change = task === 'translation' ? { ...rewriting, wordDropout: 0 } : rewriting;
  if (field === 'tokens') {
    return rewriteTokens(
      record as unknown as NerRecord | RelationRecord,
      keeps,
      change,
      generator,
    ) as unknown as R;
  }
  const text = (value: string) => rewriteText(value, keeps, change, generator);
  if (field !== 'turns') return { ...record, [field]: text(read as string) };
  const turns = (read as { speaker: string; text: string }[]).map((turn) => ({
    ...turn,
    text: text(turn.text),
  }));
  return { ...record, turns };
}

function rewriteTokens<R extends NerRecord | RelationRecord>(
  record: R,
  keeps: (word: string) => boolean,
  rewriting: Rewriting,
  generator: Generator,
): R {
  const { tokens } = record;
  const { tags, head, tail } = record as Partial<NerRecord & RelationRecord>;
  const inSpan = (i: number, span?: readonly [number, number]) =>
    span !== undefined && i >= span[0] && i < span[1];
  const isWord = (token: string) => /^[\p{L}\p{N}’'-]+$/u.test(token);
  const kept = tokens.map(
    (token, i) =>
      !isWord(token) ||
      keeps(token) ||
      (tags !== undefined && tags[i] !== 'O') ||
      inSpan(i, head) ||
      inSpan(i, tail),
  );
  const written = rewriteWords(
    tokens,
    kept,
    tokens.map(() => true),
    rewriting,
    generator,
  );
  /** Where each old token that stays begins now. */
  const places = new Map<number, number>();
  const out: string[] = [];
  const outTags: string[] = [];
  for (const { words, from } of written) {
    places.set(from, out.length);
    out.push(...words);
    outTags.push(...words.map((_, i) => (i === 0 ? (tags?.[from] ?? 'O') : 'O')));
  }
  const moved = ([start, end]: readonly [number, number]): [number, number] => {
    const begins = places.get(start) as number; // tokens of a span stay as they are
    return [begins, begins + end - start];
  };
  return {
    ...record,
    tokens: out,
    ...(tags ? { tags: outTags } : {}),
    ...(head && tail ? { head: moved(head), tail: moved(tail) } : {}),
  };
}
