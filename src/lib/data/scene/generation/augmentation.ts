/**
 * @file Data augmentation in the scene world: labelled questions for the classification task, written about a picture. The
 * prompt says what is to be asked for and with which words; the target is the question with its label behind it. In
 * an open one only the picture shows the label, in a closed one the words do.
 */
import { exampleText } from '../../written-example';
import { QUESTION_PATTERNS, QUESTION_PATTERNS_IN_TEST } from '../classification-frames';
import { closedQuestions, openQuestions } from '../classification-questions';
import { type Question, slotsOf } from '../scene-text';
import { fillWritten, type WrittenFrame, type WrittenPair, writtenFrames } from '../written';
import type { GenerationTask } from './generation-text';

/** The ways to ask for an example; {words} are the words that it must use. */
const ASKED = [
  'Write a question about {topic} with the words {words}, and its answer.',
  'Make up an example about {topic}. It uses {words}.',
  'Ask about {topic} with {words}, then answer.',
  'A quiz needs a question about {topic} that has {words} in it. Add the answer.',
  'From {words} make a question about {topic}, and tell what is right.',
];
/** In the test split alone. */
const ASKED_IN_TEST = ['One more card for the game, please: {topic}, around {words}, answer included.'];

const TOPICS: Readonly<Record<string, string>> = {
  colour: 'the colour of the large thing',
  kind: 'what stands in front',
  count: 'how many fly',
  place: 'the place',
  time: 'the time of day',
  weather: 'the weather',
  pattern: 'the pattern of the large thing',
  side: 'the side of the small thing',
  'small-colour': 'the colour of the small thing',
  presence: 'whether something is there',
  claim: 'whether a claim is true',
};
const TOLD = 'what the question itself tells';

/** Questions under names of their own: their labels stand in the target as they are, not as phrases. */
const nameOf = (question: string): string => `example-${question}`;
const renamed = (question: Question): Question => ({ ...question, name: nameOf(question.name) });

/** Every way to ask with every question. */
function frames(
  asked: readonly string[],
  patterns: Readonly<Record<string, readonly string[]>>,
  heldOut: boolean,
): WrittenFrame[] {
  const pairs = Object.entries(patterns).map(([question, list]) => [
    nameOf(question),
    list.flatMap((pattern) => {
      const words = slotsOf(pattern).map((slot) => `“{${slot}}”`);
      const target = exampleText({ text: pattern, label: '{answer}' });
      return asked.map(
        (ask): WrittenPair => [
          ask.replace('{topic}', TOPICS[question] ?? TOLD).replace('{words}', words.join(', ')),
          target,
        ],
      );
    }),
  ]);
  return writtenFrames(Object.fromEntries(pairs), heldOut);
}

export const augmentationScenes: GenerationTask = {
  frames: [
    ...frames(ASKED, QUESTION_PATTERNS, false),
    ...frames(ASKED_IN_TEST, QUESTION_PATTERNS_IN_TEST, true),
  ],
  open: openQuestions.map(renamed),
  closed: closedQuestions.map(renamed),
  write: (frame, filled, generator) => fillWritten(frame as WrittenFrame, filled, generator),
};
