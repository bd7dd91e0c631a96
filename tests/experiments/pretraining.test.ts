/** Pretraining as the notebook shows it: marks counted from the tokens, and a trained model that can be looked into. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import {
  attentionMaps,
  fillMasks,
  headsOf,
  pretrainingText,
  unigramEntropy,
  type WatchedPretraining,
  watchPretraining,
} from '../../src/lib/experiments';
import { Generator } from '../../src/lib/random';
import { loadTrainedModel, type TrainConfigInput } from '../../src/lib/training';
import { temporaryFolder } from '../support/temporary-folder';

const { path: folder, write } = temporaryFolder();
let data: { train: string; validation: string };
let gpt: WatchedPretraining;
let bert: WatchedPretraining;

const models = async (run: WatchedPretraining) => {
  const { model, tokenizer } = await loadTrainedModel(join(run.out, 'model'));
  return {
    network: model.network.text,
    parameters: model.parameters,
    tokenizer,
    dispose: () => model.dispose(),
  };
};

/** Of two words the first decides the second, so that context is worth something. */
function lines(count: number, seed: string): string {
  const generator = new Generator(1, seed);
  const pairs = ['red apple', 'blue sky', 'green tree', 'white snow'];
  return Array.from({ length: count }, () => generator.choice(pairs)).join('\n');
}

beforeAll(async () => {
  await use({ device: 'cpu' });
  data = {
    train: write('train.txt', lines(600, 'train')),
    validation: write('validation.txt', lines(100, 'validation')),
  };
  const config = (task: 'causal-lm' | 'masked-lm', text: string): TrainConfigInput => ({
    task,
    data,
    model: {
      text,
      tokenizer: { kind: task === 'causal-lm' ? 'characters' : 'word-piece', vocabularySize: 60 },
    },
    languageModel: { blockLength: 12 },
    training: { maxSteps: 60, batchSize: 16, learningRate: 1e-2, evaluationSteps: 30, patience: null },
  });
  gpt = await watchPretraining({
    name: 'gpt',
    config: config('causal-lm', 'gpt-tiny'),
    out: join(folder, 'gpt'),
  });
  bert = await watchPretraining({
    name: 'bert',
    config: config('masked-lm', 'tiny'),
    out: join(folder, 'bert'),
  });
}, 120_000);

describe('watched pretraining', () => {
  it('counts its marks from what is asked, and starts its curve before the first step', () => {
    const characters = [...readFileSync(data.validation)].slice(1); // every character but the first is asked for
    expect(gpt.unigramEntropy).toBeCloseTo(unigramEntropy(characters), 9);
    expect(gpt.uniformLoss).toBeCloseTo(Math.log(gpt.vocabularySize), 12);
    expect(Math.abs(gpt.lossBefore - gpt.uniformLoss)).toBeLessThan(1);
    expect(gpt.run.points[0]).toEqual({ step: 0, validation: gpt.lossBefore });
    expect(gpt.run.points[1]).toMatchObject({ step: 1 });
    expect(
      gpt.run.points.filter(({ validation }) => validation !== undefined).map(({ step }) => step),
    ).toEqual([0, 30, 60]);
    expect(gpt.loss).toBe(gpt.result.metrics.loss?.value);
  });

  it('sees that context was used, where it was', () => {
    expect(gpt.loss).toBeLessThan(0.6 * gpt.unigramEntropy);
    expect(gpt.maskedUnigramEntropy).toBeNull();
    expect(bert.maskedUnigramEntropy as number).toBeLessThan(bert.unigramEntropy);
    expect(bert.maskedUnigramEntropy as number).toBeGreaterThan(0.8 * bert.unigramEntropy);
  });

  it('draws log V and the entropy', () => {
    const written = JSON.stringify(gpt.curve.layout);
    expect(written).toContain(`log V: nothing known, ${Number(gpt.uniformLoss.toPrecision(3))}`);
    expect(written).toContain(`unigram entropy: no context, ${Number(gpt.unigramEntropy.toPrecision(3))}`);
  });
});

describe('a trained model, looked into', () => {
  it('attention of GPT: rows sum to 1, nothing ahead; of BERT: both sides', async () => {
    const text = 'red apple\nbl';
    const [reader, both] = [await models(gpt), await models(bert)];
    const { tokens, maps } = await attentionMaps(reader, text);
    expect(tokens.join('')).toBe('red·apple↵bl');
    expect(maps.map((layer) => layer.length)).toEqual([2]);
    for (const { map } of headsOf({ tokens, maps })) {
      expect(map.map((row) => row.reduce((sum, one) => sum + one, 0))).toBeClose(Array(text.length).fill(1));
      expect(map.every((row, i) => row.every((weight, j) => j <= i || weight === 0))).toBe(true);
    }
    const around = await attentionMaps(both, 'red apple');
    expect(around.tokens[0]).toBe('[CLS]');
    expect((around.maps[0]?.[0]?.[0]?.[1] as number) > 0).toBe(true);
    reader.dispose();
    both.dispose();
  });

  it('guesses for a gap are probabilities, likeliest first; without a gap it refuses', async () => {
    const both = await models(bert);
    const [guesses] = await fillMasks(both, 'red [MASK]', 60);
    expect(guesses?.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
    const order = guesses?.map(({ probability }) => probability) ?? [];
    expect(order).toEqual([...order].sort((a, b) => b - a));
    await expect(fillMasks(both, 'red apple')).rejects.toThrow('no [MASK]');
    both.dispose();
  });
});

describe('the text', () => {
  it('is split as nanoGPT splits it, where it is at hand', () => {
    writeFileSync(join(folder, 'input.txt'), 'abcdefghij'.repeat(10));
    const text = pretrainingText(join(folder, 'texts'), folder);
    expect([text.trainText.length, text.validationText.length]).toEqual([90, 10]);
    expect(readFileSync(text.train, 'utf8') + readFileSync(text.validation, 'utf8')).toBe(
      'abcdefghij'.repeat(10),
    );
  });

  it('otherwise comes from the scene world: the same each time, and no question twice', () => {
    const text = pretrainingText(join(folder, 'texts'), null);
    expect(pretrainingText(join(folder, 'again'), null).trainText).toBe(text.trainText);
    const questions = `${text.trainText}${text.validationText}`
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ \S+$/, ''));
    expect(questions.length).toBeGreaterThan(5000);
    expect(new Set(questions).size).toBe(questions.length);
    expect(text.gaps.every((gap) => gap.includes('[MASK]'))).toBe(true);
  });
});
