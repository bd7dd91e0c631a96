/**
 * @file Learning rate by step: a linear rise over the warm-up, then constant, or down to a share of it (0 unless
 * given) by a straight line or half a cosine (Loshchilov and Hutter 2016, eq. 5 with one period).
 */
export type ScheduleKind = 'constant' | 'linear' | 'cosine';

export interface ScheduleOptions {
  kind: ScheduleKind;
  /** The highest rate. */
  learningRate: number;
  /** Steps of the whole run. */
  steps: number;
  /** Share of the steps over which the rate rises. */
  warmup: number;
  /** The last rate as a share of the highest. */
  final?: number;
}

/** The rate of step `step` (0 is the first). The first step's rate is above 0. */
export function learningRateAt(
  step: number,
  { kind, learningRate, steps, warmup, final = 0 }: ScheduleOptions,
): number {
  const rising = Math.round(warmup * steps);
  if (step < rising) return (learningRate * (step + 1)) / rising;
  if (kind === 'constant') return learningRate;
  const done = Math.min(1, (step - rising) / Math.max(1, steps - rising));
  const left = kind === 'linear' ? 1 - done : (1 + Math.cos(Math.PI * done)) / 2;
  return learningRate * (final + (1 - final) * left);
}
