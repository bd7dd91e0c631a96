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
  /** Write the section also where it would have fewer parts than the page has now. */
  partial?: boolean;
}

/** Runs what is missing and writes the section. Gives what went wrong, a line a part; the others go on. */
export async function runStudy(study: Study, options: StudyOptions): Promise<string[]> {
  const folder = places.projectFolder('runs', 'results', study.name);
  await mkdir(folder, { recursive: true });
  const finished: FinishedPart[] = [];
  const troubles: string[] = [];
  const absent: string[] = [];
  for (const part of study.parts) {
    const works = options.only?.includes(part.name) ?? true;
    try {
      if (works) {
        say(`\n${study.name}: ${part.name}`);
        const done = await runPart(study, part, { folder, finished }, options);
        if (done) finished.push(done.finished);
        else absent.push(part.name);
        if (done?.trouble) troubles.push(`${part.name}: ${done.trouble}`);
      } else {
        const done = await readPart(part, folder);
        if (done) finished.push(done);
        else absent.push(part.name);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      absent.push(part.name);
      troubles.push(`${part.name}: ${error.message}`);
    }
  }
  await writeSection(study, finished, absent, options);
  return troubles;
}

/** `null` where what its records are made of is absent. */
async function runPart(
  { name, seeds }: Study,
  part: StudyPart,
  { folder, finished }: { folder: string; finished: readonly FinishedPart[] },
  options: StudyOptions,
): Promise<{ finished: FinishedPart; trouble: string | null } | null> {
  const data = await part.data.prepare({ weights: (earlier, of) => weightsOf(finished, earlier, of) });
  if (data === null) return null;
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
  const { plan, ledger, trouble } = await runGrid(
    { path, config, folder, out },
    { ...options, resume: true, on: 'local' },
    watcher,
  );
  const summary = await experiments.summarizeAblation(plan, ledger, out, { folder });
  await experiments.writeSummary(summary, out);
  await experiments.writeReport(summary, plan, ledger, out);
  return { finished: { part, folder, out, plan, ledger, summary }, trouble };
}

/** A part as it has run, by the config that it ran with; nothing is written. `null` where it has not. */
async function readPart(part: StudyPart, folder: string): Promise<FinishedPart | null> {
  const path = join(folder, `${part.name}.json`);
  const out = join(folder, part.name);
  if (!existsSync(path) || !existsSync(join(out, 'ledger.jsonl'))) return null;
  const config = await experiments.readAblationConfig(path);
  const plan = await experiments.planAblation(config, { folder, configName: path });
  const ledger = await new experiments.Ledger(join(out, 'ledger.jsonl')).byId();
  if (!plan.cells.some(({ id }) => ledger.has(id))) return null;
  const summary = await experiments.summarizeAblation(plan, ledger, out, { folder });
  return { part, folder, out, plan, ledger, summary };
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
  if (!found)
    throw new InputError(`the part ${name}, whose weights it starts from, has not run; run it first`);
  if (!cell) throw new InputError(`no cell of the part ${name} has these settings and this seed`);
  if (found.ledger.get(cell.id)?.status !== 'finished') {
    throw new InputError(`${cell.name} of the part ${name} has not finished; run it first`);
  }
  return join(found.out, 'cells', cell.id, 'model');
}

async function writeSection(
  study: Study,
  finished: readonly FinishedPart[],
  absent: readonly string[],
  { partial, seeds }: StudyOptions,
): Promise<void> {
  if (finished.length === 0) return;
  const section = [
    `## ${study.title}`,
    study.question,
    await study.body(finished),
    factsOf(study, finished, seeds),
  ].join('\n\n');
  process.stdout.write(`${section}\n`);
  const page = places.projectFolder('docs', 'results.md');
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const kept = `ledgers, figures, pages and configs are in runs/results/${study.name}`;
  if (absent.length > 0 && hasSection(before, study.name) && !partial) {
    say(
      `\ndocs/results.md stays as it is, for ${absent.join(', ')} would be missing (--partial writes it all the same); ${kept}`,
    );
    return;
  }
  writeFileSync(page, withSection(before, study.name, section));
  say(`\nwritten to docs/results.md; ${kept}`);
}
