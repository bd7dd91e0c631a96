/** @file `sightline train`: one model on one task, from a config. */
import { dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { training } from '../lib';
import { readJsonFile } from '../lib/config-issues';
import { InputError } from '../lib/errors';
import { addDeviceOptions, type DeviceOptions, useDevice, wholeNumber } from './options';
import { minutes, Progress } from './progress';

interface Options extends DeviceOptions {
  out: string;
  resume?: boolean;
  from?: string;
  margin?: number;
  seed?: number;
}

export function registerTrain(program: Command): void {
  const command = program
    .command('train <config>')
    .description('train one model on one task; the config needs only "task" and "data"')
    .requiredOption('--out <folder>', 'the run folder: config, metrics, checkpoint, best weights, result')
    .option('--resume', 'go on from the checkpoint in the run folder')
    .option(
      '--from <run>',
      'go on from a finished run; the new model takes its place if it is not worse on the frozen test records',
    )
    .option('--margin <share>', 'share of its value by which it may be worse (default: 0.01)', share)
    .option('--seed <n>', 'in place of the seed in the config', wholeNumber);
  addDeviceOptions(command).action(trainCommand);
}

async function trainCommand(path: string, options: Options): Promise<void> {
  if (options.margin !== undefined && options.from === undefined) {
    throw new InputError(
      `--margin ${options.margin}: says by how much a new model may be worse than the one that --from names; give --from too, or leave it out`,
    );
  }
  const written = (await readJsonFile(path)) as training.TrainConfigInput;
  const config = options.seed === undefined ? written : { ...written, seed: options.seed };
  if (options.from === undefined) training.parseTrainConfig(config, path);
  await useDevice(options);
  const watcher = new TrainingWatcher();
  const call = {
    folder: dirname(resolve(path)),
    configName: path,
    resume: options.resume,
    signal: abortOnInterrupt(),
    onProgress: (activity: string, done: number, total: number | null) =>
      watcher.progress.update(activity, done, total),
    onEvent: (event: training.TrainingEvent) => watcher.show(event),
  };
  const out = resolve(options.out);
  const continued =
    options.from === undefined
      ? null
      : await training.continueRun(config, options.from, out, { ...call, margin: options.margin });
  const result = continued?.result ?? (await training.train(config, out, call));
  watcher.progress.clear();
  for (const [name, { value, low, high }] of Object.entries(result.metrics)) {
    process.stdout.write(
      `${result.split} ${name} ${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]\n`,
    );
  }
  process.stderr.write(
    `${result.steps} steps in ${minutes(result.seconds)}; best weights (step ${result.bestStep}) in ${options.out}/model\n`,
  );
  if (continued) tellVersion(continued, options.from as string);
}

/** How the new model compared with the old one, and which of them stands in the run folder now. */
function tellVersion({ comparison, history }: training.ContinuedRun, from: string): void {
  const { metric, margin, notWorse, records, metrics } = comparison;
  for (const [name, { old, new: now, difference, low, high }] of Object.entries(metrics)) {
    process.stdout.write(
      `version ${name} ${old.toFixed(4)} -> ${now.toFixed(4)}, difference ${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]\n`,
    );
  }
  const said = notWorse
    ? `takes the place of the version before: by ${metric} it is not worse`
    : `is kept beside version ${history.current}, which stays: by ${metric} it may be worse`;
  process.stdout.write(
    `version ${history.versions.length} of ${from} ${said} (margin ${margin} of the old value, ${records} test records)\n`,
  );
}

/** A share from 0 to 1. */
function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('expected a number from 0 to 1');
  return value;
}

/** Aborted by the first Ctrl-C (or SIGTERM): the run saves itself; a second one ends at once. */
function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      process.stderr.write('\nsaving a checkpoint; once more to stop at once\n');
      controller.abort();
      process.once(name, () => process.exit(130));
    });
  }
  return controller.signal;
}

/** Shows a run's events. */
class TrainingWatcher {
  progress = new Progress();
  private steps = 0;
  private first = 0;

  show(event: training.TrainingEvent): void {
    switch (event.kind) {
      case 'start':
        this.progress.clear();
        this.progress = new Progress();
        [this.steps, this.first] = [event.steps, event.step];
        this.progress.say(
          `${event.parameters.toLocaleString('en')} parameters; ${event.steps} steps, ${event.stepsPerEpoch} an epoch` +
            (event.step > 0 ? `; going on at step ${event.step}` : ''),
        );
        break;
      case 'step': {
        const left = this.progress.timeLeft(event.step, this.steps, this.first);
        this.progress.update(
          `epoch ${event.epoch + 1}`,
          event.step,
          this.steps,
          `loss ${event.loss.toFixed(4)}  ${left}`,
        );
        break;
      }
      case 'evaluation': {
        const scores = Object.entries(event.metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
        this.progress.say(
          `step ${event.step}: validation ${scores.join(', ')}${event.improved ? ' (best)' : ''}`,
        );
        break;
      }
      case 'stopped':
        this.progress.say(
          `stopped early at step ${event.step}: no better score since step ${event.bestStep}`,
        );
        break;
      case 'testing':
        this.progress.update('testing', event.done, event.total);
    }
  }
}
