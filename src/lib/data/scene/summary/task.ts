/**
 * @file Summarization in the scene world: a document of four or five sentences about some picture, which leaves one
 * fact open ("its paint is red or blue") that the picture decides, and a summary of one sentence that says it. Where
 * the document tells the fact itself, the picture does not matter.
 */
import { closedQuestions, openQuestions } from '../classification-questions';
import type { SceneTask } from '../scene-text';
import { fillWritten, type WrittenFrame, writtenFrames } from '../written';
import { ASIDES, HELD_OUT, OPENINGS, SEEN } from './frames';

const asked = (name: string): boolean => name in SEEN;

export const summarizationScenes: SceneTask = {
  frames: [...writtenFrames(SEEN, false), ...writtenFrames(HELD_OUT, true)],
  open: openQuestions.filter(({ name }) => asked(name)),
  closed: closedQuestions.filter(({ name }) => asked(name)),
  unknown: null,
  write(frame, filled, generator) {
    const asides = generator.shuffle(ASIDES).slice(0, 2 + generator.integer(2));
    const at = generator.integer(asides.length + 1);
    const sentences = [...asides.slice(0, at), frame.pattern, ...asides.slice(at)];
    const pattern = [generator.choice(OPENINGS), ...sentences].join(' ');
    const { text, answers } = fillWritten({ ...(frame as WrittenFrame), pattern }, filled, generator);
    return { text, answers, frame };
  },
  fields: ({ text, answers }, label) => ({
    document: text,
    summary: label,
    choices: answers.map((answer) => answer.label),
  }),
};
