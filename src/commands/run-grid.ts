/** @file Runs a grid for a command: in this process, or in several that share its ledger. */
import { resolve } from 'node:path';
import { engine, experiments, places } from '../lib';
import { InputError } from '../lib/errors';
import type { GridWatcher } from './grid-watcher';
import { type DeviceOptions, useDevice } from './options';

export interface GridOptions extends DeviceOptions {
  resume?: boolean;
  allowMixed?: boolean;
  /** The one seed of the config that the command line chose: other processes must choose it too. */
  seed?: number;
  on: 'local' | 'slurm';
  jobs?: number;
  /** One of several processes, started by another. */
  worker?: boolean;
}

export interface Grid {
  /** File of the config: other processes read it. */
  path: string;
  config: experiments.AblationConfig;
  /** Where relative paths of the config start. */
  folder: string;
  out: string;
}

export interface FinishedGrid {
  plan: experiments.AblationPlan;
  ledger: ReadonlyMap<string, experiments.LedgerLine>;
  /** What to tell of cells that failed or stayed open; `null` where all is well. */
  trouble: string | null;
}

/** The command as it is compiled: what other processes run, whichever script this one is. */
const CLI = places.projectFolder('dist', 'src', 'cli.js');

/** What a task of Slurm may use, where no run has said what it needs. */
const DEFAULT_MEMORY_MIB = 2048;

/** Chooses the device, runs what is missing, and shows how far it is. */
export async function runGrid(grid: Grid, options: GridOptions, watcher: GridWatcher): Promise<FinishedGrid> {
  if (!options.worker && (options.on === 'slurm' || (options.jobs ?? 1) > 1)) {
    return withWorkers(grid, options, watcher);
  }
  const { path, config, folder, out } = grid;
  await useDevice(options);
  const { plan, ledger } = await untilInterrupted((signal) =>
    experiments.searchAblation(config, out, {
      folder,
      configName: path,
      resume: options.resume,
      allowMixed: options.allowMixed,
      signal,
      onProgress: watcher.onProgress,
      onEvent: (event) => watcher.show(event),
      onRung: ({ steps, tried, kept, best }) =>
        watcher.progress.say(
          `${steps} steps: ${kept.length} of ${tried} go on${best ? `, the best with a validation ${best.metric} of ${best.value.toFixed(4)}` : ''}`,
        ),
    }),
  );
  watcher.progress.clear();
  return { plan, ledger, trouble: failures(plan, ledger, out) };
}

/** `null` where none has failed. */
function failures(
  plan: experiments.AblationPlan,
  ledger: ReadonlyMap<string, experiments.LedgerLine>,
  out: string,
): string | null {
  const failed = experiments.failedCells(plan, ledger, out).length;
  if (failed === 0) return null;
  const counted = experiments.countedCells(plan, ledger).length;
  return `${failed} of ${counted} cells failed; try them again with --resume`;
}

/** Leaves the cells to other processes, here or on Slurm, and looks on until they have ended. */
async function withWorkers(grid: Grid, options: GridOptions, watcher: GridWatcher): Promise<FinishedGrid> {
  const { path, config, folder, out } = grid;
  if (config.search?.kind === 'successive-halving') {
    throw new InputError(
      `${path}: search.kind: successive halving waits for every rung; ask for "asha", which does not, or start it in several processes with --resume instead of --jobs or --on slurm`,
    );
  }
  const where = { folder, configName: path };
  const asha = config.search?.kind === 'asha' ? await experiments.planAsha(config, where) : null;
  const plan = asha?.whole ?? (await experiments.planAblation(config, where));
  const expected = asha?.expected ?? plan.cells.length;
  // What would make every worker refuse is told here, before anything is written. Other machines have other devices.
  if (options.on === 'slurm') await experiments.requireSlurm();
  else await useDevice(options);
  const { before } = await experiments.beginAblation(plan, out, options);
  const work = await startWorkers(grid, plan, expected, before, options);
  process.stderr.write(`${expected} cells, ${work.name}\n`);
  await untilInterrupted((signal) =>
    experiments.followWorkers(work, plan, out, {
      before,
      signal,
      onProgress: (done, { pending, running }) =>
        watcher.progress.update('cells', done, Math.max(done, expected), `${running} work, ${pending} wait`),
    }),
  );
  watcher.progress.clear();
  const ledger = await new experiments.Ledger(resolve(out, 'ledger.jsonl')).byId();
  const search = asha && (await experiments.finishedAsha(config, asha, ledger, out, where));
  const concluded = search?.plan ?? plan;
  const open = search?.open ?? plan.cells.filter(({ id }) => !ledger.has(id)).length;
  const own = new Set(plan.cells.map(({ id }) => id));
  const over = experiments.hasBudget(config) ? experiments.overBudget(config, ledger, own) : null;
  const spent = over ?? search?.spent ?? null;
  // What `budget.cells` ended has begun nothing that is open: what is left of the search is what it was expected to train.
  const left = search?.spent
    ? Math.max(0, expected - plan.cells.filter(({ id }) => ledger.has(id)).length)
    : open;
  if (spent && (open > 0 || search?.spent)) watcher.show({ kind: 'spent', what: spent, open: left });
  const logs = resolve(out, options.on === 'slurm' ? 'slurm' : 'workers');
  const trouble =
    open > 0 && !spent
      ? `${open} of ${expected} cells have not finished; see ${logs}, then go on with --resume`
      : failures(concluded, ledger, out);
  return { plan: concluded, ledger, trouble };
}

/** Processes that go through the cells with `--resume`, as many as there is work for. */
async function startWorkers(
  { path, folder, out }: Grid,
  plan: experiments.AblationPlan,
  expected: number,
  before: ReadonlyMap<string, experiments.LedgerLine>,
  { on, device, threads, seed, allowMixed, jobs }: GridOptions,
): Promise<experiments.Workers> {
  const count = Math.min(Math.max(1, jobs ?? 16), expected);
  // Several that take all cores each would only wait for one another.
  const cores = threads ?? (on === 'slurm' ? 1 : Math.max(1, Math.floor(engine.describe().threads / count)));
  const command = [
    ...[process.execPath, CLI, 'ablate', resolve(path), '--out', out],
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
