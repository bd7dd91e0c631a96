/**
 * @file The life after training: a run goes on from a finished one on new records, takes its place where it is not worse
 * on the frozen test records, and both versions are kept.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import {
  compareModels,
  continueRun,
  evaluateModel,
  loadTrainedModel,
  type RunHistory,
  train,
} from '../../src/lib/training';
import { RunFolder } from '../../src/lib/training/run-folder';
import { settleVersions } from '../../src/lib/training/versions-of-run';
import { runCli } from '../support/cli';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';
import { tinyTextNetwork } from '../support/tiny-networks';

const temporary = temporaryFolder();
const at = (...parts: string[]) => join(temporary.path, ...parts);
const COLOURS = ['red', 'green', 'blue', 'yellow'];

/** Records whose text names the label, or, turned, the label after it. */
function write(name: string, count: number, turn = 0): string {
  const records = Array.from({ length: count }, (_, i) => {
    const text = `${['the disc is', 'here it is', 'you see'][i % 3]} ${COLOURS[i % 4]} , number ${i % 7}`;
    return { id: `${name}-${i}`, text, label: COLOURS[(i + turn) % 4], group: `${name}-${i}` };
  });
  return temporary.write(`${name}.jsonl`, jsonLinesOf(records));
}

const model = {
  text: tinyTextNetwork,
  fusion: 'none' as const,
};
const data = { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' };
const call = { folder: temporary.path };
const history = (run: string) => JSON.parse(readFileSync(at(run, 'history.json'), 'utf8')) as RunHistory;
const weightsOf = (...parts: string[]) => readFileSync(at(...parts, 'model', 'model.safetensors'));

beforeAll(async () => {
  await use({ device: 'cpu' });
  for (const [name, count, turn] of [
    ['train', 32, 0],
    ['validation', 16, 0],
    ['test', 400, 0],
    ['new', 160, 0],
    ['turned', 160, 1],
    ['turned-validation', 16, 1],
  ] as const)
    write(name, count, turn);
  const training = { maxSteps: 2, batchSize: 16, learningRate: 1e-3, patience: null };
  await train({ task: 'classification', data, model, training }, at('run'), call);
  cpSync(at('run'), at('untouched'), { recursive: true });
});

const better = {
  data: { train: 'new.jsonl', validation: 'validation.jsonl' },
  training: { maxSteps: 60, evaluationSteps: 60, learningRate: 1e-2 },
};

describe('a run that goes on from a finished one', () => {
  it('takes its place where it is better; both versions are kept, with what changed', async () => {
    const before = weightsOf('run');
    const { comparison, result } = await continueRun(better, at('run'), at('better'), call);
    expect(comparison).toMatchObject({
      metric: 'accuracy',
      direction: 'larger',
      notWorse: true,
      records: 400,
    });
    const accuracy = comparison.metrics.accuracy as { old: number; new: number; low: number };
    expect(accuracy.new).toBe(result.metrics.accuracy?.value);
    expect(accuracy.new - accuracy.old).toBeGreaterThan(0.3);
    expect(accuracy.low).toBeGreaterThan(0);

    const { current, versions } = history('run');
    expect(current).toBe(2);
    expect(versions.map(({ version, decision, from }) => [version, decision, from])).toEqual([
      [1, 'first', null],
      [2, 'taken', 1],
    ]);
    const { changed } = versions[1] as RunHistory['versions'][number];
    expect(changed['training.maxSteps']).toEqual([2, 60]);
    expect(changed['files.train']?.[0]).not.toBe(changed['files.train']?.[1]);
    expect(Object.keys(changed)).not.toContain('files.test');

    expect(weightsOf('run', 'versions', '1').equals(before)).toBe(true);
    expect(weightsOf('run').equals(weightsOf('better'))).toBe(true);
    expect(weightsOf('run', 'versions', '2').equals(weightsOf('better'))).toBe(true);
    expect(existsSync(at('run', 'checkpoint'))).toBe(false); // of version 1, which it stands beside now
    expect(readdirSync(at('run', 'versions', '1')).sort()).toEqual([
      'checkpoint',
      'config.json',
      'metrics.jsonl',
      'model',
      'result.json',
    ]);
    const evaluated = await evaluateModel(at('run'), at('test.jsonl'));
    expect(evaluated.metrics).toEqual(result.metrics);

    const again = await continueRun(better, at('run'), at('better'), { ...call, resume: true });
    expect(again.history.versions).toHaveLength(2);
    expect(again.comparison).toEqual(comparison);
  });

  it('starts from the old weights, labels and tokenizer', async () => {
    const still = { data: { train: 'new.jsonl' }, training: { maxSteps: 1, learningRate: 1e-12 } };
    const { comparison } = await continueRun(still, at('run'), at('still'), call);
    const [old, now] = await Promise.all(
      [at('better'), at('still')].map((run) => loadTrainedModel(join(run, 'model'))),
    );
    expect(now?.task.state).toEqual(old?.task.state);
    expect(now?.tokenizer.toFiles()).toEqual(old?.tokenizer.toFiles());
    const [a, b] = await Promise.all([old, now].map((one) => one?.model.parameters.toArrays()));
    for (const [name, { data: values }] of a ?? []) expect(b?.get(name)?.data, name).toBeClose(values);
    for (const one of [old, now]) one?.model.dispose();
    expect(comparison.metrics.accuracy).toMatchObject({ difference: 0 });
    // 400 records on which both answer alike leave 0.0096 (Tango's limits), less than the margin of 0.01.
    expect(comparison.notWorse).toBe(true);
  });

  it('stands beside the old one where it is worse, and the old one stays', async () => {
    const before = weightsOf('run');
    const turned = { ...better, data: { train: 'turned.jsonl', validation: 'turned-validation.jsonl' } };
    const config = temporary.write('turned.json', JSON.stringify(turned));
    const { code, stdout } = await runCli('train', config, '--from', at('run'), '--out', at('worse'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/version accuracy 1\.0000 -> 0\.\d+, difference -\d\.\d+ \[-\d\.\d+, -0\.\d+\]/);
    expect(stdout).toMatch(
      /version 4 of .* is kept beside version 3, which stays: by accuracy it may be worse/,
    );
    expect(history('run')).toMatchObject({ current: 3 });
    expect(history('run').versions[3]).toMatchObject({ decision: 'refused', from: 3 });
    expect(weightsOf('run').equals(before)).toBe(true);
    expect(weightsOf('run', 'versions', '4').equals(weightsOf('worse'))).toBe(true);
    // With a margin as wide as the loss, it is taken.
    const { notWorse } = await compareModels(at('run'), at('worse'), at('test.jsonl'), { margin: 1 });
    expect(notWorse).toBe(true);
  });

  it('killed between history and the new files: the next one puts them in order', async () => {
    rmSync(at('run', 'model'), { recursive: true });
    cpSync(at('run', 'versions', '1', 'model'), at('run', 'model'), { recursive: true });
    temporary.write(join('run', 'metrics.jsonl'), 'of version 2\n');
    await expect(continueRun({ model: { pooling: 'network' } }, at('run'), at('no'), call)).rejects.toThrow();
    expect(weightsOf('run').equals(weightsOf('run', 'versions', '3'))).toBe(true);
    const steps = () => readFileSync(at('run', 'versions', '2', 'metrics.jsonl'), 'utf8');
    expect(steps()).toBe('of version 2\n');

    // Killed a moment later: the new files stand, and the steps of the old one too.
    rmSync(at('run', 'versions', '2', 'metrics.jsonl'));
    temporary.write(join('run', 'metrics.jsonl'), 'of version 2\n');
    await settleVersions(new RunFolder(at('run')));
    expect(steps()).toBe('of version 2\n');
    expect(existsSync(at('run', 'metrics.jsonl'))).toBe(false);
  });
});

describe('is refused', () => {
  const refused = async (config: object, message: RegExp, from = at('untouched')) => {
    await expect(continueRun(config, from, at('no'), call)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
    expect(existsSync(at('no'))).toBe(false);
    expect(existsSync(at('untouched', 'history.json'))).toBe(false);
  };

  it('another model, other labels, other test records, no finished run', async () => {
    await refused(
      { ...better, model: { ...model, pooling: 'network' } },
      /model\.pooling is "network", but the model of .* has "mean"; leave it out/,
    );
    await refused({ ...better, task: 'qa' }, /task is "qa", but the model of .* has "classification"/);
    temporary.write('purple.jsonl', jsonLinesOf([{ id: 'p', text: 'the disc is purple', label: 'purple' }]));
    await refused(
      { data: { train: 'purple.jsonl', validation: 'validation.jsonl' } },
      /purple\.jsonl:1: field "label"/,
    );
    await refused({ data: { train: 'new.jsonl', test: 'validation.jsonl' } }, /not the test records that/);
    await refused({ data: { train: 'test.jsonl' } }, /groups stand in/);
    mkdirSync(at('empty'));
    await refused(better, /is no run folder/, at('empty'));
  });

  it('to resume in a run that has versions', async () => {
    const config = JSON.parse(readFileSync(at('run', 'config.json'), 'utf8'));
    await expect(train(config, at('run'), { ...call, resume: true })).rejects.toThrow(
      /holds versions of a finished run/,
    );
  });
});
