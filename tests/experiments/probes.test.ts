/** @file Probes of what picture and text each contribute, by hand. */
import { describe, expect, it } from 'vitest';
import type { AnyRecord, Task } from '../../src/lib/data';
import { additiveScores, type TextCondition, withTextCondition } from '../../src/lib/experiments';

describe('EMAP', () => {
  /** f[text][picture][class] of 4 texts and pictures, their features a and b. */
  const scoresOf = (f: (a: number, b: number, c: number) => number) => {
    const features = [0, 1, 0, 1];
    const pictures = [0, 0, 1, 1];
    return features.flatMap((a) => pictures.flatMap((b) => [0, 1].map((c) => f(a, b, c))));
  };
  const ownOf = (scores: number[]) =>
    [0, 1, 2, 3].flatMap((i) => [0, 1].map((c) => scores[(i * 4 + i) * 2 + c] as number));

  it('of an additive model is the model', () => {
    const scores = scoresOf((a, b, c) => (c === 0 ? 0.3 * a - b : 2 * b + 0.5 - a));
    expect([...additiveScores(scores, 4, 2)]).toBeClose(ownOf(scores), { absolute: 1e-12 });
  });

  it('of exclusive or is chance: the classes come out level', () => {
    const scores = scoresOf((a, b, c) => Number((a ^ b) === c));
    const made = additiveScores(scores, 4, 2);
    expect([...made]).toBeClose(Array(8).fill(0.5), { absolute: 1e-12 });
    expect(ownOf(scores)).not.toEqual([...made]);
  });
});

describe('spoiled texts', () => {
  const read = (task: Task, record: object, condition: TextCondition) =>
    withTextCondition({ id: 'a', ...record } as AnyRecord, task, condition);
  const text = (written: string, condition: TextCondition) =>
    (read('classification', { text: written, label: 'red' }, condition) as { text: string }).text;

  it('cover colours, things and names, or the second half; one cover a word, the rest as it stood', () => {
    const written = 'Is the Red tree near Anna, or a blue one?';
    expect(text(written, 'full')).toBe(written);
    expect(text(written, 'colours-masked')).toBe('Is the ___ tree near Anna, or a ___ one?');
    expect(text(written, 'entities-masked')).toBe('Is the ___ ___ near ___, or a blue one?');
    expect(text(written, 'endings-masked')).toBe('Is the Red tree near ___, ___ ___ ___ ___?');
    expect(text('eine rote Scheibe', 'colours-masked')).toBe('eine ___ Scheibe');
  });

  it('go by what the record marks, keep as many tokens, and leave the answer', () => {
    const tags = ['O', 'B-PER', 'I-PER', 'O'];
    const named = { tokens: ['with', 'Anna', 'Lee', 'red'], tags };
    expect(read('ner', named, 'entities-masked')).toMatchObject({
      tokens: ['with', '___', '___', 'red'],
      tags,
    });
    const pair = { tokens: ['a', 'b', 'c'], head: [0, 1], tail: [2, 3], label: 'x' };
    expect(read('relation', pair, 'entities-masked')).toMatchObject({
      tokens: ['___', 'b', '___'],
      label: 'x',
    });
    const turns = [{ speaker: 'A', text: 'a red one' }];
    expect(read('dialogue', { turns, reply: 'red' }, 'colours-masked')).toMatchObject({
      turns: [{ speaker: 'A', text: 'a ___ one' }],
      reply: 'red',
    });
    const asked = { question: 'What is red?', context: 'The red tree.', answer: 'red' };
    expect(read('qa', asked, 'colours-masked')).toMatchObject({
      question: 'What is ___?',
      context: 'The ___ tree.',
      answer: 'red',
    });
    expect(read('qa', { question: 'What is red?', answer: 'red' }, 'colours-masked')).not.toHaveProperty(
      'context',
    );
    expect(() => read('captioning', { text: 'a red one' }, 'colours-masked')).toThrow(
      /captioning reads no text that could be masked/,
    );
  });
});
