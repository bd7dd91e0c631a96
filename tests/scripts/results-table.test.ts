import { describe, expect, it } from 'vitest';
import { formatTable } from '../../scripts/parts/results-table';

describe('formatTable', () => {
  it('shows rates in per cent, other metrics with three digits, and a ceiling where there is one', () => {
    const rows = [
      {
        data: 'scene',
        model: 'text only',
        condition: 'none',
        metric: 'accuracy',
        value: 0.5,
        low: 0.45,
        high: 0.551,
        ceiling: 0.5,
      },
      {
        data: 'scene',
        model: 'guided',
        condition: 'right',
        metric: 'perplexity',
        value: 12.345,
        low: 12,
        high: 13,
      },
    ];
    expect(formatTable({ rows })).toBe(
      [
        'data   model      picture  metric       value     95 % interval  text-only ceiling',
        '-----  ---------  -------  ----------  ------  ----------------  -----------------',
        'scene  text only  none     accuracy    50.0 %  45.0 % to 55.1 %             50.0 %',
        'scene  guided     right    perplexity    12.3      12.0 to 13.0',
      ].join('\n'),
    );
  });
});
