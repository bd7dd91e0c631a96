/**
 * @file `npm test`: set-up, then build, types, lint and format, unit and parity tests, notebooks.
 *
 *     npm test [-- --only STAGE] [file…]     files go to vitest
 *
 * Every stage runs even if an earlier one failed. The last line is `N passed, N failed`; exit code 1 on any failure.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { describeError } from './notebooks/execute';
import { findNotebooks, runNotebooks } from './notebooks/run';
import { runChild } from './parts/child';
import { ensureExportsPython } from './parts/exports-python';
import { ensureJupyter, type Jupyter } from './parts/jupyter';
import { inProject, PLACES, shown } from './parts/project';
import { scriptCommand } from './parts/script-command';
import { runMain, SetupError, say } from './parts/talk';
import { closingLines, type StageResult, type UnitReport } from './parts/verdict';

/** Colours only for a terminal, also where a variable forces them: logs are read as text. */
const PLAIN = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined };

type Outcome = Omit<StageResult, 'stage' | 'seconds'>;
const inModules = (...parts: string[]) => inProject('node_modules', ...parts);
const verdict = (ok: boolean, failure: string): Outcome => ({
  passed: ok ? 1 : 0,
  failed: ok ? 0 : 1,
  skipped: [],
  failures: ok ? [] : [failure],
});

/** A stage that is one command: its exit code is the verdict. */
async function command(name: string, args: string[]): Promise<Outcome> {
  const { code } = await runChild(process.execPath, args, { output: 'show', env: PLAIN });
  return verdict(code === 0, name);
}

let jupyter: Jupyter | null = null;

async function setUp(): Promise<Outcome> {
  jupyter = await ensureJupyter();
  await ensureExportsPython();
  return verdict(true, '');
}

async function unit(files: readonly string[]): Promise<Outcome> {
  const file = inProject('runs', 'test', 'unit.json');
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=./scripts/parts/vitest-reporter.mts'];
  const { code } = await runChild(
    process.execPath,
    [inModules('vitest', 'vitest.mjs'), 'run', ...reporters, ...files],
    {
      output: 'show',
      env: { ...PLAIN, SIGHTLINE_UNIT_REPORT: file },
    },
  );
  if (!existsSync(file)) return verdict(false, `vitest ended with exit code ${code} and without a report`);
  const report = JSON.parse(readFileSync(file, 'utf8')) as UnitReport;
  const failures = [...report.broken];
  if (report.failed > 0) failures.push(`${report.failed} unit tests: see vitest's messages above`);
  let failed = report.failed + report.broken.length;
  if (code !== 0 && failed === 0) {
    failed = 1;
    failures.push(`vitest ended with exit code ${code}`);
  }
  return { passed: report.passed, failed, skipped: report.skipped, failures };
}

async function notebooks(): Promise<Outcome> {
  const files = findNotebooks([PLACES.notebooks, PLACES.solutions]);
  const executions = await runNotebooks({ files, profile: 'fast', limitSeconds: 1800, jupyter });
  const broken = executions.filter((execution) => execution.errors.length > 0);
  return {
    passed: executions.length - broken.length,
    failed: broken.length,
    skipped: [],
    failures: broken.flatMap((execution) => execution.errors.map((error) => describeError(execution, error))),
  };
}

/** Checks in Python that need nothing but Python: `tests/parity/check_*.py`. */
async function pythonChecks(): Promise<Outcome> {
  const folder = inProject('tests', 'parity');
  const checks = readdirSync(folder).filter((name) => /^check_.*\.py$/.test(name));
  const python = jupyter?.python ?? 'python3';
  const failures: string[] = [];
  for (const name of checks) {
    const { code } = await runChild(python, [join(folder, name)], { output: 'show' });
    if (code !== 0) failures.push(shown(join(folder, name)));
  }
  return { passed: checks.length - failures.length, failed: failures.length, skipped: [], failures };
}

const tsc = inModules('typescript', 'bin', 'tsc');
const STAGES: Record<string, (files: readonly string[]) => Promise<Outcome>> = {
  setup: setUp,
  build: () => command('build', [tsc, '-p', 'tsconfig.build.json']),
  types: () => command('types', [tsc, '-p', 'tsconfig.json', '--noEmit']),
  lint: () =>
    command('lint', [inModules('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']),
  unit,
  python: pythonChecks,
  notebooks,
};

runMain(async () => {
  const command = scriptCommand('npm test --', 'set-up, build, types, lint, unit tests, notebooks')
    .argument('[path...]', 'parts of the names of unit test files, with --only unit')
    .addOption(new Option('--only <stage>', 'one stage alone').choices(Object.keys(STAGES)))
    .parse();
  const { only } = command.opts<{ only?: string }>();
  const results: StageResult[] = [];
  for (const [name, stage] of Object.entries(STAGES)) {
    if (only !== undefined && name !== only) continue;
    const start = Date.now();
    say(`\n── ${name} ──`);
    let outcome: Outcome;
    try {
      outcome = await stage(command.args);
    } catch (error) {
      if (!(error instanceof SetupError) || error.exitCode === 130) throw error;
      say(error.message);
      outcome = verdict(false, `${name}: ${error.message.split('\n')[0]}`);
    }
    results.push({ stage: name, ...outcome, seconds: (Date.now() - start) / 1000 });
  }
  const inCI = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
  const { lines, exitCode } = closingLines(results, inCI);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  return exitCode;
});
