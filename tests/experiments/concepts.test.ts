/** What the notebooks explain with: entropies, gradients, neighbours, masks drawn, checks of exercises. */
import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import {
  causalView,
  cosine,
  ExerciseChecks,
  evenWeightAtOffset,
  finiteDifferences,
  maskedUnigramEntropy,
  maskedView,
  nearestRows,
  principalPlane,
  shownTokens,
  unigramEntropy,
  weightAtOffset,
} from '../../src/lib/experiments';
import { crossEntropy } from '../../src/lib/nn';
import { Generator } from '../../src/lib/random';
import { trainByteLevelBpe, trainWordPiece } from '../../src/lib/text';

describe('what can be said without context', () => {
  it('worked: log 2 for a coin, 1.5 bits for halves and quarters, 0 for one token', () => {
    expect(unigramEntropy([1, 2])).toBeCloseTo(Math.log(2), 12);
    expect(unigramEntropy([7, 7, 8, 9])).toBeCloseTo(1.5 * Math.LN2, 12);
    expect(unigramEntropy([3, 3, 3])).toBeCloseTo(0, 12);
    expect(() => unigramEntropy([])).toThrow(RangeError);
  });

  it('under a mask: the conditional entropy of the joint table, summed term by term', () => {
    const [tokens, known, replacements] = [[0, 0, 0, 0, 0, 1, 1, 1, 2, 2], 3, 5];
    const p = Array.from(
      { length: replacements },
      (_, t) => tokens.filter((one) => one === t).length / tokens.length,
    );
    let expected = 0;
    for (let seen = -1; seen < replacements; seen++) {
      // Seen is −1 for [MASK]; otherwise kept (0.1, if it is the label) or drawn (0.1 / R).
      const joint = p.map((py, y) =>
        seen < 0 ? 0.8 * py : py * ((seen === y ? 0.1 : 0) + 0.1 / replacements),
      );
      const total = joint.reduce((sum, one) => sum + one, 0);
      for (const one of joint) if (one > 0) expected -= one * Math.log(one / total);
    }
    expect(p.slice(known)).toEqual([0, 0]);
    expect(maskedUnigramEntropy(tokens, replacements)).toBeCloseTo(expected, 12);
    expect(expected).toBeLessThan(unigramEntropy(tokens));
  });
});

describe('gradients', () => {
  it('by finite differences agree with calculus to 1e-9', () => {
    const f = ([a, b]: readonly number[]) => Math.sin(a as number) * Math.exp(b as number);
    expect(finiteDifferences(f, [0.3, -0.2])).toBeClose(
      [Math.cos(0.3) * Math.exp(-0.2), Math.sin(0.3) * Math.exp(-0.2)],
      { absolute: 1e-9, relative: 0 },
    );
  });

  it('of softmax and cross-entropy are p − onehot', () => {
    const z = [2, 1, 0];
    const loss = (x: readonly number[]) =>
      Math.log(x.reduce((sum, one) => sum + Math.exp(one), 0)) - (x[0] as number);
    expect(loss(z)).toBeCloseTo(0.407606, 6); // the worked number of nn/cross-entropy.ts
    const kit = tf.grad((x: tf.Tensor) => crossEntropy(x, tf.tensor1d([0], 'int32')))(tf.tensor2d([z]));
    expect(finiteDifferences(loss, z)).toBeClose(kit.dataSync(), { absolute: 1e-6 });
  });
});

describe('embeddings', () => {
  it('the principal plane of points in a plane holds all of their variance, and keeps their distances', () => {
    const generator = new Generator(1, 'plane');
    const flat = Array.from({ length: 12 }, () => [3 * generator.normal(), generator.normal()] as const);
    const rows = flat.map(([a, b]) => [a + b, a - b, 2 * a, 5]); // spanned by two orthogonal directions, off the origin
    const { points, explained } = principalPlane(rows);
    expect(explained).toBeCloseTo(1, 9);
    const distance = (u: readonly number[], v: readonly number[]) =>
      Math.hypot(...u.map((one, d) => one - (v[d] as number)));
    const far = (of: readonly (readonly number[])[]) =>
      of.map((row) => distance(row, of[0] as readonly number[]));
    expect(far(points)).toBeClose(far(rows), { absolute: 1e-6 });
  });

  it('neighbours go by angle, not by length, and leave the row itself out', () => {
    const rows = [
      [1, 0],
      [10, 1],
      [0, 1],
      [-1, 0],
    ];
    expect(nearestRows(rows, 0, 2).map(({ index }) => index)).toEqual([1, 2]);
    expect(cosine([1, 0], [-2, 0])).toBe(-1);
  });
});

describe('objectives, drawn', () => {
  const texts = ['the king is come to speak with you', 'you speak to the king'];
  const wordPiece = trainWordPiece(texts, { vocabularySize: 120, minimumFrequency: 1 });

  it('a causal model is asked for the text moved by one', () => {
    const { reads, asked } = causalView(wordPiece, texts[0] as string);
    expect(asked.slice(0, -1).map(({ text }) => text)).toEqual(reads.slice(1).map(({ text }) => text));
    expect(asked.at(-1)?.tone).toBe('none');
  });

  it('a masked model is asked for what was there, 15 % of it, mostly hidden', () => {
    const long = Array(50).fill(texts[0]).join(' ');
    const whole = causalView(wordPiece, long).reads.map(({ text }) => text);
    const { reads, asked } = maskedView(wordPiece, long, { seed: 3 });
    const places = [...asked.keys()].filter((i) => asked[i]?.tone === 'asked');
    expect(places.length).toBe(Math.round(0.15 * whole.length));
    expect(places.map((i) => asked[i]?.text)).toEqual(places.map((i) => whole[i]));
    expect(reads.filter((_, i) => !places.includes(i)).map(({ text }) => text)).toEqual(
      whole.filter((_, i) => !places.includes(i)),
    );
    const hidden = reads.filter(({ tone }) => tone === 'hidden').length / places.length;
    expect(hidden).toBeGreaterThan(0.6);
    expect(hidden).toBeLessThan(0.95);
  });

  it('byte-level tokens are shown as their text, spaces and lines by signs', () => {
    const bpe = trainByteLevelBpe(texts, { vocabularySize: 300 });
    expect(shownTokens(bpe, 'the king\nis').join('')).toBe('the·king↵is');
    expect(shownTokens(wordPiece, 'the king')).toEqual(['the', 'king']);
  });
});

describe('attention', () => {
  it('weights at an offset, worked', () => {
    const map = [
      [1, 0, 0],
      [0.25, 0.75, 0],
      [0.1, 0.3, 0.6],
    ];
    expect(weightAtOffset(map, -1)).toBeCloseTo((0.25 + 0.3) / 2, 12);
    expect(weightAtOffset(map, 0)).toBeCloseTo((1 + 0.75 + 0.6) / 3, 12);
    expect(evenWeightAtOffset(3, -1, true)).toBeCloseTo((1 / 2 + 1 / 3) / 2, 12);
    expect(evenWeightAtOffset(4, 1, false)).toBeCloseTo(1 / 4, 12);
  });
});

describe('checks of exercises', () => {
  const [open, strict] = [new ExerciseChecks(), new ExerciseChecks(true)];

  it('say right, not yet and still to do, and never throw', () => {
    expect(open.numbers('1', 0.12, 0.12)).toBe('exercise 1: ✓ right');
    expect(open.numbers('1', 0.15, 0.12, { hint: 'not all are hidden' })).toBe(
      'exercise 1: ✗ not yet: 0.15 is not it. Think of this: not all are hidden',
    );
    expect(open.numbers('1', null, 0.12)).toBe('exercise 1: still to do');
    expect(open.numbers('1', () => undefined, 1)).toBe('exercise 1: still to do');
    expect(open.numbers('1', () => [1, null as unknown as number], [1, 2])).toBe('exercise 1: still to do');
    expect(open.numbers('1', [1, 2], [1, 3])).toContain('number 2 of 2, 2, is not it');
    expect(open.numbers('1', [1], [1, 3])).toContain('1 numbers, expected 2');
    expect(open.numbers('1', Number.NaN, 1)).toContain('not yet');
  });

  it('an answer that stops with an error is not yet right', () => {
    const broken = () => {
      throw new TypeError('no such thing');
    };
    expect(open.numbers('2', broken, 1)).toContain('it stops with an error: no such thing');
    expect(open.satisfies('2', 'x', (given) => (given === 'y' ? null : `${given} will not do`))).toContain(
      'x will not do',
    );
    expect(open.satisfies('2', false, () => null)).toContain('right'); // false is an answer
  });

  it('in the solutions anything but right is an error', () => {
    expect(strict.numbers('3', 2, 2)).toContain('right');
    expect(() => strict.numbers('3', 1, 2)).toThrow('exercise 3: ✗ not yet');
    expect(() => strict.numbers('3', null, 2)).toThrow('still to do');
  });
});
