/** @file `sightline ablate`: a grid of runs from one config, with its table, verdicts and figure. */
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { experiments } from '../lib';
import { InputError } from '../lib/errors';
import { GridWatcher } from './grid-watcher';
import { addDeviceOptions, type DeviceOptions, useDevice, wholeNumber } from './options';
import { minutes } from './progress';

interface Options extends DeviceOptions {
  out: string;
  resume?: boolean;
  allowMixed?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  seed?: number;
  on: 'local' | 'slurm';
  jobs?: number;
  worker?: boolean;
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
  const onProgress = (activity: string, done: number, total: number | null) => {
    // Many short waits: their ends are not worth a line each.
    if (total === null || done < total) watcher.progress.update(activity, done, total);
  };
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
  if (!options.worker && (options.on === 'slurm' || (options.jobs ?? 1) > 1)) {
    await withWorkers(path, config, out, folder, options, watcher);
    return;
  }
  await useDevice(options);
  const { plan, ledger, failed } = await untilInterrupted((signal) =>
    experiments.searchAblation(config, out, {
      folder,
      configName: path,
      resume: options.resume,
      allowMixed: options.allowMixed,
      signal,
      onProgress,
      onEvent: (event) => watcher.show(event),
      onRung: ({ steps, tried, kept }) =>
        watcher.progress.say(
          `${steps} steps: ${kept.length} of ${tried} go on, the best with ${kept[0]?.score.toFixed(4)}`,
        ),
    }),
  );
  watcher.progress.clear();
  if (!options.worker) await conclude(plan, ledger, out, folder);
  if (failed > 0)
    throw new Error(`${failed} of ${plan.cells.length} cells failed; try them again with --resume`);
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

/** What a task of Slurm may use, where no run has said what it needs. */
const DEFAULT_MEMORY_MIB = 2048;

/** Leaves the cells to other processes, here or on Slurm, and concludes once they have ended. */
async function withWorkers(
  path: string,
  config: experiments.AblationConfig,
  out: string,
  folder: string,
  options: Options,
  watcher: GridWatcher,
): Promise<void> {
  if (config.search?.kind === 'successive-halving') {
    throw new InputError(
      `${path}: search.kind: successive halving waits for every rung; start it in several processes with --resume instead of --jobs or --on slurm`,
    );
  }
  const plan = await experiments.planAblation(config, { folder, configName: path });
  // What would make every worker refuse is told here, before anything is written. Other machines have other devices.
  if (options.on === 'slurm') await experiments.requireSlurm();
  else await useDevice(options);
  const { before } = await experiments.beginAblation(plan, out, options);
  const work = await startWorkers(path, plan, before, out, folder, options);
  process.stderr.write(`${plan.cells.length} cells, ${work.name}\n`);
  await untilInterrupted((signal) =>
    experiments.followWorkers(work, plan, out, {
      before,
      signal,
      onProgress: (done, { pending, running }) =>
        watcher.progress.update('cells', done, plan.cells.length, `${running} work, ${pending} wait`),
    }),
  );
  watcher.progress.clear();
  const ledger = await new experiments.Ledger(resolve(out, 'ledger.jsonl')).byId();
  await conclude(plan, ledger, out, folder);
  const { length: cells } = plan.cells;
  const failed = plan.cells.filter(({ id }) => ledger.get(id)?.status === 'failed').length;
  const open = plan.cells.filter(({ id }) => !ledger.has(id)).length;
  const own = new Set(plan.cells.map(({ id }) => id));
  const spent = experiments.hasBudget(config) ? experiments.overBudget(config, ledger, own) : null;
  if (spent && open > 0) watcher.show({ kind: 'spent', what: spent, open });
  else if (open > 0) {
    const logs = resolve(out, options.on === 'slurm' ? 'slurm' : 'workers');
    throw new Error(`${open} of ${cells} cells have not finished; see ${logs}, then go on with --resume`);
  }
  if (failed > 0) throw new Error(`${failed} of ${cells} cells failed; try them again with --resume`);
}

/** Processes that go through the cells with \`--resume\`, as many as there is work for. */
async function startWorkers(
  path: string,
  plan: experiments.AblationPlan,
  before: ReadonlyMap<string, experiments.LedgerLine>,
  out: string,
  folder: string,
  { on, device, threads, seed, allowMixed, jobs }: Options,
): Promise<experiments.Workers> {
  const count = Math.min(Math.max(1, jobs ?? 16), plan.cells.length);
  // Several that take all cores each would only wait for one another.
  const cores = threads ?? (on === 'slurm' ? 1 : Math.max(1, Math.floor(availableParallelism() / count)));
  const command = [
    ...[process.execPath, process.argv[1] as string, 'ablate', resolve(path), '--out', out],
    ...['--resume', '--worker', '--device', device, '--threads', String(cores)],
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(allowMixed ? ['--allow-mixed'] : []),
  ];
  if (on === 'local') return experiments.localWorkers(command, count, resolve(out, 'workers'));
  const { seconds } = await experiments.estimateGrid(plan, folder);
  const bytes = [...before.values()].map((line) => (line.status === 'finished' ? line.peakMemoryBytes : 0));
  const seen = Math.ceil((1.5 * Math.max(0, ...bytes)) / 2 ** 20);
  return experiments.slurmWorkers({
    command,
    tasks: count,
    name: plan.config.name,
    folder: resolve(out, 'slurm'),
    cpus: cores,
    memoryMiB: seen || DEFAULT_MEMORY_MIB,
    // Three times what is expected, since a machine may be slower; what is cut off is taken up by --resume.
    minutes: 10 + (3 * seconds) / 60 / count,
    gpus: ['cuda', 'webgpu'].includes(device) ? 1 : 0,
  });
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
  const later = rest.map(
    ({ steps, combinations, cells }) =>
      `; then the best ${combinations} by validation, ${steps} steps (${cells} cells)`,
  );
  return `successive halving: these ${first.combinations} combinations, ${first.steps} steps (${first.cells} cells)${later.join('')}\n`;
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

/** Runs `work` with a signal that the first Ctrl-C (or SIGTERM) aborts: the cell saves itself; a second one ends at once. */
async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nsaving a checkpoint of the cell; once more to stop at once\n');
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
