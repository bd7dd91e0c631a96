/** @file The closing lines of `npm test`: what was skipped and why, then `N passed, N failed` alone on its line. */
export interface Skip {
  name: string;
  reason: string;
}

/** What the reporter of vitest (vitest-reporter.mts) writes. */
export interface UnitReport {
  passed: number;
  failed: number;
  /** `reason` is the note of `context.skip(note)`; most tests give theirs in the name. */
  skipped: Skip[];
  /** Files that could not be loaded, and errors outside any test: each counts as a failure. */
  broken: string[];
}

export interface StageResult {
  stage: string;
  passed: number;
  failed: number;
  skipped: Skip[];
  seconds: number;
  /** One line each, for the reader who looks only at the end. */
  failures: string[];
}

/** Hardware and services that a CI machine need not have, or reach. Any other skip there hides a broken set-up. */
const MAY_BE_ABSENT =
  /\bgpu\b|\bwebgpu\b|\badapter\b|\bcuda\b|\btensorflow\b|\bscheduler\b|\bslurm\b|\bpypi\b/i;

export const mayBeAbsent = ({ name, reason }: Skip): boolean => MAY_BE_ABSENT.test(`${name} ${reason}`);

/** The closing lines and the exit code. In CI, a skip that is not for absent hardware is a failure. */
export function closingLines(
  results: readonly StageResult[],
  inCI: boolean,
): { lines: string[]; exitCode: number } {
  const lines: string[] = [];
  const sum = (count: (result: StageResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const skips = results.flatMap((result) => result.skipped);
  const refused = inCI ? skips.filter((skip) => !mayBeAbsent(skip)) : [];
  const passed = sum((result) => result.passed);
  const failed = sum((result) => result.failed) + refused.length;
  for (const { stage, passed: good, failed: bad, skipped, seconds } of results) {
    const counts = [
      `${good} passed`,
      ...(bad ? [`${bad} failed`] : []),
      ...(skipped.length ? [`${skipped.length} skipped`] : []),
    ];
    lines.push(`${stage.padEnd(10)} ${counts.join(', ')} (${seconds.toFixed(1)} s)`);
  }
  for (const failure of results.flatMap((result) => result.failures)) lines.push(`FAILED: ${failure}`);
  for (const skip of skips) {
    const verdict = refused.includes(skip) ? 'FAILED: skipped, which CI does not allow' : 'skipped';
    lines.push(`${verdict}: ${skip.name}${skip.reason ? ` (${skip.reason})` : ''}`);
  }
  lines.push(`${skips.length} skipped`, `${passed} passed, ${failed} failed`);
  return { lines, exitCode: failed > 0 || passed === 0 ? 1 : 0 };
}
