/** @file The text-only bounds of tasks whose answers are not just right or wrong, against a search of all functions. */
import { describe, expect, it } from 'vitest';
import { entityCeiling, textOnlyBound, valueFloor } from '../../src/lib/data';
import { Generator } from '../../src/lib/random';
import { metrics } from '../../src/lib/tasks';

const TAGS = ['O', 'B-x', 'I-x', 'B-y', 'I-y'];

/** Every tagging of two tokens. */
const taggings = TAGS.flatMap((first) => TAGS.map((second) => [first, second]));

describe('entityCeiling', () => {
  it('is the F1 of the best tagger of all: 625 functions from two texts, on 30 draws of records', () => {
    const generator = new Generator(1, 'entity ceiling');
    const sound = taggings.filter(
      ([a, b]) => !a?.startsWith('I') && (b?.[0] !== 'I' || a?.slice(1) === b.slice(1)),
    );
    for (let draw = 0; draw < 30; draw++) {
      const records = Array.from({ length: 7 }, () => ({
        tokens: ['a', generator.choice(['b', 'c'])],
        tags: generator.choice(sound) as string[],
      }));
      let bestF1 = 0;
      for (const b of taggings) {
        for (const c of taggings) {
          const predictions = records.map(({ tokens }) => (tokens[1] === 'b' ? b : c) as string[]);
          const report = metrics.entityReport(
            predictions,
            records.map(({ tags }) => tags),
          );
          bestF1 = Math.max(bestF1, report.micro.f1);
        }
      }
      expect(entityCeiling(records).f1).toBeCloseTo(bestF1, 12);
    }
  });

  it('worked: one name that is a boat twice and a flower once', () => {
    // Guessing boat always: 2 of 3 right. The other sentence is always told: 1 of 1.
    const rose = (type: string) => ({ tokens: ['Rose', 'sank'], tags: [`B-${type}`, 'O'] });
    const records = [rose('boat'), rose('boat'), rose('flower'), { tokens: ['Ida'], tags: ['B-person'] }];
    expect(entityCeiling(records)).toEqual({
      records: 4,
      texts: 2,
      f1: 0.75,
      precision: 0.75,
      recall: 0.75,
      ambiguousRecords: 3,
      ambiguousF1: 2 / 3,
    });
  });

  it('leaves out an entity that is true too seldom to be worth a guess', () => {
    // Guessed in all four: 2·1/(4 + 1) = 0.4; never: 0. Beside a sure entity in each, 2·4/(4 + 5) > 2·5/(8 + 5).
    const rare = (tags: string[]) => ({ tokens: ['a', 'b'], tags });
    const records = [rare(['B-x', 'B-y']), rare(['B-x', 'O']), rare(['B-x', 'O']), rare(['B-x', 'O'])];
    expect(entityCeiling(records).f1).toBeCloseTo(8 / 9, 12);
    expect(
      entityCeiling(records.map(({ tokens, tags }) => ({ tokens, tags: ['O', tags[1] as string] }))).f1,
    ).toBeCloseTo(0.4, 12);
    expect(entityCeiling([]).f1).toBeNaN();
    expect(entityCeiling([{ tokens: ['a'], tags: ['O'] }])).toMatchObject({ f1: 0, ambiguousF1: Number.NaN });
  });
});

describe('valueFloor', () => {
  it('is the variance within each text', () => {
    const record = (text: string, value: number) => ({ text, value });
    const floor = valueFloor([record('a', 1), record('a', 3), record('b', 5)]);
    expect(floor).toEqual({
      records: 3,
      texts: 2,
      mse: 2 / 3,
      variance: 8 / 3,
      ambiguousRecords: 2,
      ambiguousMse: 1,
    });
    expect(valueFloor([record('a', 1)])).toMatchObject({ mse: 0, ambiguousMse: Number.NaN });
  });

  it('no function of the text does better than the mean, on a grid of guesses', () => {
    const values = [0, 1, 1, 4];
    const { mse } = valueFloor(values.map((value) => ({ text: 't', value })));
    const errors = Array.from({ length: 401 }, (_, i) =>
      metrics.meanSquaredError(
        values.map(() => i / 100),
        values,
      ),
    );
    expect(Math.min(...errors)).toBeCloseTo(mse, 12);
  });
});

describe('textOnlyBound', () => {
  it("is each task's own bound, in its own metric", () => {
    const told = [
      { text: 'a', label: 'x' },
      { text: 'a', label: 'x' },
      { text: 'a', label: 'y' },
      { text: 'b', label: 'y' },
    ];
    expect(textOnlyBound('classification', told)).toEqual({
      metric: 'accuracy',
      kind: 'ceiling',
      value: 3 / 4,
      ambiguous: { records: 3, value: 2 / 3 },
    });
    const asked = told.map(({ text, label }) => ({ question: text, answer: label }));
    expect(textOnlyBound('qa', asked)).toMatchObject({ metric: 'exactMatch', kind: 'ceiling', value: 3 / 4 });
    // The context is read too: with one of its own, each question has one answer.
    const within = asked.map((record, i) => ({ ...record, context: `${i}` }));
    expect(textOnlyBound('qa', within)).toMatchObject({ value: 1, ambiguous: { records: 0 } });
    const tagged = told.map(({ text, label }) => ({ tokens: [text], tags: [`B-${label}`] }));
    expect(textOnlyBound('ner', tagged)).toMatchObject({ metric: 'f1', kind: 'ceiling', value: 3 / 4 });
    const rated = told.map(({ text, label }) => ({ text, value: label === 'x' ? 0 : 3 }));
    expect(textOnlyBound('regression', rated)).toEqual({
      metric: 'mse',
      kind: 'floor',
      value: (1 + 1 + 4) / 4,
      ambiguous: { records: 3, value: 2 },
    });
    expect(textOnlyBound('causal-lm', [{ text: 'a' }])).toBeNull();
    expect(textOnlyBound('qa', asked, 'bleu')).toBeNull();
  });

  it('of what is written is a bound of exactMatch, as a search of all answers finds it', () => {
    const generator = new Generator(2, 'references');
    const texts = ['a cat', 'The cat!', 'dog', 'hen'];
    for (let draw = 0; draw < 20; draw++) {
      const records = Array.from({ length: 5 }, () => {
        const references = texts.filter(() => generator.uniform() < 0.4);
        // What is right is the references alone, where there are any.
        return { question: 'what?', answer: generator.choice(texts), references };
      });
      const right = ({ answer, references }: (typeof records)[number]) =>
        references.length > 0 ? references : answer;
      const scores = texts.map(
        (text) => records.reduce((sum, record) => sum + metrics.exactMatch(text, right(record)), 0) / 5,
      );
      const best = Math.max(...scores);
      expect(textOnlyBound('qa', records)).toMatchObject({
        metric: 'exactMatch',
        value: expect.closeTo(best, 12),
        ambiguous: { records: best < 1 ? 5 : 0 },
      });
    }
    const both = ['a', 'b'].map((answer) => ({ question: 'q', answer, references: ['x', 'y'] }));
    expect(textOnlyBound('qa', both)).toMatchObject({ value: 1, ambiguous: { records: 0 } });
  });

  it('of a choice counts the records that have one, by their text and choices in any order', () => {
    const chosen = [
      { document: 'a', summary: 'x', choices: ['x', 'y'] },
      { document: 'a', summary: 'y', choices: ['y', 'x'] },
      { document: 'a', summary: 'y', choices: ['x', 'y', 'z'] },
      { document: 'b', summary: 'y', choices: ['y'] },
      { document: 'b', summary: 'x' },
    ];
    expect(textOnlyBound('summarization', chosen, 'choiceAccuracy')).toEqual({
      metric: 'choiceAccuracy',
      kind: 'ceiling',
      value: 2 / 3,
      ambiguous: { records: 2, value: 1 / 2 },
    });
    expect(textOnlyBound('summarization', chosen.slice(3), 'choiceAccuracy')).toBeNull();
  });
});
