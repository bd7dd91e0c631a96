import { describe, expect, it } from 'vitest';
import { onTheBoundsSide } from '../../scripts/results/bounds';
import { withSection } from '../../scripts/results/page';
import { STUDIES } from '../../scripts/results/studies';

describe('withSection', () => {
  it('puts a new section after all others, and an old one where it stood', () => {
    const one = withSection('', 'one', '## One\n\nfirst\n');
    expect(one).toMatch(
      /^# Results\n[\s\S]*\n\n<!-- study one -->\n## One\n\nfirst\n<!-- end of study one -->\n$/,
    );
    const two = withSection(one, 'two', '## Two');
    const again = withSection(two, 'one', '## One\n\nsecond');
    expect(again).toBe(two.replace('first', 'second'));
    expect(again.indexOf('## One')).toBeLessThan(again.indexOf('## Two'));
    // What a person wrote around the sections stays; dollar signs are no patterns.
    const edited = again.replace('<!-- study two -->', 'By hand.\n\n<!-- study two -->');
    expect(withSection(edited, 'two', "$& costs $1 $'")).toBe(
      edited.replace('## Two', () => "$& costs $1 $'"),
    );
  });

  it('takes no section for another whose name begins alike', () => {
    const page = withSection(withSection('', 'tasks-more', 'long'), 'tasks', 'short');
    expect(withSection(page, 'tasks', 'anew')).toBe(page.replace('short', 'anew'));
  });

  it('refuses a section that lost one of its markers', () => {
    const page = withSection('', 'one', 'text');
    for (const marker of ['<!-- study one -->', '<!-- end of study one -->'])
      expect(() => withSection(page.replace(marker, ''), 'one', 'more')).toThrow(/one.*mend it by hand/);
  });
});

describe('onTheBoundsSide', () => {
  it('asks the whole interval, above a ceiling and below a floor', () => {
    const ceiling = { kind: 'ceiling', value: 0.5 } as const;
    expect(onTheBoundsSide({ low: 0.51, high: 0.6 }, ceiling)).toBe('past');
    expect(onTheBoundsSide({ low: 0.5, high: 0.6 }, ceiling)).toBe('at');
    expect(onTheBoundsSide({ low: 0.3, high: 0.4 }, ceiling)).toBe('short');
    const floor = { kind: 'floor', value: 10 } as const;
    expect(onTheBoundsSide({ low: 7, high: 9 }, floor)).toBe('past');
    expect(onTheBoundsSide({ low: 7, high: 10 }, floor)).toBe('at');
    expect(onTheBoundsSide({ low: 11, high: 12 }, floor)).toBe('short');
  });
});

it('studies and their parts go by names of their own', () => {
  expect(new Set(STUDIES.map(({ name }) => name)).size).toBe(STUDIES.length);
  for (const { name, parts } of STUDIES) {
    expect(name).toMatch(/^[a-z][a-z-]*$/);
    expect(new Set(parts.map((part) => part.name)).size).toBe(parts.length);
  }
});
