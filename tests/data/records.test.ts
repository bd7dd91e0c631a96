import { describe, expect, it } from 'vitest';
import { recordSchemas, TASKS, type Task, unlabelledSchema } from '../../src/lib/data';

/** One sound record a task, and the same with one fault: the field that must be named. */
const CASES: Record<Task, { good: object; bad: object; field: string }> = {
  classification: { good: { id: 'a', text: 't', label: 'l' }, bad: { id: 'a', text: 't' }, field: 'label' },
  ner: {
    good: { id: 'a', tokens: ['Ada', 'runs'], tags: ['B-PER', 'O'] },
    bad: { id: 'a', tokens: ['Ada', 'runs'], tags: ['B-PER'] },
    field: 'tags',
  },
  relation: {
    good: { id: 'a', tokens: ['Ada', 'met', 'Bo'], head: [0, 1], tail: [2, 3], label: 'met' },
    bad: { id: 'a', tokens: ['Ada', 'met', 'Bo'], head: [0, 1], tail: [2, 4], label: 'met' },
    field: 'tail',
  },
  qa: {
    good: { id: 'a', question: 'q', answer: 'x' },
    bad: { id: 'a', question: 'q', answer: '' },
    field: 'answer',
  },
  translation: {
    good: { id: 'a', source: 's', target: 't' },
    bad: { id: 'a', source: 's' },
    field: 'target',
  },
  summarization: {
    good: { id: 'a', document: 'd', summary: 's' },
    bad: { id: 'a', document: 3, summary: 's' },
    field: 'document',
  },
  dialogue: {
    good: { id: 'a', turns: [{ speaker: 'A', text: 'hi' }], reply: 'ho' },
    bad: { id: 'a', turns: [{ speaker: 'A' }], reply: 'ho' },
    field: 'turns.0.text',
  },
  captioning: { good: { id: 'a', text: 't', image: 'a.png' }, bad: { text: 't' }, field: 'id' },
  generation: {
    good: { id: 'a', prompt: '', target: 't', constraints: { length: 3 } },
    bad: { id: 'a', prompt: '', target: 't', constraints: 'short' },
    field: 'constraints',
  },
  regression: {
    good: { id: 'a', text: 't', value: 0.5 },
    bad: { id: 'a', text: 't', value: '0.5' },
    field: 'value',
  },
  'causal-lm': { good: { text: 't' }, bad: { text: null }, field: 'text' },
  'masked-lm': { good: { text: 't' }, bad: {}, field: 'text' },
};

describe('record schemas', () => {
  it.each(TASKS)('%s takes a sound record and names the field of an unsound one', (task) => {
    const { good, bad, field } = CASES[task];
    expect(recordSchemas[task].parse(good)).toEqual(good);
    const result = recordSchemas[task].safeParse(bad);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.path.join('.')).toBe(field);
  });

  it('keeps fields that it does not know', () => {
    const record = { id: 'a', text: 't', label: 'l', example: 'dev-3' };
    expect(recordSchemas.classification.parse(record)).toEqual(record);
  });

  it('wants spans with start before end, and BIO tags', () => {
    const relation = { id: 'a', tokens: ['x', 'y'], head: [1, 1], tail: [0, 1], label: 'r' };
    expect(recordSchemas.relation.safeParse(relation).error?.issues[0]?.path).toEqual(['head']);
    const ner = { id: 'a', tokens: ['x'], tags: ['PER'] };
    expect(recordSchemas.ner.safeParse(ner).error?.issues[0]?.path).toEqual(['tags', 0]);
    expect(recordSchemas.ner.safeParse({ ...ner, tags: ['B-A PER'] }).success).toBe(false);
  });

  it.each([
    [['I-PER', 'O', 'O'], 0],
    [['O', 'I-PER', 'O'], 1],
    [['B-PER', 'I-LOC', 'O'], 1],
    [['B-PER', 'I-PER', 'I-LOC'], 2],
  ] as const)('refuses %j: an entity that nothing begins', (tags, place) => {
    const record = { id: 'a', tokens: ['a', 'b', 'c'], tags };
    const issue = recordSchemas.ner.safeParse(record).error?.issues[0];
    expect(issue?.path).toEqual(['tags', place]);
    expect(issue?.message).toMatch(/^must be B-(PER|LOC), or stand behind B-/);
    expect(recordSchemas.ner.safeParse({ ...record, tags: ['B-PER', 'I-PER', 'B-PER'] }).success).toBe(true);
  });

  it('refuses a relation of a span with itself, and spans outside, in records without a label too', () => {
    const relation = { id: 'a', tokens: ['x', 'y'], head: [0, 1], tail: [0, 1] };
    for (const schema of [recordSchemas.relation, unlabelledSchema('relation')]) {
      const issueOf = (change: object) =>
        schema.safeParse({
          ...relation,
          ...(schema === recordSchemas.relation ? { label: 'r' } : {}),
          ...change,
        }).error?.issues[0];
      expect(issueOf({})?.message).toMatch(/another span than "head"/);
      expect(issueOf({ tail: [1, 3] })).toMatchObject({
        path: ['tail'],
        message: 'must end within the 2 tokens',
      });
      expect(issueOf({ tail: [1, 2] })).toBeUndefined();
    }
  });
});
