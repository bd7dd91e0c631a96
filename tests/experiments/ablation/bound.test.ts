import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AblationSummary,
  ablationMarkdown,
  parseAblationConfig,
  planAblation,
  summarizeAblation,
} from '../../../src/lib/experiments';
import { boundInWords, boundLines } from '../../../src/lib/experiments/ablation/bound';
import { jsonLinesOf, temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

/** What is known of a grid before any cell has run. */
async function summaryOf(
  task: string,
  records: readonly object[],
  metric: string | null = null,
): Promise<AblationSummary> {
  const file = folder.write(`${task}.jsonl`, jsonLinesOf(records));
  const base = {
    task,
    data: { train: file, test: file, allowLeak: true },
    model: { fusion: 'none' },
  };
  const config = parseAblationConfig({ base, seeds: [1], metric });
  const plan = await planAblation(config, { folder: folder.path });
  return summarizeAblation(plan, new Map(), join(folder.path, 'out'), { folder: folder.path });
}

describe('what a model without the picture can reach', () => {
  it('is a floor of the squared error: texts a with 1 and 3, b with 5', async () => {
    const summary = await summaryOf('regression', [
      { id: '1', text: 'a', value: 1 },
      { id: '2', text: 'a', value: 3 },
      { id: '3', text: 'b', value: 5 },
    ]);
    expect(summary.bound?.value).toBeCloseTo(2 / 3, 12);
    expect(boundLines(summary)).toEqual([{ name: 'text-only floor', value: summary.bound?.value }]);
    expect(ablationMarkdown(summary)).toContain(
      'Without the picture a mean squared error of at least 0.667 remains (1.00 where a text comes with several answers: 2 records).',
    );
  });

  it('is a ceiling of the F1 of entities: one name that is a person once, and nothing once', async () => {
    const records = [
      { id: '1', tokens: ['Kim'], tags: ['B-PER'] },
      { id: '2', tokens: ['Kim'], tags: ['O'] },
    ];
    const summary = await summaryOf('ner', records);
    // To call both a person: precision 1/2, recall 1.
    expect(summary.bound?.value).toBeCloseTo(2 / 3, 12);
    expect(boundLines(summary, 100)).toEqual([{ name: 'text-only ceiling', value: expect.closeTo(200 / 3) }]);
    expect(boundInWords(summary)).toMatch(/^Without the picture an F1 of the entities of at most 66\.7 %/);
  });

  it('is told beside another metric, and not drawn', async () => {
    const records = ['x', 'x', 'y'].map((label, i) => ({ id: String(i), text: 'which ?', label }));
    const summary = await summaryOf('classification', records, 'macroF1');
    expect(boundLines(summary)).toEqual([]);
    expect(boundInWords(summary)).toBe(
      'Without the picture at most 66.7 % of them can be answered rightly (66.7 % where a text comes with several answers: 3 records).',
    );
    expect(boundInWords({ bound: null })).toBe('');
  });
});
