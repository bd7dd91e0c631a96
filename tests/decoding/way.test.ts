import { describe, expect, it } from 'vitest';
import { decodingText, parseDecoding } from '../../src/lib/decoding';

describe('a way of decoding by its text', () => {
  it.each([
    ['none', 'none'],
    ['cfg', 'cfg:1.5'],
    ['cfg:scale=1.5', 'cfg:1.5'],
    ['cfg:2,cutoff=0.1', 'cfg:2,cutoff=0.1'],
    ['vcd', 'vcd:1'],
    ['vcd:alpha=1,cutoff=none,step=700', 'vcd:1,cutoff=none,step=700'],
    ['icd:disturbance=Look away.', 'icd:1,disturbance=Look away.'],
    ['m3id:sureness=0.5', 'm3id:0.02,sureness=0.5'],
    ['cutoff:0.1', 'cutoff:0.1'],
    ['beam:4', 'beam:4'],
  ])('%s is %s', (text, canonical) => {
    const way = parseDecoding(text);
    expect(decodingText(way)).toBe(canonical);
    expect(parseDecoding(canonical)).toEqual(way);
  });

  it('is refused where it names none', () => {
    expect(() => parseDecoding('beam:1')).toThrow('2 beams or more');
    expect(() => parseDecoding('cgf:2')).toThrow('did you mean cfg');
  });
});
