/**
 * @file The text-only ceiling: the best that any function of the text alone can score on these very records. For
 * each distinct text the best answer is its most frequent label, so
 *
 *     ceiling = Σ_text max_label n(text, label) / n
 *
 * It is counted from the records, never declared. (METHODS.md D1 calls it the image-blind oracle.) Where texts
 * hardly repeat it rises towards 1 and says little: look at `recordsPerText`. The text must equal the record's to
 * the character; pass `text` to group by something coarser, and say so beside the number. Where a record has several
 * right answers, n(text, label) counts the records for which `label` is one. Written answers (a translation, a caption)
 * are compared as the metric `exactMatch` does: with `references`, where the record has them, in SQuAD's normal form.
 */
import { normalizeAnswer } from '../tasks/metrics/question-answering';
import type { Task } from './records';
import { rightAnswers } from './right-answers';

export interface Ceiling {
  /** Records counted. */
  records: number;
  /** Distinct texts. */
  texts: number;
  /** Records over texts. */
  recordsPerText: number;
  /** Records that the best text-only answer gets right. */
  correct: number;
  /** correct / records, in [0, 1]. */
  accuracy: number;
}

export interface TextOnlyCeiling extends Ceiling {
  /** The same over the records of texts for which no one label is always right: where only a picture can help. */
  ambiguous: Ceiling;
  /** Accuracy of always giving the most frequent label, in [0, 1]. */
  majority: number;
}

interface Options<R> {
  /** The text by which records are grouped (default `record.text`). */
  text?: (record: R) => string;
  /** The label, or all that are right (default `record.label`). */
  label?: (record: R) => string | readonly string[];
}

/** Records that belong together, and for how many of them each label is right. */
interface Tally {
  records: number;
  labels: Map<string, number>;
}

/** The ceiling of `records`; NaN accuracies where there are none. */
export function textOnlyCeiling<R extends { text?: unknown; label?: unknown }>(
  records: readonly R[],
  options: Options<R> = {},
): TextOnlyCeiling {
  const textOf = options.text ?? ((record: R) => String(record.text));
  const labelOf = options.label ?? ((record: R) => String(record.label));
  const tallies = new Map<string, Tally>();
  const all = emptyTally();
  for (const record of records) {
    const text = textOf(record);
    const tally = tallies.get(text) ?? emptyTally();
    tallies.set(text, tally);
    const right = new Set([labelOf(record)].flat());
    count(tally, right);
    count(all, right);
  }
  const perText = [...tallies.values()];
  return {
    ...summary(perText),
    ambiguous: summary(perText.filter((tally) => mostRight(tally) < tally.records)),
    majority: summary([all]).accuracy,
  };
}

/** What a text-only model is given, and what it must answer, by task. Left out: tasks whose answer has parts or degrees. */
const GIVEN_AND_ANSWER: { readonly [T in Task]?: readonly [given: readonly string[], answer: string] } = {
  classification: [['text'], 'label'],
  relation: [['tokens', 'head', 'tail'], 'label'],
  qa: [['context', 'question'], 'answer'],
  translation: [['source', 'targetLanguage'], 'target'],
  summarization: [['document'], 'summary'],
  dialogue: [['turns'], 'reply'],
  captioning: [[], 'text'],
  generation: [['prompt', 'constraints'], 'target'],
};

/** The ceiling of a task's records by the task's own fields; null for a task whose answers are not right or wrong. */
export function taskCeiling(task: Task, records: readonly object[]): TextOnlyCeiling | null {
  const isWritten = task !== 'classification' && task !== 'relation';
  return ceilingGiven(task, records, [], isWritten ? normalAnswers : (_, label) => label);
}

/**
 * The same of choosing: over the records with two `choices` or more, what a function of the text and of the choices, in any
 * order, can get right at most. Null where no record has them.
 */
export function choiceCeiling(task: Task, records: readonly object[]): TextOnlyCeiling | null {
  const choosing = records.flatMap((record) => {
    const { choices } = record as { choices?: unknown };
    return Array.isArray(choices) && choices.length > 1 ? [{ ...record, choices: [...choices].sort() }] : [];
  });
  return choosing.length === 0 ? null : ceilingGiven(task, choosing, ['choices'], (_, choice) => choice);
}

function ceilingGiven(
  task: Task,
  records: readonly object[],
  more: readonly string[],
  right: (record: object, answer: string) => string | readonly string[],
): TextOnlyCeiling | null {
  const fields = GIVEN_AND_ANSWER[task];
  if (!fields) return null;
  const [given, answer] = fields;
  const field = (record: object, name: string): unknown => (record as Record<string, unknown>)[name];
  return textOnlyCeiling(records as readonly { text?: unknown; label?: unknown }[], {
    text: (record) => JSON.stringify([...given, ...more].map((name) => field(record, name) ?? null)),
    label: (record) => right(record, String(field(record, answer))),
  });
}

/** What counts as right where the answer is written, in the form that `exactMatch` compares. */
function normalAnswers(record: object, target: string): readonly string[] {
  return rightAnswers(record, target).map(normalizeAnswer);
}

/**
 * What a blind choice among each record's `choices` gets right on average: mean 1/k, k its number of choices. Where
 * answers recur too seldom within a split for the ceiling to mean much, this is what to beat. Null where a record has
 * no choices.
 */
export function blindChoice(records: readonly object[]): number | null {
  let sum = 0;
  for (const record of records) {
    const { choices } = record as { choices?: unknown };
    if (!Array.isArray(choices) || choices.length === 0) return null;
    sum += 1 / choices.length;
  }
  return records.length === 0 ? null : sum / records.length;
}

function summary(perText: readonly Tally[]): Ceiling {
  const records = perText.reduce((sum, tally) => sum + tally.records, 0);
  const correct = perText.reduce((sum, tally) => sum + mostRight(tally), 0);
  const texts = perText.length;
  return { records, texts, recordsPerText: records / texts, correct, accuracy: correct / records };
}

function emptyTally(): Tally {
  return { records: 0, labels: new Map() };
}

function count(tally: Tally, right: ReadonlySet<string>): void {
  tally.records++;
  for (const label of right) tally.labels.set(label, (tally.labels.get(label) ?? 0) + 1);
}

/** Records that the best label is right for. */
function mostRight({ labels }: Tally): number {
  let best = 0;
  for (const n of labels.values()) if (n > best) best = n;
  return best;
}
