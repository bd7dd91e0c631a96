/**
 * @file Dialogue in the scene world: a visitor and a guide talk about some picture; the visitor's last question is
 * about it and takes up what was said before ("is it red or blue?"), and the picture decides the guide's reply. Where
 * the visitor has told the answer, the picture does not matter.
 */
import { closedQuestions, openQuestions } from '../classification-questions';
import type { SceneTask } from '../scene-text';
import { fillWritten, type WrittenFrame, writtenFrames } from '../written';
import { GREETINGS, HELD_OUT, SEEN } from './frames';

/** How many talks begin with a greeting. */
const GREETED = 0.6;
const SPEAKERS = ['Visitor', 'Guide'] as const;

const asked = (name: string): boolean => name in SEEN;

export const dialogueScenes: SceneTask = {
  frames: [...writtenFrames(SEEN, false), ...writtenFrames(HELD_OUT, true)],
  open: openQuestions.filter(({ name }) => asked(name)),
  closed: closedQuestions.filter(({ name }) => asked(name)),
  unknown: null,
  write(frame, filled, generator) {
    const greeting = generator.uniform() < GREETED ? `${generator.choice(GREETINGS)}\n` : '';
    const pattern = greeting + frame.pattern;
    const { text, answers } = fillWritten({ ...(frame as WrittenFrame), pattern }, filled, generator);
    return { text, answers, frame };
  },
  fields: ({ text, answers }, label) => ({
    turns: text.split('\n').map((line, turn) => ({ speaker: SPEAKERS[turn % 2], text: line })),
    reply: label,
    choices: answers.map((answer) => answer.label),
  }),
};
