/** @file From published weights through fine-tuning to a folder for Python: stories260K, a Llama of 260,032 parameters. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TextSampler } from '../../src/lib/decoding';
import { use } from '../../src/lib/engine';
import { createParameters, type ParameterArrays } from '../../src/lib/nn';
import { Generator } from '../../src/lib/random';
import {
  createTextNetwork,
  loadTextCheckpoint,
  readLlama2cCheckpoint,
  saveTextCheckpoint,
  type TextConfig,
  type Tokenizer,
} from '../../src/lib/text';
import { evaluateModel, exportLanguageModel, type TrainConfigInput, train } from '../../src/lib/training';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';

const published = sharedData('stories260K');
const { path: folder, write } = temporaryFolder();

/** Short stories with a turn that the published ones do not have. */
function stories(count: number, seed: string): string {
  const generator = new Generator(1, seed);
  return Array.from({ length: count }, () => {
    const name = generator.choice(['Tim', 'Lily', 'Ben', 'Mia']);
    const thing = generator.choice(['red kite', 'blue boat', 'green drum']);
    return `One day, ${name} found a ${thing}. The ${thing} could talk. "Please paint me yellow," it said. So ${name} did.`;
  })
    .map((text) => JSON.stringify({ text }))
    .join('\n');
}

async function writes(config: TextConfig, weights: ParameterArrays, tokenizer: Tokenizer): Promise<string> {
  const network = createTextNetwork(config);
  const parameters = createParameters(network.specifications(), 1);
  parameters.load(weights);
  const sampler = new TextSampler({ network, parameters, tokenizer }, { window: 48 });
  const { text } = await sampler.write('One day, Tim found', { tokens: 30, temperature: 0, stopAt: [] });
  sampler.dispose();
  parameters.dispose();
  return text;
}

describe.skipIf(!published)('fine-tuning stories260K (needs ../shared/data/stories260K)', () => {
  const start = join(folder, 'stories260K');
  const config = (change: Partial<TrainConfigInput['model'] & object>, steps: number): TrainConfigInput => ({
    task: 'causal-lm',
    data: { train: 'train.jsonl', validation: 'validation.jsonl' },
    model: { text: 'stories260K', ...change },
    languageModel: { blockLength: 64 },
    training: { maxSteps: steps, batchSize: 8, learningRate: 1e-3, patience: null },
  });

  beforeAll(async () => {
    await use({ device: 'cpu' });
    const files = readdirSync(published as string);
    const named = (part: string) =>
      join(published as string, files.find((file) => file.includes(part)) as string);
    await saveTextCheckpoint(start, await readLlama2cCheckpoint(named('stories260K.bin'), named('tok512')));
    write('train.jsonl', stories(120, 'train'));
    write('validation.jsonl', stories(30, 'validation'));
  });

  it('learns the new stories far sooner than the same network from random weights', async () => {
    const { config: settings } = await loadTextCheckpoint(start);
    const tuned = await train(config({}, 40), join(folder, 'tuned'), { folder });
    const before = await train(
      { ...config({}, 1), training: { maxSteps: 1, learningRate: 1e-12, batchSize: 8 } },
      join(folder, 'before'),
      { folder },
    );
    const scratch = await train(
      config({ text: { ...settings }, tokenizer: { vocabularySize: 512 } }, 40),
      join(folder, 'scratch'),
      { folder },
    );
    const bits = (result: typeof tuned) => result.metrics.bitsPerByte?.value as number;
    expect(bits(tuned)).toBeLessThan(0.5 * bits(before));
    expect(bits(tuned)).toBeLessThan(0.7 * bits(scratch));
  });

  it('and is a Hugging Face folder again, which writes what the run writes', async () => {
    const exported = join(folder, 'exported');
    await exportLanguageModel(join(folder, 'tuned'), exported);
    const there = await loadTextCheckpoint(exported);
    const text = await writes(there.config, there.weights, there.tokenizer);
    expect(text).toMatch(/red kite|blue boat|green drum/);
    const again = await train(
      { ...config({ text: 'exported' }, 1), training: { maxSteps: 1, learningRate: 1e-12 } },
      join(folder, 'again'),
      { folder },
    );
    const run = await evaluateModel(join(folder, 'tuned'), join(folder, 'validation.jsonl'));
    expect(again.metrics.loss?.value).toBeCloseTo(run.metrics.loss?.value as number, 5);
    await expect(exportLanguageModel(join(folder, 'tuned'), exported)).rejects.toThrow(exported);
  });
});
