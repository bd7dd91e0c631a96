/** @file Runs the parts of a study, and writes its section of docs/results.md from what their ledgers hold. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { GridWatcher } from '../../src/commands/grid-watcher';
import { type GridOptions, runGrid } from '../../src/commands/run-grid';
import { experiments, places } from '../../src/lib';
import { InputError } from '../../src/lib/errors';
import { say } from '../parts/talk';
import { factsOf } from './facts';
import { hasSection, withSection } from './page';
import type { FinishedPart, PartContext, Study, StudyPart } from './study';

export interface StudyOptions extends Pick<GridOptions, 'device' | 'threads' | 'jobs' | 'allowMixed'> {
  /** Seeds 1 … n in place of the study's own. */
  seeds?: number;
  /** Work on these parts alone; the section has of the others what their ledgers hold. */
  only?: readonly string[];
}

/** Runs what is missing and writes the section. Gives what went wrong with single cells, a line a part. */
export async function runStudy(study: Study, options: StudyOptions): Promise<string[]> {
  const folder = places.projectFolder('runs', 'results', study.name);
  await mkdir(folder, { recursive: true });
  const finished: FinishedPart[] = [];
  const troubles: string[] = [];
  const absent: string[] = [];
  for (const part of study.parts) {
    const works = options.only?.includes(part.name) ?? true;
    if (!works && !existsSync(join(folder, part.name, 'ledger.jsonl'))) continue;
    say(`\n${study.name}: ${part.name}${works ? '' : ' (only read)'}`);
    const data = await part.data.prepare();
    if (data === null) {
      absent.push(part.name);
      continue;
    }
    try {
      const done = await runPart(study, part, { folder, data, works, finished }, options);
      finished.push(done.finished);
      if (done.trouble) troubles.push(`${part.name}: ${done.trouble}`);
    } catch (error) {
      // A part that is only read may have run with other settings than it has now.
      if (works || !(error instanceof InputError)) throw error;
      say(`left out: ${error.message}`);
    }
  }
  await writeSection(study, finished, absent);
  return troubles;
}

interface Place {
  folder: string;
  data: string;
  /** Whether cells are run, or the ledger only read. */
  works: boolean;
  /** The parts before this one. */
  finished: readonly FinishedPart[];
}

async function runPart(
  { name, seeds }: Study,
  part: StudyPart,
  { folder, data, works, finished }: Place,
  options: StudyOptions,
): Promise<{ finished: FinishedPart; trouble: string | null }> {
  const count = options.seeds ?? seeds;
  const file = (one: string) => relative(folder, join(data, one));
  const context: PartContext = {
    seeds: Array.from({ length: count }, (_, i) => i + 1),
    file,
    files: { train: file('train.jsonl'), validation: file('validation.jsonl'), test: file('test.jsonl') },
    weights: (earlier, of) => relative(folder, weightsOf(finished, earlier, of)),
  };
  const path = join(folder, `${part.name}.json`);
  const written = { name: `${name}: ${part.name}`, seeds: context.seeds, ...part.grid(context) };
  const config = experiments.parseAblationConfig(written, `the grid of ${part.name}`);
  writeFileSync(path, `${JSON.stringify(written, null, 2)}\n`);
  const out = join(folder, part.name);
  const watcher = new GridWatcher();
  const { plan, ledger, trouble } = works
    ? await runGrid({ path, config, folder, out }, { ...options, resume: true, on: 'local' }, watcher)
    : await readGrid(config, folder, out, part.name);
  const summary = await experiments.summarizeAblation(plan, ledger, out, { folder });
  await experiments.writeSummary(summary, out);
  await experiments.writeReport(summary, plan, ledger, out);
  return { finished: { part, folder, out, plan, ledger, summary }, trouble };
}

async function readGrid(config: experiments.AblationConfig, folder: string, out: string, name: string) {
  const plan = await experiments.planAblation(config, { folder, configName: name });
  const ledger = await new experiments.Ledger(join(out, 'ledger.jsonl')).byId();
  if (!plan.cells.some(({ id }) => ledger.has(id))) throw new InputError(`${out}: no cell of it has run`);
  return { plan, ledger, trouble: null };
}

function weightsOf(
  finished: readonly FinishedPart[],
  name: string,
  { seed, settings = {} }: { seed?: number; settings?: Record<string, unknown> } = {},
): string {
  const found = finished.find(({ part }) => part.name === name);
  const cell = found?.plan.cells.find(
    (one) =>
      (seed === undefined || one.seed === seed) &&
      Object.entries(settings).every(([path, value]) => one.settings[path] === value),
  );
  if (!found || !cell) throw new InputError(`no cell of the part ${name} has these settings and this seed`);
  if (found.ledger.get(cell.id)?.status !== 'finished') {
    throw new InputError(`${cell.name} of the part ${name} has not finished; run it first`);
  }
  return join(found.out, 'cells', cell.id, 'model');
}

async function writeSection(
  study: Study,
  finished: readonly FinishedPart[],
  absent: readonly string[],
): Promise<void> {
  if (finished.length === 0) return;
  const section = [
    `## ${study.title}`,
    study.question,
    await study.body(finished),
    factsOf(study, finished),
  ].join('\n\n');
  process.stdout.write(`${section}\n`);
  const page = places.projectFolder('docs', 'results.md');
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const kept = `ledgers, figures, pages and configs are in runs/results/${study.name}`;
  if (absent.length > 0 && hasSection(before, study.name)) {
    say(`\ndocs/results.md stays as it is, for ${absent.join(', ')} would be missing; ${kept}`);
    return;
  }
  writeFileSync(page, withSection(before, study.name, section));
  say(`\nwritten to docs/results.md; ${kept}`);
}
