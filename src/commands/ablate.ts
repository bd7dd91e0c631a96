/** @file `sightline ablate`: a grid of runs from one config, with its table, verdicts and figure. */
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { experiments } from '../lib';
import { InputError } from '../lib/errors';
import { GridWatcher } from './grid-watcher';
import { addDeviceOptions, wholeNumber } from './options';
import { minutes } from './progress';
import { type GridOptions, runGrid } from './run-grid';

interface Options extends GridOptions {
  out: string;
  dryRun?: boolean;
  yes?: boolean;
}

/** A grid of more cells is started only with --yes. */
const ASKED_ABOVE = 200;

export function registerAblate(program: Command): void {
  const command = program
    .command('ablate <config>')
    .description(
      'train and evaluate every cell of a grid; table, verdicts and figure of what made a difference',
    )
    .requiredOption('--out <folder>', 'ledger, cells, summary and figures')
    .option('--resume', 'run what is missing in the folder; several processes may do so at once')
    .option('--allow-mixed', 'use results of another version of the code')
    .option('--dry-run', 'list the cells on stdout; run and write nothing')
    .option('--yes', `start a grid of more than ${ASKED_ABOVE} cells`)
    .option('--seed <n>', 'this one seed in place of those in the config', wholeNumber)
    .addOption(new Option('--on <place>', 'where to run').choices(['local', 'slurm']).default('local'))
    .option('--jobs <n>', 'processes that work at once; on slurm: tasks of the job array', wholeNumber)
    .addOption(new Option('--worker', 'run cells; leave table and page to another').hideHelp());
  addDeviceOptions(command).action(ablateCommand);
}

async function ablateCommand(path: string, options: Options): Promise<void> {
  const written = await experiments.readAblationConfig(path);
  const config = options.seed === undefined ? written : { ...written, seeds: [options.seed] };
  const folder = dirname(resolve(path));
  const out = resolve(options.out);
  const cells = countCells(config, path);
  const watcher = new GridWatcher();
  const { onProgress } = watcher;
  if (options.dryRun) {
    const plan = await experiments.planAblation(config, { folder, configName: path, onProgress });
    watcher.progress.clear();
    const first = experiments.firstGrid(config, plan.grid.combinations.length, path);
    await listCells(
      first === config ? plan : await experiments.planAblation(first, { folder, configName: path }),
      out,
    );
    process.stderr.write(rungsInWords(plan));
    process.stderr.write(`${await inWords(plan, folder)}; nothing was run\n`);
    return;
  }
  if (cells > ASKED_ABOVE && !options.yes && !options.worker) {
    const plan = await experiments.planAblation(config, { folder, configName: path, onProgress });
    watcher.progress.clear();
    throw new InputError(
      `${path}: the grid has ${await inWords(plan, folder)}; look at it with --dry-run, then start it with --yes`,
    );
  }
  const { plan, ledger, trouble } = await runGrid({ path, config, folder, out }, options, watcher);
  if (!options.worker) await conclude(plan, ledger, out, folder);
  if (trouble) throw new Error(trouble);
}

/** Statistics, tables, figures and the page, of what the ledger holds. */
async function conclude(
  plan: experiments.AblationPlan,
  ledger: ReadonlyMap<string, experiments.LedgerLine>,
  out: string,
  folder: string,
): Promise<void> {
  process.stderr.write('statistics\n');
  const summary = await experiments.summarizeAblation(plan, ledger, out, { folder });
  await experiments.writeSummary(summary, out);
  await experiments.writeReport(summary, plan, ledger, out);
  process.stdout.write(experiments.ablationMarkdown(summary));
  process.stderr.write(`report.html, summary, tables and figures in ${out}\n`);
}

function countCells(config: experiments.AblationConfig, path: string): number {
  const { combinations } = experiments.expandGrid(config, path);
  const rungs = experiments.rungsOf(config, combinations.length);
  return rungs.reduce((sum, { cells }) => sum + cells, 0) || combinations.length * config.seeds.length;
}

/** What of a search by halving comes after the cells that are listed; nothing of other grids. */
function rungsInWords({ config, grid }: experiments.AblationPlan): string {
  const [first, ...rest] = experiments.rungsOf(config, grid.combinations.length);
  if (!first) return '';
  const isAsynchronous = config.search?.kind === 'asha';
  const later = rest.map(
    ({ steps, combinations, cells }) =>
      `; then ${isAsynchronous ? 'about ' : ''}the best ${combinations} by validation, ${steps} steps (${cells} cells)`,
  );
  const name = isAsynchronous ? 'asynchronous successive halving' : 'successive halving';
  return `${name}: these ${first.combinations} combinations, ${first.steps} steps (${first.cells} cells)${later.join('')}\n`;
}

/** `240 cells, about 3.2 hours on this machine in one process`. */
async function inWords(plan: experiments.AblationPlan, folder: string): Promise<string> {
  const { cells, seconds } = await experiments.estimateGrid(plan, folder);
  const hours = seconds / 3600;
  const time = hours < 1 ? minutes(seconds) : `${hours.toPrecision(2)} hours`;
  return `${cells} cells, about ${time} in one process on this machine`;
}

async function listCells(plan: experiments.AblationPlan, out: string): Promise<void> {
  const lines = await new experiments.Ledger(resolve(out, 'ledger.jsonl')).byId();
  for (const cell of plan.cells) {
    const status = lines.get(cell.id)?.status ?? 'open';
    const shown = cell.evaluations.map(experiments.evaluationName);
    process.stdout.write(`${cell.id}  ${status}  ${cell.name}  (${shown.join(', ')})\n`);
  }
}
