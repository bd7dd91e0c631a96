/** @file Experiments: statistics now; ablation grids, controls and the run ledger stand beside them. */
export * as statistics from './statistics';
