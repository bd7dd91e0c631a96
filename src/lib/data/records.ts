/**
 * @file The record formats: one JSON object a line, one schema a task, checked by zod before anything else
 * sees it. The table stands in CONTRACT.md and in docs. A record may carry fields that no schema names (a data
 * set's own ids, say); they are kept and ignored. Left out: plain text files for the language-model tasks,
 * which are read by the text room.
 */
import { z } from 'zod';
import { quote } from './json-lines';

const name = z.string().min(1);
const span = z
  .tuple([z.int().nonnegative(), z.int().nonnegative()])
  .refine(([start, end]) => start < end, 'must be [start, end) with start before end');

/** Fields that every task's record may carry. */
const shared = {
  /** Unique within its file. */
  id: name,
  /** Path of the picture, relative to the folder of the record file: PNG, JPEG or WebP. */
  image: name.optional(),
  /** Cluster for statistics and for splitting: records of one group never straddle a split. */
  group: name.optional(),
  /** Name of the published split that the record came from. */
  split: name.optional(),
  /** Whether the picture tells anything that the text does not: the gate's planted truth. */
  imageRelevant: z.boolean().optional(),
};

const bio = z.string().regex(/^(O|[BI]-\S+)$/, 'must be O, B-TYPE or I-TYPE');

const shapes = {
  classification: { ...shared, text: z.string(), label: name },
  ner: { ...shared, tokens: z.array(name).min(1), tags: z.array(bio) },
  relation: { ...shared, tokens: z.array(name).min(1), head: span, tail: span, label: name },
  qa: {
    ...shared,
    question: name,
    answer: name,
    /** A passage that is read first. */
    context: z.string().optional(),
    /** Where the answer begins in the passage, in UTF-16 units. */
    answerStart: z.int().nonnegative().optional(),
  },
  translation: { ...shared, source: name, target: name },
  summarization: { ...shared, document: name, summary: name },
  dialogue: {
    ...shared,
    turns: z.array(z.object({ speaker: name, text: z.string() })).min(1),
    reply: name,
  },
  captioning: { ...shared, text: name },
  generation: {
    ...shared,
    prompt: z.string(),
    target: name,
    constraints: z.record(z.string(), z.unknown()).optional(),
  },
  regression: { ...shared, text: z.string(), value: z.number() },
  'causal-lm': { ...shared, id: name.optional(), text: z.string() },
  'masked-lm': { ...shared, id: name.optional(), text: z.string() },
} as const;

type Report = (path: PropertyKey[], message: string) => void;

/**
 * As many tags as tokens, and no entity without a beginning (IOB2): I-TYPE stands behind B-TYPE or I-TYPE alone. seqeval
 * would let a stray I- open an entity; in records it is refused, since it is mostly a sentence cut in two or IOB1.
 */
function checkTags({ tokens, tags }: { tokens: string[]; tags?: string[] }, report: Report): void {
  if (!tags) return;
  if (tokens.length !== tags.length) {
    report(['tags'], 'must have as many entries as tokens');
    return;
  }
  const stray = tags.findIndex(
    (tag, i) => tag.startsWith('I-') && (i === 0 || (tags[i - 1] as string).slice(1) !== tag.slice(1)),
  );
  if (stray < 0) return;
  const type = (tags[stray] as string).slice(2);
  report(
    ['tags', stray],
    `must be B-${type}, or stand behind B-${type} or I-${type}: it continues no entity`,
  );
}

type Span = [number, number];

/** Both spans within the tokens, and not the same. */
function checkSpans(
  { tokens, head, tail }: { tokens: string[]; head: Span; tail: Span },
  report: Report,
): void {
  for (const [field, [, end]] of Object.entries({ head, tail })) {
    if (end > tokens.length) report([field], `must end within the ${tokens.length} tokens`);
  }
  if (head.join() === tail.join())
    report(['tail'], 'must be another span than "head": a relation is between two things');
}

interface Answer {
  answer: string;
  context?: string;
  answerStart?: number;
}

/** An answer that is said to stand in its passage stands there. */
function checkAnswer({ answer, context = '', answerStart }: Answer, report: Report): void {
  if (answerStart === undefined || context.startsWith(answer, answerStart)) return;
  const there = context.slice(answerStart, answerStart + answer.length);
  report(
    ['answerStart'],
    `must be where the answer ${quote(answer)} begins in "context", which has ${quote(there)} there`,
  );
}

/** A check of several fields as zod wants it. */
function checked<R>(check: (record: R, report: Report) => void) {
  return (record: R, context: z.RefinementCtx): void =>
    check(record, (path, message) => context.addIssue({ code: 'custom', path, message, input: record }));
}

/** One schema a task. */
export const recordSchemas = {
  classification: z.looseObject(shapes.classification),
  ner: z.looseObject(shapes.ner).superRefine(checked(checkTags)),
  relation: z.looseObject(shapes.relation).superRefine(checked(checkSpans)),
  qa: z.looseObject(shapes.qa).superRefine(checked(checkAnswer)),
  translation: z.looseObject(shapes.translation),
  summarization: z.looseObject(shapes.summarization),
  dialogue: z.looseObject(shapes.dialogue),
  captioning: z.looseObject(shapes.captioning),
  generation: z.looseObject(shapes.generation),
  regression: z.looseObject(shapes.regression),
  'causal-lm': z.looseObject(shapes['causal-lm']),
  'masked-lm': z.looseObject(shapes['masked-lm']),
} as const;

/** The field that a model of the task predicts. A record that is only to be predicted may lack it. */
export const targetField = {
  classification: 'label',
  ner: 'tags',
  relation: 'label',
  qa: 'answer',
  translation: 'target',
  summarization: 'summary',
  dialogue: 'reply',
  captioning: 'text',
  generation: 'target',
  regression: 'value',
  'causal-lm': 'text',
  'masked-lm': 'text',
} as const satisfies { [T in Task]: keyof (typeof shapes)[T] };

/** The schema of a record that is only to be predicted: the task's, less its target. */
export function unlabelledSchema(task: Task): z.ZodType<AnyRecord> {
  if (task === 'relation')
    return z.looseObject(shapes.relation).omit({ label: true }).superRefine(checked(checkSpans));
  const { [targetField[task]]: _target, ...rest } = shapes[task] as z.ZodRawShape;
  return z.looseObject(rest) as unknown as z.ZodType<AnyRecord>;
}

/** The name of a task, as it stands in a train config. */
export type Task = keyof typeof recordSchemas;

/** The record of task `T`. */
export type RecordOf<T extends Task> = z.infer<(typeof recordSchemas)[T]>;

export type ClassificationRecord = RecordOf<'classification'>;
export type NerRecord = RecordOf<'ner'>;
export type RelationRecord = RecordOf<'relation'>;
export type QaRecord = RecordOf<'qa'>;
export type TranslationRecord = RecordOf<'translation'>;
export type SummarizationRecord = RecordOf<'summarization'>;
export type DialogueRecord = RecordOf<'dialogue'>;
export type CaptioningRecord = RecordOf<'captioning'>;
export type GenerationRecord = RecordOf<'generation'>;
export type RegressionRecord = RecordOf<'regression'>;
export type LanguageModelRecord = RecordOf<'causal-lm'>;

/** The record of task `T` whose target may be absent. */
export type UnlabelledRecordOf<T extends Task> = Omit<RecordOf<T>, (typeof targetField)[T]> &
  Partial<RecordOf<T>>;

/** What a function needs that asks only which picture and which group a record has. */
export interface AnyRecord {
  id?: string;
  image?: string;
  group?: string;
  split?: string;
  imageRelevant?: boolean;
}

/** Every task name, in the order of the table. */
export const TASKS = Object.keys(recordSchemas) as Task[];
