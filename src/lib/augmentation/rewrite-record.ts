/**
 * @file A record with the words that it is read by rewritten, and its answer as it was. What stays word for word: what
 * the answer and every other field of the record name, entities and the two ends of a relation, and what always stays
 * (kept-words.ts). Tags and spans move with their tokens. A text to be translated loses no word, because its translation
 * would say more than it.
 */
import type { AnyRecord, NerRecord, RelationRecord, Task } from '../data';
import type { Generator } from '../random';
import { alwaysStays } from './kept-words';
import { recordTexts, wordsOf } from './label-words';
import { type Rewriting, rewriteText, rewriteWords, textWords } from './rewriting';

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
  const keeps = (word: string) => alwaysStays(word) || wordsOf(word).some((part) => named.has(part));
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
  const isWord = (token: string) => textWords(token)[0]?.[0] === token;
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
