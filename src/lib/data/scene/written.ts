/**
 * @file Frames with two sides: what is read and what is written for each answer. Both sides share their words, so the
 * text alone gives the whole target but for the words of `{answer}`: these the picture decides (or, in a closed text, the
 * text itself says).
 */
import type { Generator } from '../../random';
import { PLACE_PHRASE } from './classification-questions';
import { withArticle } from './lexicon';
import { type FilledQuestion, type Frame, type SceneText, slotWord } from './scene-text';

/** A frame with the pattern of the target; `{answer}` in it is the answer in words. */
export interface WrittenFrame extends Frame {
  target: string;
}

/** What is read, and what is written. */
export type WrittenPair = readonly [pattern: string, target: string];

/** Frames of pairs by question, with ids that count them. */
export function writtenFrames(
  pairs: Readonly<Record<string, readonly WrittenPair[]>>,
  heldOut: boolean,
): WrittenFrame[] {
  return Object.entries(pairs).flatMap(([question, list]) =>
    list.map(([pattern, target], i) => ({
      id: `${question}-${heldOut ? 'test-' : ''}${i + 1}`,
      question,
      pattern,
      target,
      heldOut,
    })),
  );
}

const TIME_PHRASE: Record<string, string> = { day: 'by day', evening: 'in the evening', night: 'at night' };

/** How an answer of this question stands in a sentence: by its name, or by a phrase. */
export function phraseOf(question: string, label: string): string {
  switch (question.replace('told-', '')) {
    case 'kind':
      return withArticle(label);
    case 'place':
      return PLACE_PHRASE[label as keyof typeof PLACE_PHRASE];
    case 'time':
      return TIME_PHRASE[label] as string;
    case 'presence':
      return label === 'yes' ? 'yes, there is' : 'no, there is not';
    case 'claim':
      return label === 'yes' ? 'yes, it is' : 'no, it is not';
    default:
      return label;
  }
}

/** Fill both sides; every slot of the target but `{answer}` must stand in the pattern or be filled by the question. */
export function fillWritten(frame: WrittenFrame, filled: FilledQuestion, generator: Generator): SceneText {
  const words = new Map<string, string>();
  const text = fill(frame.pattern, (slot) => {
    const word = words.get(slot) ?? slotWord(slot, frame, filled, generator);
    words.set(slot, word);
    return word;
  });
  const answers = filled.answers.map((answer) => ({
    ...answer,
    label: fill(frame.target, (slot) => {
      const word = slot === 'answer' ? phraseOf(frame.question, answer.label) : words.get(slot);
      const known = word ?? filled.slots[slot];
      if (known === undefined)
        throw new Error(`frame ${frame.id}: its target needs {${slot}}, which is not read`);
      return known;
    }),
  }));
  return { text, frame, answers };
}

function fill(pattern: string, wordOf: (slot: string) => string): string {
  const text = pattern.replace(/\{(an? )?(\w+)\}/g, (_, article: string | undefined, slot: string) =>
    article ? withArticle(wordOf(slot)) : wordOf(slot),
  );
  // Every sentence and every line begins with a capital.
  return text.replace(
    /(^|[.?!] |\n)(\p{Ll})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
