/**
 * @file Entities, relations and numbers end to end: the guided model learns from the picture what the text leaves open,
 * the text-only model does not, another picture misleads it; predictions, conditions, class weights and squared error by
 * config; what is wrong is refused with exit code 2.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityCeiling, readRecords, taskCeiling, valueFloor } from '../../src/lib/data';
import { use } from '../../src/lib/engine';
import { InputError } from '../../src/lib/errors';
import { measuredBy, recordScores, type ScoreForm } from '../../src/lib/experiments/ablation/scores';
import { evaluateModel, predictRecords, type TrainConfigInput, train } from '../../src/lib/training';
import { answerUnder } from '../../src/lib/training/evaluate';
import { runCli } from '../support/cli';
import { tinyTextNetwork } from '../support/tiny-networks';
import { type TokenTask, tokenData } from '../support/token-data';

const TASKS = ['ner', 'relation', 'regression'] as const;
const folders = {} as Record<TokenTask, string>;
beforeAll(async () => {
  await use({ device: 'cpu' });
  for (const task of TASKS) folders[task] = await tokenData(task);
});
afterAll(() => {
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
});

const config = (task: TokenTask, change: Partial<TrainConfigInput> = {}): TrainConfigInput => ({
  task,
  data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
  training: { epochs: 6, batchSize: 16, learningRate: 5e-3, patience: null },
  ...change,
  model: {
    text: tinyTextNetwork,
    vision: 'cnn-tiny',
    fusion: 'concat',
    ...change.model,
  },
});
const file = (task: TokenTask, name: string) => join(folders[task], name);
const run = (task: TokenTask, name: string) => file(task, `runs/${name}`);
const trained = (task: TokenTask, name: string, change: Partial<TrainConfigInput> = {}) =>
  train(config(task, change), run(task, name), { folder: folders[task] });

/** The best score that the text alone allows on the test records, as computed from them. */
async function bound(task: TokenTask): Promise<number> {
  const path = file(task, 'test.jsonl');
  if (task === 'ner') return entityCeiling((await readRecords(path, 'ner')).records).f1;
  if (task === 'regression') return valueFloor((await readRecords(path, 'regression')).records).mse;
  return taskCeiling('relation', (await readRecords(path, 'relation')).records)?.accuracy as number;
}

describe.each([
  ['ner', 'f1'],
  ['relation', 'accuracy'],
  ['regression', 'mse'],
] as const)('%s', (task, metric) => {
  it('learns from the picture, beyond what the text allows; another picture undoes it', async () => {
    const guided = await trained(task, 'guided');
    const limit = await bound(task);
    // Larger is better from here on.
    const sign = metric === 'mse' ? -1 : 1;
    const [value, low, high] = [
      guided.metrics[metric]?.value,
      guided.metrics[metric]?.low,
      guided.metrics[metric]?.high,
    ].map((one) => sign * (one as number)) as [number, number, number];
    expect(Math.min(low, high)).toBeGreaterThan(sign * limit);
    if (task === 'regression') expect(-value).toBeLessThan(limit / 4);
    else expect(value).toBeGreaterThan(0.9);
    const again = await evaluateModel(run(task, 'guided'), file(task, 'test.jsonl'));
    expect(again.metrics).toEqual(guided.metrics);
    // An ablation keeps the scores by record, and resamples these.
    const [kept] = await answerUnder(
      [{}],
      run(task, 'guided'),
      file(task, 'test.jsonl'),
      ({ task: judged, source, outputs }) => recordScores(judged, source, outputs, { metric }),
    );
    const every = Int32Array.from(kept?.ids ?? [], (_, row) => row);
    expect(measuredBy(kept?.scores as ScoreForm)(every)).toBeCloseTo(
      guided.metrics[metric]?.value as number,
      9,
    );
    const shuffled = await evaluateModel(run(task, 'guided'), file(task, 'test.jsonl'), {
      condition: 'shuffled',
    });
    expect(sign * (shuffled.metrics[metric]?.value as number)).toBeLessThan(
      sign * limit + 0.1 * Math.abs(limit),
    );
  });

  it('predicts records that lack their target, and the predictions have the score', async () => {
    const records = readFileSync(file(task, 'test.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const bare = file(task, 'bare.jsonl');
    writeFileSync(
      bare,
      records.map(({ tags: _t, label: _l, value: _v, ...rest }) => `${JSON.stringify(rest)}\n`).join(''),
    );
    const predictions = await predictRecords(run(task, 'guided'), bare);
    expect(predictions.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
    const { metrics } = await evaluateModel(run(task, 'guided'), file(task, 'test.jsonl'));
    const expected = metrics[metric]?.value as number;
    if (task === 'regression') {
      const squares = predictions.map(({ prediction }, i) => (Number(prediction) - records[i].value) ** 2);
      expect(squares.reduce((a, b) => a + b, 0) / squares.length).toBeCloseTo(expected, 6);
    } else if (task === 'relation') {
      const right = predictions.filter(({ prediction }, i) => prediction === records[i].label).length;
      expect(right / records.length).toBeCloseTo(expected, 9);
    } else {
      for (const [i, { prediction, probabilities }] of predictions.entries()) {
        expect(prediction.split(' ')).toHaveLength(records[i].tokens.length);
        expect(probabilities?.[prediction]).toBeGreaterThan(0);
      }
      const right = predictions.filter(
        ({ prediction }, i) => prediction === records[i].tags.join(' '),
      ).length;
      expect(right / records.length).toBeGreaterThan(0.8);
    }
  });
});

it('the text-only model of entities stays at what the text says', async () => {
  const { metrics } = await trained('ner', 'text-only', { model: { fusion: 'none' } });
  expect(metrics.f1?.value).toBeLessThan((await bound('ner')) + 0.1);
  expect(metrics.recall?.value).toBeGreaterThan(0.4); // Ida is always a person
});

it('class weights and squared error are in the config, and change what is learned', async () => {
  const short = { maxSteps: 1, batchSize: 16 };
  const change = (training: TrainConfigInput['training'], loss: 'cross-entropy' | 'mean-squared-error') => ({
    training: { ...short, ...training },
    model: { head: { loss } },
  });
  const weightsOf = async (name: string, one: Partial<TrainConfigInput>) => {
    await trained('relation', name, one);
    return readFileSync(join(run('relation', name), 'model/model.safetensors'));
  };
  const plain = await weightsOf('plain', change({}, 'cross-entropy'));
  const weighed = await weightsOf('weighed', change({ classWeights: { above: 5 } }, 'cross-entropy'));
  const squared = await weightsOf('squared', change({}, 'mean-squared-error'));
  expect(Buffer.compare(plain, weighed)).not.toBe(0);
  expect(Buffer.compare(plain, squared)).not.toBe(0);
});

describe('what is wrong is refused with exit code 2, and nothing is written', () => {
  const refused = async (
    task: TokenTask,
    change: (records: Record<string, unknown>[]) => void,
    extra: object = {},
    byCommand = false,
  ) => {
    const records = readFileSync(file(task, 'train.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    change(records);
    writeFileSync(file(task, 'wrong.jsonl'), records.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const base = config(task, extra as Partial<TrainConfigInput>);
    writeFileSync(
      file(task, 'wrong.json'),
      JSON.stringify({ ...base, data: { ...base.data, train: 'wrong.jsonl' } }),
    );
    const out = run(task, 'wrong');
    const ended = byCommand
      ? await runCli('train', file(task, 'wrong.json'), '--out', out)
      : await trained(task, 'wrong', {
          ...(extra as Partial<TrainConfigInput>),
          data: { train: 'wrong.jsonl' },
        }).then(
          () => ({ code: 0, stderr: '' }),
          (error: Error) => ({ code: error instanceof InputError ? 2 : 1, stderr: error.message }),
        );
    expect(existsSync(out)).toBe(false);
    expect(ended.code).toBe(2);
    return ended.stderr;
  };

  it('an entity that nothing begins; a relation of a thing with itself; weights where there are no classes', async () => {
    const [stray, self, weights] = await Promise.all([
      refused(
        'ner',
        (records) => {
          (records[4] as { tags: string[] }).tags[0] = 'I-person';
        },
        {},
        true,
      ),
      refused('relation', (records) => {
        (records[2] as { tail: unknown }).tail = (records[2] as { head: unknown }).head;
      }),
      refused('regression', () => {}, { training: { classWeights: 'balanced' } }),
    ]);
    expect(stray).toMatch(
      /wrong.jsonl:5: field "tags.0" is "I-person"; it must be B-person, or stand behind/,
    );
    expect(self).toMatch(/wrong.jsonl:3: field "tail" is \[1,2\]; it must be another span than "head"/);
    expect(weights).toMatch(/training.classWeights: regression has no classes to weigh; leave it out/);
  });
});
