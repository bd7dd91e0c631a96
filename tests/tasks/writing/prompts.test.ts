/** @file What a model that writes is told of a record. */
import { describe, expect, it } from 'vitest';
import { taskCeiling } from '../../../src/lib/data';
import { writingTaskNamed } from '../../../src/lib/tasks';

describe('the prompt of a question', () => {
  const prompt = (record: object) => writingTaskNamed('qa')?.prompt(record);

  it('is the question, after the passage that it asks about where there is one', () => {
    expect(prompt({ question: 'who?', answer: 'Ada' })).toBe('who?');
    expect(prompt({ question: 'who?', answer: 'Ada', context: 'Ada wrote it.' })).toBe('Ada wrote it.\nwho?');
  });

  it('and the text-only ceiling counts the passage as text', () => {
    const records = ['Ada', 'Grace'].map((answer) => ({
      question: 'who?',
      answer,
      context: `${answer} wrote it.`,
    }));
    expect(taskCeiling('qa', records)?.accuracy).toBe(1);
    const bare = records.map(({ question, answer }) => ({ question, answer }));
    expect(taskCeiling('qa', bare)?.accuracy).toBe(0.5);
  });
});
