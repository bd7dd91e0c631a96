/** @file There and back by a model that knows both directions of a small language. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import { backTranslate, backTranslatedRecords, type TrainConfigInput, train } from '../../src/lib/training';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';

const { path: folder, write } = temporaryFolder();
const WORDS = [
  ['red', 'rot'],
  ['blue', 'blau'],
  ['big', 'gross'],
  ['small', 'klein'],
] as const;
const pairs = [...WORDS, ['the red', 'das rote'], ['the blue', 'das blaue']] as const;

describe('back-translation', () => {
  const run = join(folder, 'run');
  beforeAll(async () => {
    await use({ device: 'cpu' });
    const both = pairs.flatMap(([source, target]) => [
      { source, target },
      { source: target, target: source },
    ]);
    // What is crimson is red, but there is no way back: what comes back has other words.
    const records = [...both, { source: 'crimson', target: 'rot' }];
    write('train.jsonl', jsonLinesOf(records.map((record, i) => ({ id: `${i}`, ...record }))));
    const config: TrainConfigInput = {
      task: 'translation',
      data: { train: 'train.jsonl', validation: 'train.jsonl', allowLeak: true },
      model: {
        text: { modelType: 'gpt2', nEmbd: 32, nLayer: 1, nHead: 2, nPositions: 32, initializerRange: 0.1 },
        fusion: 'none',
        tokenizer: { vocabularySize: 300 },
      },
      training: {
        epochs: 90,
        batchSize: 13,
        learningRate: 1e-2,
        evaluationSteps: 90,
        weightDecay: 0,
      },
    };
    await train(config, run, { folder });
  }, 60_000);

  it('goes there and comes back', async () => {
    const texts = pairs.map(([english]) => english);
    const written = await backTranslate(texts, { there: run, back: run });
    expect(written.map(({ through }) => through)).toEqual(pairs.map(([, german]) => german));
    expect(written.map(({ text }) => text)).toEqual(texts);
  });

  it('gives records whose words have changed, in the groups of the old ones', async () => {
    const records = [
      { id: 'a', text: 'crimson', label: 'colour' },
      { id: 'b', text: 'the blue', label: 'both', group: 'g' },
    ];
    expect(await backTranslatedRecords(records, 'text', { there: run, back: run })).toEqual([
      { id: 'a-back-translated', group: 'a', text: 'red', label: 'colour' },
    ]);
  });

  it('a text too long for the second model is left out and counted, and the others are kept', async () => {
    write('short.jsonl', jsonLinesOf([{ id: 's', source: 'a', target: 'b' }]));
    const config: TrainConfigInput = {
      task: 'translation',
      data: { train: 'short.jsonl', validation: 'short.jsonl', allowLeak: true },
      model: {
        text: { modelType: 'gpt2', nEmbd: 8, nLayer: 1, nHead: 1, nPositions: 8 },
        fusion: 'none',
        tokenizer: { vocabularySize: 260 },
      },
      training: { maxSteps: 1 },
    };
    const back = join(folder, 'short');
    await train(config, back, { folder });
    const counts: number[] = [];
    const onTooLong = (count: number) => counts.push(count);
    // `rot` has 3 bytes, `das rote` has 8, and a prompt ends with a separator.
    const written = await backTranslate(['the red', 'red'], { there: run, back, onTooLong });
    expect(written.map(({ through }) => through)).toEqual(['das rote', 'rot']);
    expect(written[0]?.text).toBe('');
    expect(counts).toEqual([1]);
    const records = [{ id: 'a', text: 'the red', label: 'x' }];
    expect(await backTranslatedRecords(records, 'text', { there: run, back, onTooLong })).toEqual([]);
    expect(counts).toEqual([1, 1]);
  });
});
