import { expect, it } from 'vitest';
import { parityPage } from '../../scripts/parts/parity-page';
import { ROOT } from '../../scripts/parts/project';

it('a run replaces the sections of its scripts and leaves the others; no place of the machine, no colour', () => {
  const first = parityPage('', [
    { script: 'metrics.py', day: '2026-11-01', passed: true, output: 'metrics.json 12 bytes\n' },
    { script: 'bart.py', day: '2026-11-01', passed: false, output: '' },
  ]);
  const page = parityPage(first, [
    {
      script: 'bart.py',
      day: '2026-11-24',
      passed: true,
      output: `\x1b[32mRUN\x1b[39m ${ROOT}/tests\n\nagrees\n`,
    },
  ]);
  expect(page.startsWith('# Against the Python originals\n')).toBe(true);
  expect(page.split(/^(?=## )/m).slice(1)).toEqual([
    '## bart.py · 2026-11-24 · agrees\n\n```text\nRUN ./tests\nagrees\n```\n\n',
    '## metrics.py · 2026-11-01 · agrees\n\n```text\nmetrics.json 12 bytes\n```\n',
  ]);
  const long = parityPage('', [
    {
      script: 'a.py',
      day: '2026-11-24',
      passed: true,
      output: Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n'),
    },
  ]);
  expect(long).toContain('… 16 lines before\nline 16\n');
});
