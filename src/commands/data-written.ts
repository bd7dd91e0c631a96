/** @file `sightline data written`: training records out of what a model wrote. */
import type { Command } from 'commander';
import { data } from '../lib';
import { Progress } from './progress';

interface WrittenCommandOptions {
  prompts: string;
  beside?: string;
  out: string;
  json?: boolean;
}

export function registerWritten(command: Command): void {
  command
    .command('written <predictions>')
    .description('data augmentation: labelled records out of what a model wrote: train.jsonl, pictures')
    .requiredOption(
      '--prompts <records>',
      'the records that it was asked from (generation, kind augmentation)',
    )
    .option('--beside <records>', 'labelled records that come first; only their labels are taken up')
    .requiredOption('--out <folder>', 'the folder to make; it appears when it is complete')
    .option('--json', 'the summary as one line of JSON')
    .addHelpText(
      'after',
      `
A writer is trained on records of \`sightline data scene --task generation --kind augmentation\`, and asked about other pictures:
  sightline predict runs/writer --data more/train.jsonl --out written.jsonl
  sightline data written written.jsonl --prompts more/train.jsonl --beside small.jsonl --out data/larger`,
    )
    .action(async (predictions: string, { out, json, ...options }: WrittenCommandOptions) => {
      const progress = new Progress();
      const report = await data.writeWrittenRecords(predictions, out, {
        ...options,
        onProgress: (done, total) => progress.update('pictures', done, total),
      });
      progress.clear();
      const { beside, written, leftOut } = report;
      process.stdout.write(
        json
          ? `${JSON.stringify(report)}\n`
          : `${beside + written} records, ${written} of them written; left out: ${leftOut.unreadable} that are no example, ${leftOut.unknownLabel} with a label unknown beside, ${leftOut.repeated} said before\n`,
      );
    });
}
