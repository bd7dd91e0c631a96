/**
 * @file A reporter for vitest that writes what `npm test` counts: every skipped test with its reason, and files that
 * failed before any of their tests ran, which vitest's own JSON counts nowhere. Vitest loads it as it stands.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import type { UnitReport } from './verdict.js';

export default class ReportForNpmTest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const report: UnitReport = { passed: 0, failed: 0, skipped: [], broken: [] };
    for (const module of modules) {
      for (const error of module.errors()) report.broken.push(`${module.relativeModuleId}: ${error.message}`);
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) report.broken.push(`${suite.fullName}: ${error.message}`);
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') report.passed++;
        else if (result.state === 'failed') report.failed++;
        else {
          const reason = 'note' in result && result.note ? result.note : '';
          report.skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, reason });
        }
      }
    }
    for (const error of unhandled) report.broken.push(`unhandled error: ${error.message}`);
    const file = process.env.SIGHTLINE_UNIT_REPORT;
    if (!file) throw new Error('SIGHTLINE_UNIT_REPORT names no file');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(report));
  }
}
