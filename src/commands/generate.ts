/** @file `sightline generate`: a language model writes, about a picture where it is shown one. */
import { type Command, InvalidArgumentError } from 'commander';
import { decoding, training } from '../lib';
import { addDeviceOptions, type DeviceOptions, useDevice, wholeNumber } from './options';

interface Options extends DeviceOptions {
  prompt: string;
  image?: string;
  guidance: string[];
  tokens: number;
  temperature?: number;
  topK?: number;
  seed: number;
}

const GUIDANCE = `guidance by the picture, each RULE or RULE:SETTINGS, applied one around the other:
cfg:1.5, vcd:alpha=1,cutoff=0.1,step=500, icd:disturbance=…, m3id:0.02, cutoff:0.1`;

export function registerGenerate(program: Command): void {
  const command = program
    .command('generate <model>')
    .description(
      'text from a causal language model: a run of causal-lm or of a task whose answer is written, or a Hugging Face folder',
    )
    .option('--prompt <text>', 'what the text begins with, or what is asked', '')
    .option('--image <file>', 'the picture that it is about (PNG, JPEG, WebP)')
    .option('--guidance <rule...>', GUIDANCE, [])
    .option(
      '--tokens <n>',
      'tokens to write at most (default: 200, or what the context has room for)',
      positive,
    )
    .option(
      '--temperature <t>',
      '0 is the likeliest token each time, 1 the model’s own distribution (default: 0.8; 0 for a model that answers)',
      number,
    )
    .option('--top-k <n>', 'draw from the likeliest n tokens alone (default: from all)', positive)
    .option('--seed <n>', 'another seed, another text', wholeNumber, 1);
  addDeviceOptions(command).action(async (folder: string, options: Options) => {
    const { prompt, image, topK, seed } = options;
    const guidance = options.guidance.map(decoding.parseGuidance);
    const model = await training.loadLanguageModel(folder);
    try {
      const picture = image === undefined ? null : await model.picture(image);
      await useDevice(options);
      const sampler = new decoding.TextSampler(model);
      const answers = model.format !== undefined;
      if (!answers) process.stdout.write(prompt);
      const room = decoding.roomFor(sampler.model, sampler.promptIds(prompt).length);
      await sampler.write(prompt, {
        tokens: options.tokens ?? (answers ? Math.min(200, room) : 200),
        temperature: options.temperature ?? (answers ? 0 : 0.8),
        topK,
        seed,
        picture,
        guidance,
        onText: (piece) => process.stdout.write(piece),
      });
      process.stdout.write('\n');
      sampler.dispose();
    } finally {
      model.dispose();
    }
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
