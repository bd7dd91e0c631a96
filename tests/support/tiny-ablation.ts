/** @file What tests of ablations share: the part of a summary that lasts. */
import type { AblationSummary } from '../../src/lib/experiments';

/** All but what a clock or the memory says. */
export const lastingSummary = (summary: AblationSummary) => ({
  ...summary,
  rows: summary.rows.map(({ seconds: _, cost, ...row }) => ({
    ...row,
    cost: cost && { ...cost, peakMemoryBytes: 0, tokensPerSecond: null },
  })),
});
