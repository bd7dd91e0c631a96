import { describe, expect, it } from 'vitest';
import { EarlyStopping } from '../../src/lib/training/early-stopping';

describe('EarlyStopping', () => {
  it('stops after `patience` evaluations without a better score, and equal is not better', () => {
    const stopping = new EarlyStopping(2);
    expect(stopping.note(0.5, 10)).toEqual({ improved: true, stop: false });
    expect(stopping.note(0.5, 20)).toEqual({ improved: false, stop: false });
    expect(stopping.note(0.6, 30)).toEqual({ improved: true, stop: false });
    expect(stopping.note(0.4, 40)).toEqual({ improved: false, stop: false });
    expect(stopping.note(0.55, 50)).toEqual({ improved: false, stop: true });
    expect(stopping.state).toEqual({ bestScore: 0.6, bestStep: 30, waited: 2 });
  });

  it('watches a loss downwards, and never stops without patience', () => {
    const stopping = new EarlyStopping(null, 'smaller');
    expect(stopping.note(2, 1).improved).toBe(true);
    expect(stopping.note(1, 2).improved).toBe(true);
    for (let step = 3; step < 50; step++)
      expect(stopping.note(5, step)).toEqual({ improved: false, stop: false });
  });
});
