import { describe, expect, it } from 'vitest';
import { closingLines, type StageResult } from '../../scripts/parts/verdict';

const stage = (part: Partial<StageResult>): StageResult => ({
  stage: 'unit',
  passed: 3,
  failed: 0,
  skipped: [],
  seconds: 1,
  failures: [],
  ...part,
});
const noAdapter = { name: 'engine > same losses', reason: 'no WebGPU adapter here' };
const noData = { name: 'data > easy-VQA', reason: '' };

describe('closingLines', () => {
  it('ends with the count of skips and, alone on the last line, the sum over stages', () => {
    const { lines, exitCode } = closingLines(
      [stage({ skipped: [noAdapter] }), stage({ stage: 'lint', passed: 1 })],
      false,
    );
    expect(lines.slice(-2)).toEqual(['1 skipped', '4 passed, 0 failed']);
    expect(lines).toContain('skipped: engine > same losses (no WebGPU adapter here)');
    expect(exitCode).toBe(0);
  });

  it('fails on any failure, and on a run without a single test', () => {
    expect(closingLines([stage({ failed: 2, failures: ['x'] })], false)).toMatchObject({
      exitCode: 1,
      lines: expect.arrayContaining(['FAILED: x', '3 passed, 2 failed']),
    });
    expect(closingLines([stage({ passed: 0 })], false).exitCode).toBe(1);
  });

  it('counts a skip as a failure in CI, unless hardware or a scheduler is absent', () => {
    expect(closingLines([stage({ skipped: [noAdapter] })], true).exitCode).toBe(0);
    const { lines, exitCode } = closingLines([stage({ skipped: [noAdapter, noData] })], true);
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toBe('3 passed, 1 failed');
    expect(closingLines([stage({ skipped: [noData] })], false).exitCode).toBe(0);
  });
});
