/** @file `sightline generate`: a language model writes on. */
import { type Command, InvalidArgumentError } from 'commander';
import { decoding, training } from '../lib';
import { addDeviceOptions, type DeviceOptions, useDevice, wholeNumber } from './options';

interface Options extends DeviceOptions {
  prompt: string;
  tokens: number;
  temperature: number;
  topK?: number;
  seed: number;
}

export function registerGenerate(program: Command): void {
  const command = program
    .command('generate <model>')
    .description('text from a causal language model: a run of causal-lm, or a Hugging Face folder')
    .option('--prompt <text>', 'what the text begins with', '')
    .option('--tokens <n>', 'tokens to write at most', positive, 200)
    .option(
      '--temperature <t>',
      '0 is the likeliest token each time, 1 the model’s own distribution',
      number,
      0.8,
    )
    .option('--top-k <n>', 'draw from the likeliest n tokens alone (default: from all)', positive)
    .option('--seed <n>', 'another seed, another text', wholeNumber, 1);
  addDeviceOptions(command).action(async (folder: string, options: Options) => {
    const { prompt, tokens, temperature, topK, seed } = options;
    const model = await training.loadLanguageModel(folder);
    await useDevice(options);
    const sampler = new decoding.TextSampler(model);
    process.stdout.write(prompt);
    await sampler.write(prompt, {
      tokens,
      temperature,
      topK,
      seed,
      onText: (piece) => process.stdout.write(piece),
    });
    process.stdout.write('\n');
    sampler.dispose();
    model.dispose();
  });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('expected a number of 0 or more');
  return value;
}

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('expected 1 or more');
  return value;
}
