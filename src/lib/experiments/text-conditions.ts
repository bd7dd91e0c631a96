/**
 * @file Texts spoiled on purpose (Caglayan et al. 2019): what a guided model can make up for from the picture when the
 * text no longer tells it. Words are covered by `___`, one each, so that the length stays.
 *
 *     colours-masked    colour words (English and German, with endings)
 *     entities-masked   what the record marks as entities; else names (capitals within a sentence) and the scene
 *                       world's things
 *     endings-masked    the second half of the words (progressive masking)
 *
 * Only what the model reads is changed, never the answer. A model that was not trained on covered words meets them as
 * unknown: the same for a text-only and a guided model, which is why the two are compared under the same condition.
 */
import type { AnyRecord, Task } from '../data';
import { COLOURS, KINDS, SENSES } from '../data/scene/attributes';
import { InputError } from '../errors';

export const TEXT_CONDITIONS = ['full', 'colours-masked', 'entities-masked', 'endings-masked'] as const;
export type TextCondition = (typeof TEXT_CONDITIONS)[number];

const COVER = '___';
const COLOUR_WORDS = new RegExp(
  `^(${[...COLOURS, 'white', 'grey', 'gray', 'brown', 'violet', 'turquoise'].join('|')}|` +
    '(rot|orange|gelb|grün|blau|lila|violett|rosa|schwarz|weiß|grau|braun)(e|er|es|en|em)?)$',
  'i',
);
const THINGS = new Set(
  [...KINDS, ...SENSES].map((kind) => kind.replace(/-.*/, '')).flatMap((kind) => [kind, `${kind}s`]),
);

/** Fields that hold what the model reads, as one text each; the tokens and turns of other tasks are changed in place. */
const READ: Partial<Record<Task, readonly string[]>> = {
  classification: ['text'],
  regression: ['text'],
  qa: ['question', 'context'],
  translation: ['source'],
  summarization: ['document'],
  generation: ['prompt'],
};

/** Whether a model of the task reads a text beside its answer, so that spoiling it is a question at all. */
export function readsText(task: string): boolean {
  return task in READ || ['ner', 'relation', 'dialogue'].includes(task);
}

/** The record with its text spoiled. Throws an `InputError` for tasks that read no text. */
export function withTextCondition(record: AnyRecord, task: Task, condition: TextCondition): AnyRecord {
  if (condition === 'full') return record;
  const fields = record as unknown as Record<string, unknown>;
  if (task === 'ner' || task === 'relation') {
    const tokens = fields.tokens as string[];
    const covered = coveredPlaces(tokens, condition, markedTokens(fields));
    return { ...record, tokens: tokens.map((word, i) => (covered[i] ? COVER : word)) } as AnyRecord;
  }
  if (task === 'dialogue') {
    const turns = fields.turns as { speaker: string; text: string }[];
    return {
      ...record,
      turns: turns.map((turn) => ({ ...turn, text: spoiled(turn.text, condition) })),
    } as AnyRecord;
  }
  const read = READ[task];
  if (!read) {
    throw new InputError(
      `text condition ${condition}: ${task} reads no text that could be masked; use "full"`,
    );
  }
  const present = read.filter((field) => typeof fields[field] === 'string');
  const changed = present.map((field) => [field, spoiled(fields[field] as string, condition)]);
  return { ...record, ...Object.fromEntries(changed) } as AnyRecord;
}

function spoiled(text: string, condition: TextCondition): string {
  const pieces = text.split(/([\p{L}\p{N}]+)/u); // words stand at odd places
  const words = pieces.filter((_, i) => i % 2 === 1);
  const begins = words.map((_, i) => i === 0 || /[.!?]\s*$/.test(pieces[2 * i] as string));
  const covered = coveredPlaces(words, condition, null, begins);
  return pieces.map((piece, i) => (i % 2 === 1 && covered[(i - 1) / 2] ? COVER : piece)).join('');
}

/** Which words are covered. */
function coveredPlaces(
  words: readonly string[],
  condition: TextCondition,
  marked: readonly boolean[] | null,
  begins: readonly boolean[] = words.map((_, i) => i === 0),
): boolean[] {
  const kept = Math.ceil(words.length / 2);
  return words.map((word, i) => {
    if (condition === 'endings-masked') return i >= kept;
    if (condition === 'colours-masked') return COLOUR_WORDS.test(word);
    if (marked) return marked[i] as boolean;
    return THINGS.has(word.toLowerCase()) || (/^\p{Lu}/u.test(word) && !begins[i]);
  });
}

/** Tokens of entities, where the record marks them: by tags, or as the two ends of a relation. */
function markedTokens({ tokens, tags, head, tail }: Record<string, unknown>): boolean[] {
  if (tags) return (tags as string[]).map((tag) => tag !== 'O');
  const spans = [head, tail] as [number, number][];
  return (tokens as string[]).map((_, i) => spans.some(([start, end]) => i >= start && i < end));
}
