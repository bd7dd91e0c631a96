/** @file The worked numbers of each metric's header, and how each takes bad or degenerate input. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors';
import {
  accuracy,
  auroc,
  classificationReport,
  confusionMatrix,
  corpusPerplexity,
  entitiesOf,
  entityReport,
  exactMatch,
  expectedCalibrationError,
  macroF1,
  meanSquaredError,
  normalizeAnswer,
  perplexity,
  reliability,
  tokenF1,
} from '../../../src/lib/tasks/metrics';

const predictions = ['cat', 'dog', 'cat'];
const references = ['cat', 'dog', 'dog'];

describe('classification', () => {
  it('worked numbers', () => {
    expect(accuracy(predictions, references)).toBeCloseTo(2 / 3, 15);
    expect(macroF1(predictions, references)).toBeCloseTo(2 / 3, 15);
    expect(confusionMatrix(predictions, references)).toEqual({
      labels: ['cat', 'dog'],
      counts: [
        [1, 0],
        [1, 1],
      ],
    });
    expect(classificationReport(predictions, references).perClass.dog).toEqual({
      precision: 1,
      recall: 0.5,
      f1: 2 / 3,
      support: 2,
    });
  });

  it('sorts number labels by value and keeps labels such as __proto__ apart', () => {
    expect(confusionMatrix([10, 9, 2], [2, 9, 10]).labels).toEqual(['2', '9', '10']);
    const odd = classificationReport(['__proto__', 'b'], ['__proto__', '__proto__']);
    expect(Object.keys(odd.perClass)).toEqual(['__proto__', 'b']);
    expect(odd.accuracy).toBe(0.5);
  });

  it('refuses lists that do not pair up, and no records', () => {
    expect(() => accuracy(['a'], ['a', 'b'])).toThrow(InputError);
    expect(() => accuracy(['a'], ['a', 'b'])).toThrow('1 predictions for 2 references');
    expect(() => macroF1([], [])).toThrow('no records');
    expect(() => confusionMatrix(['a'], ['a'], { labels: ['a', 'a'] })).toThrow('listed twice');
  });
});

describe('scores', () => {
  it('AUROC: worked number, ties count half, one class gives NaN', () => {
    expect(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
    expect(auroc([1, 1, 1, 1], [true, false, true, false])).toBe(0.5);
    expect(auroc([0.2, 0.3], [1, 1])).toBeNaN();
    expect(() => auroc([Number.NaN, 1], [0, 1])).toThrow('score 0');
  });

  it('calibration: worked number; the edges of bins belong to the lower bin', () => {
    expect(expectedCalibrationError([0.9, 0.8, 0.3], [1, 0, 1], { bins: 2 })).toBeCloseTo(
      0.35 * (2 / 3) + 0.7 / 3,
      15,
    );
    expect(reliability([0, 0.5, 1], [0, 1, 1], { bins: 2 }).map((b) => b.count)).toEqual([2, 1]);
    expect(() => expectedCalibrationError([1.2], [1])).toThrow('not in [0, 1]');
  });

  it('mean squared error and perplexity', () => {
    expect(meanSquaredError([1, 2], [1, 4])).toBe(2);
    expect(perplexity(Math.log(512))).toBeCloseTo(512, 9);
    expect(corpusPerplexity([2 * Math.LN2, Math.log(8)], [2, 1])).toBeCloseTo(2 ** (5 / 3), 12);
  });
});

describe('entities', () => {
  it('worked number: three of four tags right, half of the entities', () => {
    const { micro } = entityReport([['B-PER', 'O', 'O', 'B-LOC']], [['B-PER', 'I-PER', 'O', 'B-LOC']]);
    expect(micro).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
  });

  it('a stray I opens an entity, a change of type splits one, dashes stay in the type', () => {
    expect(entitiesOf(['I-PER', 'I-PER', 'I-LOC', 'O', 'B-a-b', 'I-a-b'])).toEqual([
      { type: 'PER', start: 0, end: 2 },
      { type: 'LOC', start: 2, end: 3 },
      { type: 'a-b', start: 4, end: 6 },
    ]);
  });

  it('no entity anywhere scores 0 and not NaN', () => {
    expect(entityReport([['O']], [['O']]).micro).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it('refuses a tag that is not BIO and sentences of unequal length', () => {
    expect(() => entitiesOf(['PER'])).toThrow('"PER"');
    expect(() => entityReport([['O']], [['O', 'O']])).toThrow('sentence 0 has 1 predicted tags for 2 tokens');
  });
});

describe('answers', () => {
  it('worked numbers', () => {
    expect(exactMatch('the red Circle!', 'red circle')).toBe(1);
    expect(tokenF1('a red circle left', 'red circle')).toBeCloseTo(0.8, 15);
  });

  it('counts repeated tokens as often as both have them, and takes the best reference', () => {
    expect(tokenF1('red red', 'red blue')).toBe(0.5);
    expect(tokenF1('blue square', ['red circle', 'blue square', 'x'])).toBe(1);
    expect(exactMatch('7', ['six', '7.'])).toBe(1);
  });

  it('normalizes as the SQuAD script: articles are whole words, punctuation goes first', () => {
    expect(normalizeAnswer('An apple, the theatre;  a-b')).toBe('apple theatre ab');
    expect(tokenF1('the', 'an')).toBe(1); // both are empty
    expect(tokenF1('the', 'dog')).toBe(0);
    expect(() => exactMatch('x', [])).toThrow(InputError);
  });
});
