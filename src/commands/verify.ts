/**
 * @file `sightline verify`: numbers that hold whatever the model, counted anew from the data that is present, and
 * compared with what is known. Exit 1 where one differs; data that is absent is named and skipped.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { data, experiments } from '../lib';
import { InputError } from '../lib/errors';

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'recount the exact anchors (majorities, image-blind ceilings, schedules) from the data that is present',
    )
    .option(
      '--data <folder>',
      'folder with nlvr/, shapes/, easy-vqa/, emoji/ (default: SIGHTLINE_SHARED_DATA, else ../shared/data)',
    )
    .option('--json', 'the report as one line of JSON')
    .action(async (options: { data?: string; json?: boolean }) => {
      const report = await verifyAnchors(dataFolder(options.data));
      const wrong = report.anchors.filter((anchor) => data.holds(anchor) === false).length;
      if (options.json) {
        const anchors = report.anchors.map((anchor) => ({ ...anchor, ok: data.holds(anchor) }));
        process.stdout.write(`${JSON.stringify({ ok: wrong === 0, anchors, skipped: report.skipped })}\n`);
      } else process.stdout.write(table(report));
      for (const { name, reason } of report.skipped) process.stderr.write(`skipped ${name}: ${reason}\n`);
      if (wrong > 0) {
        process.stderr.write(`${wrong} of ${report.anchors.length} numbers differ from what is known\n`);
        process.exitCode = 1;
      }
    });
}

/** All anchors that the data below `folder` allows; with no folder, those that need no data. */
export async function verifyAnchors(folder: string | null): Promise<data.AnchorReport> {
  const report: data.AnchorReport = { anchors: data.noiseScheduleAnchors(), skipped: [] };
  const from = async (name: string, count: (path: string) => Promise<data.Anchor[]>): Promise<void> => {
    const path = folder === null ? null : join(folder, name);
    if (path && existsSync(path)) report.anchors.push(...(await count(path)));
    else report.skipped.push({ name, reason: path ? `no ${path}` : 'no data folder; give one by --data' });
  };
  await from('nlvr', nlvrWithIntervals);
  await from('shapes', data.shapesAnchors);
  await from('easy-vqa', data.easyVqaAnchors);
  await from('emoji', data.emojiAnchors);
  report.skipped.push({
    name: 'NLVR test-U, POPE, CoMMuTE',
    reason: 'their known values have no reader here yet',
  });
  return report;
}

function dataFolder(named: string | undefined): string | null {
  const asked = named ?? process.env.SIGHTLINE_SHARED_DATA;
  if (asked !== undefined) {
    const path = resolve(asked);
    if (existsSync(path)) return path;
    throw new InputError(
      `${named === undefined ? 'SIGHTLINE_SHARED_DATA' : '--data'} ${path}: no such folder; name the folder that holds nlvr/, shapes/ …`,
    );
  }
  const usual = resolve('../shared/data');
  return existsSync(usual) ? usual : null;
}

/**
 * Known 95 % percentile bootstrap intervals of the majority predictor on dev, by the unit that is drawn: whole
 * examples and whole sentences are wider than single pictures, of which six share a label (METHODS.md (c)).
 */
const INTERVALS = [
  { unit: 'picture', low: 54.05, high: 56.57 },
  { unit: 'example', low: 52.28, high: 58.44 },
  { unit: 'sentence', low: 53.46, high: 57.27 },
] as const;
/** A bootstrap limit is itself a draw: with 4,000 resamples its standard error is below 0.1 points for each unit. */
const LIMIT_TOLERANCE = 0.25;

async function nlvrWithIntervals(path: string): Promise<data.Anchor[]> {
  const anchors: data.Anchor[] = [];
  for (const [split, examples] of await data.readNlvrExamples(path)) {
    anchors.push(...data.nlvrAnchors(split, examples));
    if (split === 'dev') anchors.push(...majorityIntervals(examples));
  }
  return anchors;
}

function majorityIntervals(examples: readonly data.NlvrExample[]): data.Anchor[] {
  const pictures = examples.flatMap((example) => Array.from({ length: example.pictures }, () => example));
  const values = pictures.map(({ label }) => label === 'true');
  const clusters = {
    picture: undefined,
    example: pictures.map(({ example }) => example),
    sentence: pictures.map(({ text }) => text),
  };
  return INTERVALS.flatMap(({ unit, low, high }) => {
    const found = experiments.statistics.bootstrapInterval({
      values,
      clusters: clusters[unit],
      resamples: 4000,
      seed: 1,
    });
    const name = `NLVR dev: majority, 95 % interval by ${unit}`;
    return [
      data.percentage(`${name}, low`, low, found.low, LIMIT_TOLERANCE),
      data.percentage(`${name}, high`, high, found.high, LIMIT_TOLERANCE),
    ];
  });
}

function table({ anchors }: data.AnchorReport): string {
  const rows = anchors.map((anchor) => {
    const digits = anchor.unit === '%' ? 2 : Number.isInteger(anchor.found) ? 0 : 6;
    const show = (value: number | null): string => (value === null ? '–' : value.toFixed(digits));
    const verdict = { true: 'ok', false: 'DIFFERS', null: 'reported' }[String(data.holds(anchor)) as 'true'];
    return [
      anchor.name,
      show(anchor.expected),
      `${show(anchor.found)}${anchor.unit && ` ${anchor.unit}`}`,
      verdict,
    ];
  });
  const all = [['anchor', 'expected', 'found', ''], ...rows];
  const width = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] as string).length)));
  return all
    .map(([name, expected, found, verdict]) =>
      `${(name as string).padEnd(width[0] as number)}  ${(expected as string).padStart(width[1] as number)}  ${(found as string).padStart(width[2] as number)}  ${verdict}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
