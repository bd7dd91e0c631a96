/** @file `sightline evaluate` and `sightline predict`: a trained model on any record file. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { data, decoding, training } from '../lib';
import { addDeviceOptions, type DeviceOptions, useDevice, wholeNumber } from './options';
import { Progress } from './progress';

interface Options extends DeviceOptions {
  data: string;
  condition: string;
  gate?: '0' | '1';
  seed: number;
}

interface EvaluateCall extends Options {
  json?: boolean;
  cluster?: string;
  guidance?: string[];
}

function addSharedOptions(command: Command): Command {
  return addDeviceOptions(
    command
      .requiredOption('--data <records>', 'the record file (JSON lines)')
      .addOption(
        new Option('--condition <name>', 'which picture each record is shown')
          .choices([...data.CONDITIONS])
          .default('right'),
      )
      .addOption(
        new Option(
          '--gate <value>',
          'what a relevance gate says of every picture, in place of itself',
        ).choices(['0', '1']),
      )
      .option('--seed <n>', 'for conditions that draw lots, and for intervals', wholeNumber, 1),
  );
}

export function registerEvaluate(program: Command): void {
  addSharedOptions(
    program
      .command('evaluate <run>')
      .description('metrics of a trained model on a record file, with 95 % intervals')
      .option(
        '--cluster <field>',
        'field of the records that the intervals are clustered by (default: group)',
      )
      .option(
        '--guidance <rule...>',
        'how answers are decoded, of tasks that write: rules as in generate (cfg:1.5, vcd, icd, m3id), applied one around the other',
      )
      .option('--json', 'the result as one line of JSON'),
  ).action(async (run: string, options: EvaluateCall) => {
    const rules = options.guidance?.map(decoding.parseGuidance);
    await useDevice(options);
    const progress = new Progress();
    const evaluation = await training.evaluateModel(run, options.data, {
      ...evaluationOptions(options, progress),
      cluster: options.cluster,
      decoding: rules && { rules, beams: 1 },
    });
    progress.clear();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(evaluation)}\n`);
      return;
    }
    if (evaluation.decoding) process.stdout.write(`decoding ${evaluation.decoding}\n`);
    for (const [name, { value, low, high }] of Object.entries(evaluation.metrics)) {
      process.stdout.write(`${name} ${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]\n`);
    }
  });
}

export function registerPredict(program: Command): void {
  addSharedOptions(
    program
      .command('predict <run>')
      .description('one prediction a record, in order, with probabilities')
      .requiredOption('--out <file>', 'where the predictions go (JSON lines)'),
  ).action(async (run: string, options: Options & { out: string }) => {
    await useDevice(options);
    const progress = new Progress();
    const predictions = await training.predictRecords(
      run,
      options.data,
      evaluationOptions(options, progress),
    );
    progress.clear();
    const temporary = `${options.out}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join(''));
      await rename(temporary, options.out);
    } finally {
      await rm(temporary, { force: true });
    }
    process.stderr.write(`${predictions.length} predictions in ${options.out}\n`);
  });
}

function evaluationOptions({ condition, gate, seed }: Options, progress: Progress): training.AnswerOptions {
  return {
    condition: data.parseCondition(condition),
    forcedRelevance: gate === undefined ? null : (Number(gate) as 0 | 1),
    seed,
    onProgress: (activity, done, total) => progress.update(activity, done, total),
  };
}
