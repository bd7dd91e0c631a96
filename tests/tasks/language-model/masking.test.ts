/** @file The 80/10/10 rule by its frequencies: with n = 60,000 choices a share's standard error is below 0.002. */
import { describe, expect, it } from 'vitest';
import { Generator } from '../../../src/lib/random';
import { maskTokens } from '../../../src/lib/tasks';

const MASK = 3;
const replacements = Int32Array.from({ length: 1000 }, (_, i) => 100 + i);
const options = { share: 0.15, maskId: MASK, replacements, continuesWord: null };

describe('masking', () => {
  it('chooses 15 % and shows 80 % [MASK], 10 % random, 10 % the word itself', () => {
    const counts = { chosen: 0, mask: 0, same: 0, random: 0, tokens: 0 };
    for (let row = 0; row < 4000; row++) {
      const before = Int32Array.from({ length: 100 }, (_, i) => 5000 + i);
      const ids = before.slice();
      const places = Array.from({ length: 100 }, (_, i) => i);
      const { places: chosen, labels } = maskTokens(ids, places, options, new Generator(1, 'mask', row));
      expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
      expect(labels).toEqual(chosen.map((place) => before[place]));
      counts.tokens += 100;
      counts.chosen += chosen.length;
      for (const [place, id] of ids.entries()) {
        if (!chosen.includes(place)) expect(id).toBe(before[place]);
        else if (id === MASK) counts.mask += 1;
        else if (id === before[place]) counts.same += 1;
        else counts.random += 1;
      }
    }
    expect(counts.chosen / counts.tokens).toBe(0.15);
    expect(Math.abs(counts.mask / counts.chosen - 0.8)).toBeLessThan(0.008);
    expect(Math.abs(counts.same / counts.chosen - 0.1)).toBeLessThan(0.006);
    expect(Math.abs(counts.random / counts.chosen - 0.1)).toBeLessThan(0.006);
  });

  it('takes whole words together', () => {
    // Odd ids go on with the word before: words of two pieces.
    const whole = { ...options, share: 0.2, continuesWord: (id: number) => id % 2 === 1 };
    for (let row = 0; row < 200; row++) {
      const ids = Int32Array.from({ length: 40 }, (_, i) => 5000 + i);
      const places = Array.from({ length: 40 }, (_, i) => i);
      const { places: chosen } = maskTokens(ids, places, whole, new Generator(2, 'mask', row));
      expect(chosen.length).toBe(8);
      for (const place of chosen) expect(chosen).toContain(place % 2 === 0 ? place + 1 : place - 1);
    }
  });

  it('is a pure function of the generator', () => {
    const draw = (seed: number) => {
      const ids = Int32Array.from({ length: 60 }, (_, i) => 5000 + i);
      return { ...maskTokens(ids, [...ids.keys()], options, new Generator(seed, 'mask')), ids };
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });
});
