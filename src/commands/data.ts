/** @file `sightline data`: records from the scene world, from public data sets, and a check of one's own. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { data } from '../lib';
import { textOnlyCeilings } from './ceilings';
import { registerFolds } from './data-folds';
import { registerGenerated } from './data-generated';
import { registerWritten } from './data-written';
import { wholeNumber } from './options';
import { Progress } from './progress';

export function registerData(program: Command): void {
  const command = program.command('data').description('make, convert and check records');
  registerScene(command);
  registerGenerated(command);
  registerConvert(command);
  registerFolds(command);
  registerWritten(command);
  registerCheck(command);
}

interface SceneCommandOptions {
  task: data.Task;
  kind?: data.GenerationKind;
  records: number;
  seed: number;
  size: number;
  out: string;
  json?: boolean;
}

function registerScene(command: Command): void {
  command
    .command('scene')
    .description('make scene-world records and pictures: train.jsonl, validation.jsonl, test.jsonl, images/')
    .addOption(
      new Option('--task <name>', 'the task that the records are for')
        .choices(Object.keys(data.SCENE_TASKS))
        .default('classification'),
    )
    .addOption(
      new Option('--kind <name>', 'generation: what is written (default: controllable)').choices([
        ...data.GENERATION_KINDS,
      ]),
    )
    .option('--records <n>', 'records in all three files together (80 / 10 / 10)', wholeNumber, 4000)
    .option('--seed <n>', 'same seed, same bytes', wholeNumber, 1)
    .option('--size <pixels>', 'edge of the square pictures', wholeNumber, 96)
    .requiredOption('--out <folder>', 'the folder to make; it appears when it is complete')
    .option('--json', 'the summary as one line of JSON')
    .action(async (options: SceneCommandOptions) => {
      const progress = new Progress();
      const { task, kind, records, seed, size, out } = options;
      const report = await data.generateScenes(out, {
        task,
        ...(kind ? { kind } : {}),
        records,
        seed,
        size,
        onProgress: (done, total) => progress.update('drawing', done, total),
      });
      progress.clear();
      const parts = [];
      for (const part of report.parts) {
        const found = await textOnlyCeilings(join(out, `${part.part}.jsonl`), task);
        parts.push({ ...part, ...found?.fields });
        if (options.json) continue;
        const counts = `${part.part} ${part.records} records, ${part.pictures} pictures`;
        process.stdout.write(`${found ? `${counts}; ${found.words}` : counts}\n`);
      }
      if (options.json) process.stdout.write(`${JSON.stringify({ task, parts })}\n`);
    });
}

interface ConvertCommandOptions {
  out: string;
  task?: data.Task;
  seed: number;
  language?: string;
  pictures: boolean;
  link?: boolean;
  dropShared?: boolean;
  unseen?: boolean;
  json?: boolean;
}

function registerConvert(command: Command): void {
  command
    .command('convert <format> <path>')
    .description('read a public data set as its authors publish it, write records and pictures')
    .addHelpText(
      'after',
      `\nFormats:\n${data.FORMATS.map((format) => `  ${format.name.padEnd(14)}${format.description}`).join('\n')}`,
    )
    .requiredOption('--out <folder>', 'the folder to make; it appears when it is complete')
    .addOption(new Option('--task <name>', "the task (default: the format's first)").choices([...data.TASKS]))
    .option('--seed <n>', 'for splits that are not published', wholeNumber, 1)
    .option('--language <name>', 'xquad: the language (en); multi30k: the pair (en-de)')
    .option('--no-pictures', 'records without pictures, where these are fetched apart')
    .option('--link', 'hard-link the pictures where possible, in place of copying')
    .option('--drop-shared', 'leave out of training (and validation) what recurs in a later split')
    .option('--unseen', 'emoji: split by emoji, in place of by pair of emoji and tag')
    .option('--json', 'the summary as one line of JSON')
    .action(async (format: string, path: string, options: ConvertCommandOptions) => {
      const progress = new Progress();
      const report = await data.convert(format, path, options.out, {
        ...options,
        onProgress: (done, total) => progress.update('pictures', done, total),
      });
      progress.clear();
      if (options.json) {
        process.stdout.write(`${JSON.stringify(report)}\n`);
        return;
      }
      for (const { part, from, records, groups } of report.parts) {
        const found = await textOnlyCeilings(join(options.out, `${part}.jsonl`), report.task);
        const blind = found?.blindChoice ? `; ${found.blindChoice}` : '';
        process.stdout.write(`${part} ${records} records in ${groups} groups, from ${from}${blind}\n`);
      }
      process.stdout.write(`${report.pictures} pictures\n`);
      if (report.sharedGroups > 0) {
        process.stderr.write(
          `${report.sharedGroups} groups stand in more than one split, as published: convert with --drop-shared to train without them\n`,
        );
      }
    });
}

function registerCheck(command: Command): void {
  command
    .command('check <records>')
    .description('check a record file and all its pictures, as training does before its first step')
    .addOption(new Option('--task <name>', 'the task').choices([...data.TASKS]).default('classification'))
    .option('--json', 'the summary as one line of JSON')
    .action(async (path: string, options: { task: data.Task; json?: boolean }) => {
      const progress = new Progress();
      const set: data.RecordSet = await data.readRecords(path, options.task, {
        onProgress: (lines) => progress.update('records', lines, null),
      });
      const { files, contentKeys } = await data.checkRecords(set, {
        onProgress: (done, total) => progress.update('pictures', done, total),
      });
      progress.clear();
      const differing = new Set(contentKeys.filter((key) => key !== null)).size;
      const found = { records: set.records.length, pictures: files, differing, sha256: set.sha256 };
      const more = await textOnlyCeilings(path, options.task);
      if (options.json)
        process.stdout.write(`${JSON.stringify({ task: options.task, ...found, ...more?.fields })}\n`);
      else {
        const line = `${found.records} records, ${files} pictures (${differing} differ in content): all sound`;
        process.stdout.write(`${line}\n${more ? `${more.words}\n` : ''}`);
      }
    });
}
