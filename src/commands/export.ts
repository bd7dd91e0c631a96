/** @file `sightline export`: a finished run as a folder that other tools load. */
import { type Command, Option } from 'commander';
import { training } from '../lib';
import { addDeviceOptions, type DeviceOptions, useDevice } from './options';
import { Progress } from './progress';

interface Options extends DeviceOptions {
  out: string;
  format: training.ExportFormat;
  dtype: keyof typeof DTYPES;
  precision?: training.OnnxPrecision[];
  overwrite?: boolean;
  controls: boolean;
  data?: string;
  name?: string;
  license?: string;
  language?: string[];
}

const DTYPES = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const;

export function registerExport(program: Command): void {
  const command = program
    .command('export <run>')
    .description('weights, ONNX graphs, tokenizer, preprocessing and model card of a finished run')
    .requiredOption('--out <folder>', 'where the export goes: a new folder, or an empty one')
    .addOption(
      new Option('--format <name>', 'which files').choices([...training.EXPORT_FORMATS]).default('all'),
    )
    .addOption(
      new Option('--dtype <name>', 'numbers of the safetensors files')
        .choices(Object.keys(DTYPES))
        .default('float32'),
    )
    .addOption(
      new Option('--precision <name...>', 'of the ONNX graphs').choices([...training.ONNX_PRECISIONS]),
    )
    .option('--overwrite', 'replace an earlier export in that folder')
    .option('--no-controls', 'do not measure the model with other pictures and with none for its card')
    .option('--data <records>', 'where the test records stand now, if not where they stood')
    .option('--name <name>', 'of the model, in its card (default: that of the run folder)')
    .option('--license <id>', 'of the weights, in the card: an identifier of the hub')
    .option('--language <code...>', 'of the texts, in the card: ISO 639 codes');
  addDeviceOptions(command).action(exportCommand);
}

async function exportCommand(run: string, options: Options): Promise<void> {
  await useDevice(options);
  const progress = new Progress();
  const { format, dtype, precision, overwrite, controls, data, name, license, language } = options;
  const report = await training.exportRun(run, options.out, {
    format,
    dtype: DTYPES[dtype],
    precisions: precision,
    overwrite,
    controls,
    data,
    card: { name, license, languages: language },
    onProgress: (activity, done, total) => progress.update(activity, done, total),
  });
  progress.clear();
  for (const { path, bytes } of report.files) process.stdout.write(`${path} ${bytes}\n`);
  for (const { folder, architecture } of report.parts)
    process.stderr.write(`${folder === '' ? 'the folder' : `${folder}/`} is a ${architecture}\n`);
  process.stderr.write(`exported to ${report.folder}; README.md says how to load it\n`);
}
