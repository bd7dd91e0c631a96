/** @file A label as a word in a gap: what the language model says of the words, by hand; and that it is learned. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tf, use } from '../../src/lib/engine';
import {
  evaluateModel,
  exportRun,
  parseTrainConfig,
  predictRecords,
  prepare,
  type TrainConfigInput,
  train,
} from '../../src/lib/training';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';

const { path: folder, write } = temporaryFolder();
const texts = ['a fine day', 'a dull day', 'a fine film', 'a dull film', 'so fine', 'so dull'];
const records = texts.map((text, i) => ({
  id: `${i}`,
  text: `is it good or bad : ${text}`,
  label: text.includes('fine') ? 'positive' : 'negative',
}));
const words = { negative: 'bad', positive: 'good' };

const config = (text: string, prompt: object, more: object = {}): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl', validation: 'train.jsonl', allowLeak: true },
  model: {
    text,
    fusion: 'none',
    head: { prompt: prompt as never },
    tokenizer: { kind: text === 'tiny' ? 'word-piece' : 'byte-level-bpe', minimumFrequency: 1, ...more },
  },
  training: { epochs: 40, batchSize: 6, learningRate: 1e-2, evaluationSteps: 40 },
});
const masked = { template: 'good ? {text} {mask} .', words };
const causal = { template: '{text} : {mask}', words };

beforeAll(async () => {
  await use({ device: 'cpu' });
  write('train.jsonl', jsonLinesOf(records));
});

describe('a prompted classification', () => {
  it.each([
    ['tiny', masked],
    ['gpt-tiny', causal],
  ])('%s: probabilities are those of the words in the gap', async (text, prompt) => {
    const { model, tokenizer, validation, dispose } = await prepare(parseTrainConfig(config(text, prompt)), {
      folder,
    });
    const outputs = await model.outputs(validation, 6);
    const [record] = records;
    const question = text === 'tiny' ? `good ? ${record?.text} [MASK] .` : `${record?.text} :`;
    const ids = [...tokenizer.encode(question).ids];
    const place = text === 'tiny' ? ids.indexOf(tokenizer.maskId as number) : ids.length - 1;
    const { states } = model.network.text.forward(model.parameters, {
      ids: tf.tensor2d([ids], undefined, 'int32'),
    });
    const logits = model.network.text.languageModel.logits(model.parameters, states);
    const row = (await tf.slice(logits, [0, place, 0], [1, 1, -1]).data()) as Float32Array;
    const of = (word: string) => {
      const spelled = text === 'tiny' ? word : ` ${word}`;
      const [id = -1] = tokenizer.encode(spelled, null, { addSpecialTokens: false }).ids;
      return Math.exp(row[id] as number);
    };
    const [bad, good] = [of('bad'), of('good')];
    expect([...(outputs.probabilities?.data.slice(0, 2) ?? [])]).toBeClose(
      [bad / (bad + good), good / (bad + good)],
      { absolute: 1e-5 },
    );
    dispose();
  });

  it('is learned, loaded again, and predicts labels', async () => {
    const out = join(folder, 'run');
    const result = await train(config('tiny', masked), out, { folder });
    expect(result.metrics.accuracy?.value).toBe(1);
    const file = join(folder, 'train.jsonl');
    expect((await evaluateModel(out, file)).metrics).toEqual(result.metrics);
    const predictions = await predictRecords(out, file);
    expect(predictions.map(({ prediction }) => prediction)).toEqual(records.map(({ label }) => label));
    await expect(exportRun(out, join(folder, 'exported'))).rejects.toThrow(/has a template/);
  });

  it.each<[string, object, RegExp]>([
    [
      'tiny',
      { ...masked, words: { positive: 'good', other: 'bad' } },
      /has the label "negative", for which there is no word/,
    ],
    [
      'tiny',
      { ...masked, words: { ...words, negative: 'atrocious' } },
      /words\.negative: "atrocious" is .* this tokenizer/,
    ],
    ['tiny', { template: '{text}', words }, /must have \{text\} and \{mask\} once each/],
    ['gpt-tiny', { template: '{mask} {text}', words }, /what comes next, so \{mask\} must stand at its end/],
  ])('%s, %j is refused', async (text, prompt, message) => {
    const refused = async () => prepare(parseTrainConfig(config(text, prompt)), { folder });
    await expect(refused()).rejects.toThrow(message);
  });
});
