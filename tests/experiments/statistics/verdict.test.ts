/** @file The verdict says what intervals show, in the words a reader needs, and no more. */
import { describe, expect, it } from 'vitest';
import { pairedBootstrap, verdict } from '../../../src/lib/experiments/statistics';

/** Right/wrong of two systems on 1,000 records: `gained` only the first gets, `lost` only the second. */
function compare(gained: number, lost: number) {
  const first = Array.from({ length: 1000 }, (_, i) => i < gained || i >= 500);
  const second = Array.from({ length: 1000 }, (_, i) => i >= 500 || (i >= gained && i < gained + lost));
  return pairedBootstrap({ first, second });
}
const names = { system: 'guided', baseline: 'text-only' };

describe('verdict', () => {
  it('better than the baseline and every control', () => {
    const got = verdict({
      ...names,
      difference: compare(90, 29),
      controls: [{ name: 'shuffled pictures', difference: compare(80, 20) }],
    });
    expect(got.kind).toBe('better');
    expect(got.text).toMatch(
      /^guided is better than text-only by 6\.1 points \[4\.\d, 8\.\d\], and better than every control$/,
    );
    expect(verdict({ ...names, difference: compare(90, 29) }).text).toMatch(
      /by 6\.1 points \[4\.\d, 8\.\d\]$/,
    );
  });

  it('a gain that a control has too is not put down to the picture', () => {
    const got = verdict({
      ...names,
      difference: compare(90, 29),
      controls: [
        { name: 'shuffled pictures', difference: compare(22, 20) },
        { name: 'no picture', difference: compare(90, 20) },
      ],
    });
    expect(got.kind).toBe('unattributed');
    expect(got.unbeaten).toEqual(['shuffled pictures']);
    expect(got.text).toMatch(
      /but not shown to be better than shuffled pictures \(0\.2 points \[-?\d\.\d, \d\.\d\]\): the gain cannot be put down to the picture$/,
    );
  });

  it('undecided: says how many records would be needed', () => {
    const got = verdict({ ...names, difference: compare(34, 26) });
    expect(got.kind).toBe('undecided');
    // deviation √0.06 of a difference of 0.008: ((1.96 + 0.8416) · 30.6)² ≈ 7,353; the bootstrap's own error is 3 %
    expect(Math.abs((got.required as number) / 7353 - 1)).toBeLessThan(0.1);
    expect(got.text).toMatch(
      /^no difference can be shown at this size between guided and text-only: 0\.8 points \[-\d\.\d, \d\.\d\]; n = \d,\d{3} would be needed to show one as large as seen$/,
    );
    expect(verdict({ ...names, difference: compare(20, 20) }).text).toContain('the two did equally well');
  });

  it('worse, and measures where lower is better', () => {
    const worse = verdict({ ...names, difference: compare(20, 80) });
    expect(worse.kind).toBe('worse');
    expect(worse.text).toMatch(/^guided is worse than text-only by 6\.0 points \[4\.\d, 7\.\d\]$/);
    const losses = pairedBootstrap({
      first: Array.from({ length: 200 }, (_, i) => 1 + (i % 7) / 10),
      second: Array.from({ length: 200 }, (_, i) => 1.5 + (i % 5) / 10),
    });
    const lower = verdict({ ...names, difference: losses, higherIsBetter: false, unit: 'nats' });
    expect(lower.kind).toBe('better');
    expect(lower.text).toMatch(/^guided is better than text-only by 0\.40\d nats \[0\.3\d+, 0\.4\d+\]$/);
  });
});
