/** @file What each baseline answers, on records small enough to say it by hand; scores, and models beside them. */
import { describe, expect, it } from 'vitest';
import type { ClassificationRecord, DialogueRecord, NerRecord } from '../../../src/lib/data';
import type { RecordScores } from '../../../src/lib/experiments/ablation/scores';
import {
  answerLength,
  answerScores,
  compareWithBaseline,
  frequentTags,
  frequentTranslation,
  leadSentence,
  leadSentences,
  majorityByForm,
  majorityClass,
  mostFrequentAnswer,
  overlapSpan,
  overlapSpans,
  tfIdfClassifier,
} from '../../../src/lib/experiments/baselines';
import { Generator } from '../../../src/lib/random';
import { metrics } from '../../../src/lib/tasks';

const labelled = (pairs: readonly (readonly [string, string])[]): ClassificationRecord[] =>
  pairs.map(([text, label], i) => ({ id: String(i), text, label }));

describe('the most frequent answer', () => {
  it('is that of the key, of all where the key is new, the first by code unit of equals', () => {
    const answer = mostFrequentAnswer([
      { key: 'a', answer: 'y' },
      { key: 'a', answer: 'x' },
      { key: 'b', answer: 'z' },
      { key: 'b', answer: 'z' },
      { key: 'b', answer: 'y' },
    ]);
    expect(['a', 'b', 'new'].map(answer)).toEqual(['x', 'z', 'y']);
    expect(() => mostFrequentAnswer([])).toThrow(/at least one training record/);
  });

  it('of classes, tags and translations', () => {
    const train = labelled([
      ['t', 'no'],
      ['t', 'yes'],
      ['t', 'yes'],
    ]);
    expect(majorityClass.answers(train, train.slice(1))).toEqual(['yes', 'yes']);
    const tagged: NerRecord[] = [
      { id: '0', tokens: ['Ida', 'saw', 'Rosa', 'Luz'], tags: ['B-person', 'O', 'B-boat', 'I-boat'] },
      { id: '1', tokens: ['Ida', 'saw', 'it'], tags: ['B-person', 'O', 'O'] },
    ];
    const asked = [{ id: '2', tokens: ['new', 'Ida', 'Luz'], tags: ['O', 'O', 'O'] }];
    expect(frequentTags.answers(tagged, asked)).toEqual(['O B-person I-boat']);
    const pair = (source: string, target: string) => ({ id: source + target, source, target });
    const translations = [pair('red', 'rot'), pair('red', 'Rose'), pair('red', 'Rose'), pair('cat', 'Katze')];
    expect(frequentTranslation.answers(translations, [pair('red', '?'), pair('cat', '?')])).toEqual([
      'Rose',
      'Katze',
    ]);
  });

  it('of forms of questions: answers are taken out of them, and the last question of a talk counts', () => {
    const train = labelled([
      ['is it red?', 'no'],
      ['is it blue?', 'no'],
      ['is it a cat?', 'yes'],
      ['what colour is it?', 'red'],
      ['what colour is it?', 'blue'],
      ['what colour is it?', 'blue'],
    ]);
    expect(
      majorityByForm.answers(
        train,
        labelled([
          ['Is it Blue?', '?'],
          ['what colour is it?', '?'],
        ]),
      ),
    ).toEqual(['no', 'blue']);
    const talk = (last: string, reply: string): DialogueRecord => ({
      id: last,
      turns: [
        { speaker: 'a', text: 'is it red?' },
        { speaker: 'b', text: 'no' },
        { speaker: 'a', text: last },
      ],
      reply,
    });
    const talks = [talk('is it red?', 'yes'), talk('what is it?', 'red')];
    expect(majorityByForm.answers(talks, [talk('is it red?', '?'), talk('what is it?', '?')])).toEqual([
      'yes',
      'red',
    ]);
  });
});

describe('TF-IDF with logistic regression', () => {
  it('learns which words tell the label', () => {
    const train = labelled([
      ['play a song', 'play'],
      ['play my song now', 'play'],
      ['rain in Paris', 'weather'],
      ['will it rain now', 'weather'],
    ]);
    expect(
      tfIdfClassifier().answers(
        train,
        labelled([
          ['rain or song rain', '?'],
          ['play it', '?'],
        ]),
      ),
    ).toEqual(['weather', 'play']);
  });
});

describe('spans by the words of a question', () => {
  it('stand nearest to what only the question and one place have', () => {
    expect(overlapSpan('Who was the owner?', 'Its owner was Ida Berg', 2)).toBe('Ida Berg');
    expect(overlapSpan('When was the mill built in?', 'The mill was built in 1850.', 1)).toBe('1850');
    expect(overlapSpan('anything', 'two words', 3)).toBe('two words');
  });

  it('are the best of all spans by the formula', () => {
    const generator = new Generator(2, 'spans');
    const letters = [...'abcdefg'];
    for (let trial = 0; trial < 100; trial++) {
      const words = Array.from({ length: 8 + generator.integer(8) }, () => generator.choice(letters));
      const asked = new Set([generator.choice(letters), generator.choice(letters)]);
      const length = 1 + generator.integer(2);
      const scoreOf = (first: number): number => {
        const span = words.slice(first, first + length);
        if (span.some((word) => asked.has(word))) return Number.NEGATIVE_INFINITY;
        return words.reduce((sum, word, place) => {
          if (!asked.has(word)) return sum;
          const distance = place < first ? first - place : place - (first + length - 1);
          return sum + Math.log(1 + 1 / words.filter((other) => other === word).length) / distance;
        }, 0);
      };
      const scores = words.slice(0, words.length - length + 1).map((_, first) => scoreOf(first));
      const best = Math.max(...scores);
      if (best === Number.NEGATIVE_INFINITY) continue;
      const chosen = overlapSpan([...asked].join(' '), words.join(' '), length);
      const places = scores.flatMap((score, first) => (Math.abs(score - best) < 1e-9 ? [first] : []));
      expect(places.map((first) => words.slice(first, first + length).join(' '))).toContain(chosen);
    }
  });

  it('have the length that suits the training answers, and want a passage', () => {
    const passage = 'Its owner was Ida Berg';
    const record = { id: '0', question: 'Who was the owner', context: passage, answer: 'Ida Berg' };
    expect(answerLength([record])).toBe(2);
    expect(overlapSpans.answers([record], [record])).toEqual(['Ida Berg']);
    expect(() => overlapSpans.answers([record], [{ id: 'x', question: 'q', answer: 'a' }])).toThrow(
      /record x: has no "context"/,
    );
  });
});

describe('lead sentences', () => {
  it('end where a sentence ends', () => {
    expect(leadSentence(' We use 3.5 GB of data. It works. ')).toBe('We use 3.5 GB of data.');
    expect(leadSentence('no end')).toBe('no end');
    expect(leadSentences.answers([], [{ id: '0', document: 'One. Two.', summary: 's' }])).toEqual(['One.']);
  });
});

describe('a model beside a baseline', () => {
  it('is scored as the metrics score it, by every form', () => {
    const tagged: NerRecord[] = [
      { id: '0', tokens: ['Ida', 'saw'], tags: ['B-person', 'O'] },
      { id: '1', tokens: ['Rosa'], tags: ['B-boat'] },
    ];
    const scores = answerScores('ner', 'f1', ['B-person O', 'O'], tagged);
    expect(scores).toEqual({ form: 'ratio', sums: [2, 0], counts: [2, 1], exponential: false, scale: 1 });
    const qa = [{ id: '0', question: 'q', answer: 'the cat', references: ['a dog', 'black cat'] }];
    expect(answerScores('qa', 'f1', ['cat'], qa)).toEqual({ form: 'values', values: [2 / 3] });
    const summary = [{ id: '0', document: 'd', summary: 'one two three' }];
    expect(answerScores('summarization', 'rougeL', ['one three'], summary)).toEqual({
      form: 'values',
      values: [metrics.rouge('one three', 'one two three').rougeL],
    });
    const labels = labelled([
      ['t', 'a'],
      ['t', 'b'],
    ]);
    expect(answerScores('classification', 'accuracy', ['a', 'a'], labels)).toEqual({
      form: 'values',
      values: [1, 0],
    });
    for (const [task, metric] of [
      ['qa', 'perplexity'],
      ['ner', 'accuracy'],
      ['regression', 'mse'],
      ['classification', 'f1'],
    ] as const)
      expect(() => answerScores(task, metric, ['a'], [labels[0] as (typeof labels)[0]])).toThrow(
        new RegExp(`metric "${metric}": answers of ${task} are`),
      );
    expect(() => answerScores('classification', 'accuracy', ['a'], labels)).toThrow(
      /expected 2, one a record, found 1/,
    );
  });

  it('the difference is paired by record, and its verdict in words', () => {
    const count = 200;
    const hard = Array.from({ length: count }, (_, i) => i % 2);
    const model: RecordScores = {
      metric: 'accuracy',
      ids: hard.map((_, i) => String(i)),
      clusters: hard.map((_, i) => String(i)),
      scores: { form: 'values', values: hard.map((one, i) => (one === 0 || i % 10 === 1 ? 1 : 0)) },
    };
    const baseline = { form: 'values', values: hard.map((one) => 1 - one) } as const;
    const {
      difference,
      verdict,
      model: own,
      baseline: other,
    } = compareWithBaseline(model, baseline as never, {
      model: 'the model',
      baseline: 'majority class',
    });
    expect(own.value).toBeCloseTo(0.6, 12);
    expect(other.value).toBe(0.5);
    expect(difference.value).toBeCloseTo(0.1, 12);
    // Paired: a deviation of √(0.1·0.9/200), far below that of two samples.
    expect(difference.low).toBeGreaterThan(0.1 - 3 * Math.sqrt(0.09 / count));
    expect(verdict.kind).toBe('better');
    expect(verdict.text).toMatch(/^the model is better than majority class by 10.0 points \[/);
  });
});
