/**
 * @file `npm run bench [-- name…] [--only TEXT]`: measures against peers, prints the ratios, writes
 * runs/bench/<name>.json. A peer that is not installed is named and skipped. With `--only`, the cases whose name holds
 * the text are measured anew, and the others stay in the file as they were.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { places } from '../src/lib';
import { decodingSuite } from './decoding';
import { engineSuite } from './engine';
import { finetuneSuite } from './finetune';
import { onnxSuite } from './onnx';
import { type BenchResult, type BenchSuite, summary } from './suite';
import { textSuite } from './text';

export const SUITES: readonly BenchSuite[] = [
  engineSuite,
  textSuite,
  finetuneSuite,
  decodingSuite,
  onnxSuite,
];

const USAGE = `npm run bench [-- name… [--only TEXT]]\n${SUITES.map(({ name, description }) => `  ${name}  ${description}`).join('\n')}\n`;

export async function main(words: readonly string[]): Promise<number> {
  const at = words.indexOf('--only');
  const only = at < 0 ? '' : words[at + 1];
  if (only === undefined) {
    process.stderr.write(`bench: --only wants a part of a case's name\n${USAGE}`);
    return 2;
  }
  const names = words.filter((_, i) => at < 0 || (i !== at && i !== at + 1));
  if (names.some((name) => name === '--help' || name === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown) {
    process.stderr.write(`bench: there is no suite ${JSON.stringify(unknown)}\n${USAGE}`);
    return 2;
  }
  for (const suite of SUITES) {
    if (names.length > 0 && !names.includes(suite.name)) continue;
    const loadBefore = loadavg()[0] as number;
    const say = (line: string) => process.stderr.write(`${suite.name}: ${line}\n`);
    const measured = await suite.run(say, (name) => name.includes(only));
    const result = only ? joined(suite.name, measured) : measured;
    const file = write(suite.name, result, loadBefore);
    process.stdout.write(table(suite.name, result));
    process.stderr.write(`${suite.name}: written to ${file}\n`);
  }
  return 0;
}

function fileOf(suite: string): string {
  return places.projectFolder('runs', 'bench', `${suite}.json`);
}

/** What was measured now in the place of the same cases in the file. */
function joined(suite: string, { rows, skipped }: BenchResult): BenchResult {
  if (!existsSync(fileOf(suite))) return { rows, skipped };
  const before = (JSON.parse(readFileSync(fileOf(suite), 'utf8')) as BenchResult).rows;
  const anew = new Set(rows.map((row) => row.case));
  return { rows: [...before.filter((row) => !anew.has(row.case)), ...rows], skipped };
}

function write(suite: string, { rows, skipped }: BenchResult, loadBefore: number): string {
  const folder = places.projectFolder('runs', 'bench');
  mkdirSync(folder, { recursive: true });
  const machine = {
    system: `${platform()} ${arch()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    /** Mean of runnable processes over a minute: above 0 before, something else was running. */
    load: { before: loadBefore, after: loadavg()[0] },
  };
  const report = { suite, machine, at: new Date().toISOString(), rows, summary: summary(rows), skipped };
  const file = fileOf(suite);
  writeFileSync(`${file}.part`, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(`${file}.part`, file);
  return file;
}

/** Rows in aligned columns, then each peer's geometric mean and worst ratio. */
export function table(suite: string, { rows, skipped }: BenchResult): string {
  const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const lines = [
    ['case', 'peer', 'ours', 'theirs', 'unit', 'ratio'],
    ...rows.map((row) => [
      row.case,
      row.peer,
      number(row.ours),
      number(row.theirs),
      row.unit,
      row.ratio.toFixed(2),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...lines.map((line) => (line[i] as string).length)));
  const body = lines.map((line) =>
    line
      .map((cell, i) =>
        [2, 3, 5].includes(i) ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number),
      )
      .join('  ')
      .trimEnd(),
  );
  const means = summary(rows).map(
    ({ peer, mean, worst, cases }) =>
      `${peer}: geometric mean of ${cases} ratios ${mean.toFixed(2)}, worst ${worst.toFixed(2)}`,
  );
  const left = skipped.map(({ peer, reason }) => `skipped ${peer}: ${reason}`);
  return `${[`# ${suite}`, ...body, ...means, ...left].join('\n')}\n`;
}

// Not `require.main`: scripts/run.mjs loads this file, under its name as the script.
if (process.argv[1] === __filename) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`bench: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
