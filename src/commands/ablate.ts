/** @file `sightline ablate`: a grid of runs from one config, with its table, verdicts and figure. */
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { experiments } from '../lib';
import { InputError } from '../lib/errors';
import { addDeviceOptions, type DeviceOptions, useDevice, wholeNumber } from './options';
import { minutes, Progress } from './progress';

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
    await listCells(plan, out);
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
  await experiments.beginAblation(config, out, options.resume ?? false);
  const { device, threads, seed, allowMixed, jobs } = options;
  const command = [
    ...[process.execPath, process.argv[1] as string, 'ablate', resolve(path), '--out', out],
    ...['--resume', '--worker', '--device', device],
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(allowMixed ? ['--allow-mixed'] : []),
  ];
  let workers: experiments.Workers;
  if (options.on === 'slurm') {
    const tasks = jobs ?? Math.min(plan.cells.length, 16);
    const { seconds } = await experiments.estimateGrid(plan, folder);
    const before = [...(await new experiments.Ledger(resolve(out, 'ledger.jsonl')).byId()).values()];
    const bytes = before.map((line) => (line.status === 'finished' ? line.peakMemoryBytes : 0));
    const seen = Math.ceil((1.5 * Math.max(0, ...bytes)) / 2 ** 20);
    workers = await experiments.slurmWorkers({
      command,
      tasks,
      name: config.name,
      folder: resolve(out, 'slurm'),
      cpus: threads ?? 1,
      memoryMiB: seen || DEFAULT_MEMORY_MIB,
      // Three times what is expected, since a machine may be slower; what is cut off is taken up by --resume.
      minutes: 10 + (3 * seconds) / 60 / tasks,
      gpus: ['cuda', 'webgpu'].includes(device) ? 1 : 0,
    });
  } else workers = experiments.localWorkers(command, jobs as number, resolve(out, 'workers'));
  process.stderr.write(`${plan.cells.length} cells, ${workers.name}\n`);
  await untilInterrupted((signal) =>
    experiments.followWorkers(workers, plan, out, {
      signal,
      onProgress: (done, { pending, running }) =>
        watcher.progress.update('cells', done, plan.cells.length, `${running} work, ${pending} wait`),
    }),
  );
  watcher.progress.clear();
  const ledger = await new experiments.Ledger(resolve(out, 'ledger.jsonl')).byId();
  await conclude(plan, ledger, out, folder);
  const finished = plan.cells.filter(({ id }) => ledger.get(id)?.status === 'finished').length;
  if (finished < plan.cells.length) {
    throw new Error(
      `${plan.cells.length - finished} of ${plan.cells.length} cells have not finished; see ${resolve(out, options.on === 'slurm' ? 'slurm' : 'workers')}, then go on with --resume`,
    );
  }
}

function countCells(config: experiments.AblationConfig, path: string): number {
  const { combinations } = experiments.expandGrid(config, path);
  return combinations.length * config.seeds.length;
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

/** Shows how far the grid is, and how far the cell. */
class GridWatcher {
  progress = new Progress();
  private doneBefore = 0;
  private steps = 0;
  private place = '';

  show(event: experiments.AblationEvent): void {
    switch (event.kind) {
      case 'plan':
        this.doneBefore = event.done;
        this.progress = new Progress();
        this.progress.say(
          `${event.cells} cells, ${event.done} of them done` +
            (event.torn.length > 0
              ? `; passed over what a killed process left in line ${event.torn.join(', ')} of the ledger`
              : '') +
            (event.foreign > 0 ? `; passed over ${event.foreign} cells of another config or other data` : ''),
        );
        break;
      case 'cell':
        this.place = `cell ${event.number}/${event.cells}`;
        this.progress.say(`${this.place}: ${event.cell.name} (${event.cell.id})`);
        break;
      case 'training':
        this.showTraining(event.event);
        break;
      case 'finished': {
        const scores = Object.entries(event.metrics).map(
          ([name, { value }]) => `${name} ${value.toFixed(4)}`,
        );
        this.progress.say(
          `done ${event.done}/${event.cells}: ${event.cell.name}: ${scores.join(', ')} in ${minutes(event.seconds)}` +
            `; ${this.progress.timeLeft(event.done, event.cells, this.doneBefore)}`,
        );
        break;
      }
      case 'failed':
        this.progress.say(`failed: ${event.cell.name} (${event.cell.id}): ${event.error}`);
        break;
      case 'spent':
        this.progress.say(`${event.what} are spent; ${event.open} cells are not begun`);
        break;
      case 'waiting':
        this.progress.update(`waiting for another process, cells`, event.cells, null);
    }
  }

  private showTraining(event: Extract<experiments.AblationEvent, { kind: 'training' }>['event']): void {
    if (event.kind === 'start') this.steps = event.steps;
    if (event.kind === 'step') {
      const note = `epoch ${event.epoch + 1}  loss ${event.loss.toFixed(4)}`;
      this.progress.update(`${this.place} step`, event.step, this.steps, note);
    }
    if (event.kind === 'testing') this.progress.update(`${this.place} testing`, event.done, event.total);
  }
}
