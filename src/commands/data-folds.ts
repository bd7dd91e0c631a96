/** @file `sightline data folds`: k-fold record files by cluster. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { data } from '../lib';
import { wholeNumber } from './options';
import { Progress } from './progress';

interface FoldsCommandOptions {
  out: string;
  folds: number;
  by: string;
  validation: number;
  seed: number;
  task: data.Task;
  json?: boolean;
}

export function registerFolds(command: Command): void {
  command
    .command('folds <records...>')
    .description(
      'cut the union of record files into k folds that keep clusters together: fold-0/train.jsonl …',
    )
    .requiredOption('--out <folder>', 'the folder to make; it appears when it is complete')
    .option('--folds <k>', 'how many folds', wholeNumber, 5)
    .option('--by <fields>', 'what belongs together: a field, or several with commas between', 'group')
    .option('--validation <share>', 'share of the rest of each fold that becomes validation', share, 0.1)
    .option('--seed <n>', 'same seed, same folds', wholeNumber, 1)
    .addOption(new Option('--task <name>', 'the task').choices([...data.TASKS]).default('classification'))
    .option('--json', 'the summary as one line of JSON')
    .action(async (paths: string[], { by, out, json, ...options }: FoldsCommandOptions) => {
      const progress = new Progress();
      const report = await data.writeFolds(paths, out, {
        ...options,
        by: by.split(',').map((field) => field.trim()),
        onProgress: (done, total) => progress.update('pictures', done, total),
      });
      progress.clear();
      if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
      else process.stdout.write(describe(report, by));
    });
}

function describe({ records, clusters, folds }: data.FoldsReport, by: string): string {
  const lines = folds.map((fold, number) => {
    const parts = Object.entries(fold).map(
      ([part, size]) => `${part} ${size.records} records in ${size.clusters} clusters`,
    );
    return `fold-${number}: ${parts.join(', ')}`;
  });
  return `${records} records in ${clusters} clusters by ${by}\n${lines.join('\n')}\n`;
}

function share(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number < 1)) {
    throw new InvalidArgumentError('expected a share from 0 to below 1');
  }
  return number;
}
