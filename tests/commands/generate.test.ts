import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGenerate } from '../../src/commands/generate';
import { use } from '../../src/lib/engine';
import { exportLanguageModel, train } from '../../src/lib/training';
import { temporaryFolder } from '../support/temporary-folder';
import { run } from './run-command';

const { path: folder, write } = temporaryFolder();
const generate = (model: string, ...words: string[]) =>
  run(registerGenerate, 'generate', join(folder, model), '--device', 'cpu', ...words);

beforeAll(async () => {
  await use({ device: 'cpu' });
  write('text.txt', 'the cat sat on the mat.\nthe dog sat on the log.\n'.repeat(60));
  for (const [task, text] of [
    ['causal-lm', 'gpt-tiny'],
    ['masked-lm', 'tiny'],
  ] as const) {
    const settings = {
      model: { text, tokenizer: { vocabularySize: 300 } },
      languageModel: { blockLength: 16 },
    };
    const training = { maxSteps: 30, batchSize: 8, learningRate: 1e-2 };
    await train({ task, data: { train: 'text.txt' }, ...settings, training }, join(folder, task), { folder });
  }
  await exportLanguageModel(join(folder, 'causal-lm'), join(folder, 'exported'));
});

describe('sightline generate', () => {
  it('goes on with the prompt, the same for the same seed, and from a Hugging Face folder too', async () => {
    const words = ['--prompt', 'the cat', '--tokens', '12', '--seed', '4'];
    const first = await generate('causal-lm', ...words);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toMatch(/^the cat./);
    expect((await generate('causal-lm', ...words)).stdout).toBe(first.stdout);
    expect((await generate('exported', ...words)).stdout).toBe(first.stdout);
  });

  it('with temperature 0 no seed matters', async () => {
    const greedy = (seed: string) =>
      generate('causal-lm', '--tokens', '8', '--temperature', '0', '--seed', seed);
    expect((await greedy('1')).stdout).toBe((await greedy('2')).stdout);
  });

  it.each([
    ['masked-lm', [], /is a masked-lm model, which writes no text/],
    ['nowhere', [], /there is no finished model here/],
    ['causal-lm', ['--temperature', '-1'], /a number of 0 or more/],
    ['causal-lm', ['--tokens', '0'], /1 or more/],
  ])('%s %j is refused', async (model, words, message) => {
    const { stderr, stdout, exitCode } = await generate(model, ...words);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
  });
});
