/**
 * @file Calibration: does 80 % confidence mean right 80 % of the time? (Naeini 2015, Guo 2017)
 *
 *     ECE = Σ_b (n_b / N) · | accuracy_b − confidence_b |
 *
 * over equal-width bins of confidence, ( (b−1)/B, b/B ], the first closed at 0. Worked, two bins: confidences
 * 0.9 0.8 0.3 with right, wrong, right: bin 2: |0.5 − 0.85| · 2/3, bin 1: |1 − 0.3| · 1/3; ECE = 0.4667.
 */
import { InputError } from '../../errors';
import { assertPaired } from './labels';

/** One bin of the reliability diagram; empty bins have `count` 0 and `NaN` means. */
export interface ReliabilityBin {
  low: number;
  high: number;
  count: number;
  confidence: number;
  accuracy: number;
}

/** Confidence and accuracy by bin. Throws `InputError` on a confidence outside [0, 1]. */
export function reliability(
  confidences: ArrayLike<number>,
  correct: ArrayLike<boolean | number>,
  { bins = 15 }: { bins?: number } = {},
): ReliabilityBin[] {
  assertPaired('expectedCalibrationError', confidences, correct);
  const members: number[][] = Array.from({ length: bins }, () => []);
  for (let i = 0; i < confidences.length; i++) {
    const p = confidences[i] as number;
    if (!(p >= 0 && p <= 1)) {
      throw new InputError(`expectedCalibrationError: confidence ${p} of record ${i} is not in [0, 1]`);
    }
    members[Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1))]?.push(i);
  }
  const mean = (records: readonly number[], of: ArrayLike<boolean | number>) =>
    records.reduce((sum, i) => sum + Number(of[i]), 0) / records.length;
  return members.map((records, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    count: records.length,
    confidence: mean(records, confidences),
    accuracy: mean(records, correct),
  }));
}

/** Expected calibration error in [0, 1] of the confidence in the predicted label. */
export function expectedCalibrationError(
  confidences: ArrayLike<number>,
  correct: ArrayLike<boolean | number>,
  options: { bins?: number } = {},
): number {
  let error = 0;
  for (const bin of reliability(confidences, correct, options)) {
    if (bin.count > 0) error += (bin.count / confidences.length) * Math.abs(bin.accuracy - bin.confidence);
  }
  return error;
}
