/**
 * @file What a task adds to the scene world. A frame is a sentence with slots; a question fills them and names its
 * answers, each with the scenes in which it is the right one. A text is one filled frame: it stands in many records,
 * with each of its answers equally often, so that alone it tells nothing but the list of its answers.
 */
import type { Generator } from '../../random';
import type { Constraint } from './constraints';
import { LEXICON, type LexiconSlot, withArticle } from './lexicon';

/** One sentence pattern. Slots stand in braces, `{a kind}` with an article. */
export interface Frame {
  id: string;
  /** The question that fills it. */
  question: string;
  pattern: string;
  /** Occurs only in the test split. */
  heldOut?: boolean;
}

/** One answer to a text and the scenes that make it right. */
export interface Answer {
  label: string;
  constraint: Constraint;
  /** Scenes that make it harder without changing it (a wrong answer stands beside), taken where possible. */
  prefer?: Constraint;
}

/** A filled frame. */
export interface SceneText {
  text: string;
  frame: Frame;
  /** More than one: only a picture decides. One: the text answers itself. */
  answers: Answer[];
}

/** Slot values and answers of one question, before a sentence is put around them. */
export interface FilledQuestion {
  slots: Record<string, string>;
  answers: Answer[];
}

/** A question that can be asked in several frames. */
export interface Question {
  name: string;
  /** Its share among the texts that need a picture, or among those that answer themselves. */
  weight: number;
  fill(generator: Generator, heldOutPairs: boolean): FilledQuestion;
}

/** What generated records need of a task that asks; captions ask nothing and are planned by `caption/plan.ts`. */
export interface SceneTask {
  frames: readonly Frame[];
  /** Questions that only a picture answers. */
  open: readonly Question[];
  /** Questions whose text holds the answer: the picture is irrelevant. */
  closed: readonly Question[];
  /** The label under a picture that shows no scene; null: such a picture stands only beside closed texts. */
  unknown: string | null;
  /** Records of open texts that share a scene, at most (default 3 or 4); 1 where all would ask for the same fact. */
  recordsPerScene?: number;
  /** Puts a sentence around a filled question; where answers are written, writes them too (default `fillFrame`). */
  write?(frame: Frame, filled: FilledQuestion, generator: Generator): SceneText;
  /** The task's own fields of a record. */
  fields(text: SceneText, label: string): Record<string, unknown>;
}

/** Frames of patterns by question, with ids that count them. */
export function framesOf(patterns: Readonly<Record<string, readonly string[]>>, heldOut: boolean): Frame[] {
  return Object.entries(patterns).flatMap(([question, list]) =>
    list.map((pattern, i) => ({
      id: `${question}-${heldOut ? 'test-' : ''}${i + 1}`,
      question,
      pattern,
      heldOut,
    })),
  );
}

/** The slots of a pattern, each once, in its order. */
export const slotsOf = (pattern: string): string[] => [
  ...new Set([...pattern.matchAll(/\{(?:an? )?(\w+)\}/g)].map(([, slot]) => slot as string)),
];

/** Put a sentence around a question. Lexicon slots not filled by the question are drawn from the lexicon. */
export function fillFrame(frame: Frame, filled: FilledQuestion, generator: Generator): SceneText {
  const drawn = new Map<string, string>();
  const text = frame.pattern.replace(/\{(an? )?(\w+)\}/g, (_, article: string | undefined, slot: string) => {
    const word = drawn.get(slot) ?? slotWord(slot, frame, filled, generator);
    drawn.set(slot, word);
    return article ? withArticle(word) : word;
  });
  return { text: text.charAt(0).toUpperCase() + text.slice(1), frame, answers: filled.answers };
}

/** What the question puts into a slot, or else a word of the lexicon. */
export function slotWord(
  slot: string,
  frame: Frame,
  { slots }: FilledQuestion,
  generator: Generator,
): string {
  const words = LEXICON[slot as LexiconSlot] as readonly string[] | undefined;
  const word = slots[slot] ?? (words && generator.choice(words));
  if (word === undefined) throw new Error(`frame ${frame.id}: no value for the slot {${slot}}`);
  return word;
}
