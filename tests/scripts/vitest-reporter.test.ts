import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild } from '../../scripts/parts/child';
import { inProject } from '../../scripts/parts/project';
import type { UnitReport } from '../../scripts/parts/verdict';

describe('the reporter of npm test', () => {
  it('counts every outcome of a real run, files that cannot be loaded included', {
    timeout: 120_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reporter-test-'));
    const file = join(folder, 'unit.json');
    const args = ['run', '--root', join(__dirname, 'fixtures', 'unit')];
    const { code, both } = await runChild(
      process.execPath,
      [
        inProject('node_modules', 'vitest', 'vitest.mjs'),
        ...args,
        `--reporter=${inProject('scripts', 'parts', 'vitest-reporter.mts')}`,
      ],
      {
        env: {
          SIGHTLINE_UNIT_REPORT: file,
          VITEST: undefined,
          VITEST_POOL_ID: undefined,
          VITEST_WORKER_ID: undefined,
        },
      },
    );
    expect(code, both).toBe(1);
    const report = JSON.parse(readFileSync(file, 'utf8')) as UnitReport;
    rmSync(folder, { recursive: true });
    expect(report).toMatchObject({ passed: 1, failed: 1 });
    expect(report.skipped).toEqual([
      { name: 'mixed.spec.ts > mixed > is skipped for want of a GPU', reason: '' },
      { name: 'mixed.spec.ts > mixed > is skipped with a note', reason: 'no data here' },
    ]);
    expect(report.broken).toHaveLength(1);
    expect(report.broken[0]).toMatch(/broken\.spec\.ts: .*this file cannot be loaded/);
  });
});
