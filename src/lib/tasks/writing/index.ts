/**
 * @file The tasks whose answer is written: each says what the model is told, what it learns to write, and how that is
 * scored. One trainer, one decoder serve them all.
 */
import type {
  CaptioningRecord,
  DialogueRecord,
  GenerationRecord,
  QaRecord,
  SummarizationRecord,
  TranslationRecord,
} from '../../data';
import { fitAnswerSpan, restoreAnswerSpan } from '../answer-span';
import { canWrite, type WritingDefinition, writingTask } from './writing-task';

export const captioning = writingTask<CaptioningRecord>({
  name: 'captioning',
  prompt: () => '',
  target: 'text',
  metrics: ['bleu', 'cider'],
});

export const translation = writingTask<TranslationRecord>({
  name: 'translation',
  prompt: ({ source }) => source,
  target: 'target',
  metrics: ['bleu', 'chrf', 'exactMatch'],
});

const writtenAnswer = writingTask<QaRecord>({
  name: 'qa',
  // Some data sets ask about a passage, which is read first.
  prompt: ({ context, question }) => (context ? `${context}\n${question}` : question),
  target: 'answer',
  metrics: ['exactMatch', 'f1'],
});

/** A network that writes learns to write the answer; one that sees both sides of a token, to find it in the passage. */
export const questionAnswering: WritingDefinition<QaRecord> = {
  ...writtenAnswer,
  fit: (train, options) =>
    canWrite(options.text) ? writtenAnswer.fit(train, options) : fitAnswerSpan(train, options),
  restore: (state, options) =>
    canWrite(options.text) ? writtenAnswer.restore(state, options) : restoreAnswerSpan(state, options),
};

export const summarization = writingTask<SummarizationRecord>({
  name: 'summarization',
  prompt: ({ document }) => document,
  target: 'summary',
  metrics: ['rouge'],
});

export const dialogue = writingTask<DialogueRecord>({
  name: 'dialogue',
  prompt: ({ turns }) => turns.map(({ speaker, text }) => `${speaker}: ${text}`).join('\n'),
  target: 'reply',
  metrics: ['bleu', 'exactMatch'],
});

export const generation = writingTask<GenerationRecord>({
  name: 'generation',
  prompt: ({ prompt }) => prompt,
  target: 'target',
  metrics: ['bleu', 'exactMatch'],
});

export const writingTasks = [
  captioning,
  translation,
  questionAnswering,
  summarization,
  dialogue,
  generation,
] as unknown as readonly WritingDefinition[];

/** The task of that name, where its answer is written. */
export function writingTaskNamed(name: string): WritingDefinition | null {
  return writingTasks.find((task) => task.name === name) ?? null;
}

/** Whether the answers of the task are written. */
export function isWritingTask(name: string): boolean {
  return writingTasks.some((task) => task.name === name);
}

export { type TextFormat, textFormat } from './text-format';
export { mostTokens, type WritingDefinition } from './writing-task';
