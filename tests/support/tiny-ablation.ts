/** @file What tests of ablations share: a network that trains in a second, and the part of a summary that lasts. */
import type { AblationSummary } from '../../src/lib/experiments';

export const tinyTextNetwork = {
  modelType: 'bert',
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 32,
  maxPositionEmbeddings: 32,
};

/** All but what a clock or the memory says. */
export const lastingSummary = (summary: AblationSummary) => ({
  ...summary,
  rows: summary.rows.map(({ seconds: _, cost, ...row }) => ({
    ...row,
    cost: cost && { ...cost, peakMemoryBytes: 0 },
  })),
});
