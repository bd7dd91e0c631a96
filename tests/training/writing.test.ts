/**
 * @file A task whose answer is written, end to end: it learns from the picture what the text leaves open, the text-only
 * model does not, another picture misleads it; the gate knows when the picture matters; guidance is measured beside its
 * controls; the command writes about a picture.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import { compareGuidance } from '../../src/lib/experiments';
import {
  evaluateModel,
  predictRecords,
  type RunResult,
  type TrainConfigInput,
  train,
} from '../../src/lib/training';
import { runCli } from '../support/cli';
import { writtenData } from '../support/written-data';

let data: string;
let guided: RunResult;
let textOnly: RunResult;
const out = (name: string) => join(data, 'runs', name);
const test = () => join(data, 'test.jsonl');

const config = (fusion: 'cross-attention' | 'none'): TrainConfigInput => ({
  task: 'translation',
  data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
  model: {
    text: { modelType: 'gpt2', nEmbd: 32, nLayer: 1, nHead: 2, nPositions: 64, initializerRange: 0.1 },
    vision: 'cnn-tiny',
    fusion,
    gate: fusion === 'none' ? null : true,
    tokenizer: { vocabularySize: 320 },
  },
  training: { epochs: 25, batchSize: 16, learningRate: 5e-3, patience: null },
});

beforeAll(async () => {
  await use({ device: 'cpu' });
  data = await writtenData();
  guided = await train(config('cross-attention'), out('guided'), { folder: data });
  textOnly = await train(config('none'), out('text-only'), { folder: data });
}, 120_000);
afterAll(() => rmSync(data, { recursive: true, force: true }));

const value = ({ metrics }: Pick<RunResult, 'metrics'>, name: string) => metrics[name]?.value as number;

describe('a written answer', () => {
  it('is learned from the picture, and not without it', async () => {
    expect(value(guided, 'exactMatch')).toBeGreaterThan(0.9);
    expect(value(guided, 'choiceAccuracy')).toBeGreaterThan(0.9);
    expect(value(guided, 'chrf')).toBeGreaterThan(90);
    expect(value(guided, 'bleu')).toBe(0); // three words hold no four in a row: sacrebleu's answer too
    // One text in five names its answer; of the rest a quarter can be guessed.
    expect(value(textOnly, 'exactMatch')).toBeLessThan(0.7);
    expect(value(textOnly, 'choiceAccuracy')).toBeLessThan(0.5);
    const shuffled = await evaluateModel(out('guided'), test(), { condition: 'shuffled' });
    expect(value(shuffled, 'exactMatch')).toBeLessThan(0.75);
    expect((await evaluateModel(out('guided'), test())).metrics).toEqual(guided.metrics);
  });

  it('is predicted for records that lack it, with what the gate says', async () => {
    const lines = readFileSync(test(), 'utf8').trim().split('\n');
    const bare = join(data, 'bare.jsonl');
    const records = lines.map((line) => JSON.parse(line) as { id: string; target: string });
    writeFileSync(bare, records.map(({ target: _, ...rest }) => `${JSON.stringify(rest)}\n`).join(''));
    const predictions = await predictRecords(out('guided'), bare);
    expect(predictions.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
    const right = predictions.filter(({ prediction }, row) => prediction === records[row]?.target).length;
    expect(right / records.length).toBeCloseTo(value(guided, 'exactMatch'), 6);
    for (const { relevance } of predictions) expect(relevance).toBeGreaterThanOrEqual(0);
  });
});

describe('the relevance gate', () => {
  it('knows when the picture matters', () => {
    expect(value(guided, 'gateAuroc')).toBeGreaterThan(0.95);
    expect(value(guided, 'gateCalibrationError')).toBeLessThan(0.15);
  });

  it('forced to 0 gives what no picture gives; forced to 1 sees', async () => {
    const none = await evaluateModel(out('guided'), test(), { condition: 'none' });
    const shut = await evaluateModel(out('guided'), test(), { forcedRelevance: 0 });
    const open = await evaluateModel(out('guided'), test(), { forcedRelevance: 1 });
    for (const name of ['loss', 'choiceAccuracy', 'exactMatch', 'chrf'])
      expect(shut.metrics[name]).toEqual(none.metrics[name]);
    expect(value(open, 'loss')).toBeLessThan(value(shut, 'loss'));
  });
});

describe('guidance', () => {
  it('is measured beside its controls, at its cost, and says nothing where there is nothing to say', async () => {
    const found = await compareGuidance({
      run: out('guided'),
      records: test(),
      validation: join(data, 'validation.jsonl'),
      rules: [
        { rule: 'cfg', scale: 1.5, cutoff: null },
        { rule: 'vcd', alpha: 1, cutoff: 0.1, step: 500 },
      ],
    });
    const row = (name: string) => found.rows.find(({ decoding }) => decoding === name);
    expect(row('plain')?.value).toBeCloseTo(value(guided, 'exactMatch'), 6);
    expect(row('plain')?.passesPerToken).toBe(1);
    expect(row('cfg 1.5')?.passesPerToken).toBe(2);
    expect(row('vcd 1, cutoff only')?.passesPerToken).toBe(1);
    expect(row('cfg 1.5, shuffled pictures')?.value).toBeLessThan(0.75);
    expect(found.rows.map(({ decoding }) => decoding)).toEqual([
      'plain',
      'prompt shift',
      'beam search, 2 beams',
      'cfg 1.5',
      'cfg 1.5, shuffled pictures',
      'cfg 1.5, prior shift',
      'vcd 1',
      'vcd 1, shuffled pictures',
      'vcd 1, cutoff only',
      'vcd 1, prior shift',
    ]);
    for (const { helps, verdict } of found.verdicts) {
      expect(helps).toBe(false); // plain decoding is right already
      expect(verdict.kind).toBe('undecided');
    }
  });

  it('is a way to be evaluated: what is written, as the comparison finds it, at its cost, and no loss', async () => {
    const rules = [{ rule: 'vcd' as const, alpha: 4, cutoff: null, step: 500 }];
    const compared = await compareGuidance({
      run: out('guided'),
      records: test(),
      validation: join(data, 'validation.jsonl'),
      mostValidation: 2,
      rules,
    });
    const decoded = await evaluateModel(out('guided'), test(), { decoding: { rules, beams: 1 } });
    // So strong a contrast spoils what plain decoding gets right.
    const found = compared.rows.find(({ decoding }) => decoding === 'vcd 4');
    expect(found?.value).toBeLessThan(value(guided, 'exactMatch'));
    expect(value(decoded, 'exactMatch')).toBeCloseTo(found?.value as number, 12);
    expect(value(decoded, 'passesPerToken')).toBeCloseTo(2, 12);
    expect(decoded.decoding).toBe('vcd:4,cutoff=none');
    expect(Object.keys(decoded.metrics)).toEqual(['bleu', 'chrf', 'exactMatch', 'passesPerToken']);
    const beams = await evaluateModel(out('guided'), test(), { decoding: { rules: [], beams: 2 } });
    const search = compared.rows.find(({ decoding }) => decoding === 'beam search, 2 beams');
    expect(value(beams, 'exactMatch')).toBeCloseTo(search?.value as number, 12);
    expect(value(beams, 'passesPerToken')).toBeCloseTo(search?.passesPerToken as number, 12);
    const plain = await evaluateModel(out('guided'), test(), { decoding: { rules: [], beams: 1 } });
    expect(plain.metrics.chrf).toEqual(guided.metrics.chrf);
  });

  it('is evaluated by the command too', async () => {
    const call = ['evaluate', out('guided'), '--data', test(), '--json', '--device', 'cpu', '--guidance'];
    const { code, stdout, stderr } = await runCli(...call, 'vcd:alpha=4,cutoff=none');
    expect(code, stderr).toBe(0);
    const rules = [{ rule: 'vcd' as const, alpha: 4, cutoff: null, step: 500 }];
    const same = await evaluateModel(out('guided'), test(), { decoding: { rules, beams: 1 } });
    expect(JSON.parse(stdout)).toEqual(same);
    const wrong = await runCli(...call, 'vdc');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/did you mean vcd/)]);
  });

  it('is refused by name where the model lacks what it needs', async () => {
    const plan = { records: test(), validation: test() };
    const cfg = { rule: 'cfg' as const, scale: 2, cutoff: null };
    const decoding = { rules: [cfg], beams: 1 };
    await expect(evaluateModel(out('text-only'), test(), { decoding })).rejects.toThrow(
      'guidance cfg: the model was trained on text alone',
    );
    await expect(evaluateModel(out('guided'), test(), { decoding, condition: 'none' })).rejects.toThrow(
      'guidance cfg: no picture was given',
    );
    await expect(compareGuidance({ ...plan, run: out('text-only'), rules: [cfg] })).rejects.toThrow(
      'guidance cfg: the model was trained on text alone',
    );
  });
});

describe('sightline generate', () => {
  const record = () =>
    readFileSync(test(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { source: string; target: string; image: string })[0] as {
      source: string;
      target: string;
      image: string;
    };

  it('answers about a picture, guided too', async () => {
    const { source, target, image } = record();
    const shown = ['--prompt', source, '--image', join(data, image)];
    const plain = await runCli('generate', out('guided'), ...shown);
    expect(plain.stdout.trim()).toBe(target);
    const led = await runCli('generate', out('guided'), ...shown, '--guidance', 'cfg:1.5', 'vcd:alpha=0.5');
    expect(led.stdout.trim()).toBe(target);
  });

  it('says what is wrong before the first token', async () => {
    const { source, image } = record();
    const asked = async (run: string, ...rest: string[]) => {
      const { code, stdout, stderr } = await runCli('generate', out(run), '--prompt', source, ...rest);
      expect([code, stdout]).toEqual([2, '']);
      return stderr;
    };
    const picture = ['--image', join(data, image)];
    expect(await asked('guided', '--image', join(data, 'test.jsonl'))).toContain('is not a picture');
    expect(await asked('guided', ...picture, '--guidance', 'cgf:2')).toContain('did you mean cfg');
    expect(await asked('guided', ...picture, '--guidance', 'cfg:0.5')).toContain('scale');
    expect(await asked('guided', '--guidance', 'cfg:2')).toContain('no picture was given');
    expect(await asked('text-only', ...picture)).toContain('cannot look at a picture');
    expect(await asked('guided', '--prompt', 'word '.repeat(90))).toContain('the model reads 64: shorten it');
  });
});

describe('a gate that cannot be', () => {
  it('is refused before anything is written', async () => {
    const blind = { ...config('none'), model: { ...config('none').model, gate: true } } as TrainConfigInput;
    await expect(train(blind, out('blind'), { folder: data })).rejects.toThrow(
      'model.gate: a text-only model',
    );
    const lines = readFileSync(join(data, 'train.jsonl'), 'utf8').trim().split('\n');
    const bare = lines.map((line) => ({ ...(JSON.parse(line) as object), imageRelevant: undefined }));
    writeFileSync(join(data, 'unsaid.jsonl'), bare.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const base = config('cross-attention');
    const unsaid = { ...base, data: { ...base.data, train: 'unsaid.jsonl' } };
    await expect(train(unsaid, out('unsaid'), { folder: data })).rejects.toThrow(
      /unsaid\.jsonl: no record says imageRelevant/,
    );
  });
});

describe('an encoder–decoder network', () => {
  it('learns to write about the picture too, and is written with after it was saved', async () => {
    const base = config('cross-attention');
    const bart = { ...base, model: { ...base.model, text: 'bart-tiny', gate: null } } as TrainConfigInput;
    const result = await train(bart, out('bart'), { folder: data });
    expect(value(result, 'exactMatch')).toBeGreaterThan(0.9);
    const shuffled = await evaluateModel(out('bart'), test(), { condition: 'shuffled' });
    expect(value(shuffled, 'exactMatch')).toBeLessThan(0.75);
    expect((await evaluateModel(out('bart'), test())).metrics).toEqual(result.metrics);
  }, 60_000);
});
