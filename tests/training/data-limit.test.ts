/** @file `data.limit`: how much is learned from, while what is validated and tested on stays the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/lib/engine';
import { parseTrainConfig, prepare, type TrainConfigInput, train } from '../../src/lib/training';
import { trainingRows } from '../../src/lib/training/training-rows';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';
import { tinyTextNetwork } from '../support/tiny-networks';

const temporary = temporaryFolder();
/** 60 records in 20 groups; one of them alone has the label `rare`. */
const records = Array.from({ length: 60 }, (_, i) => ({
  id: `${i}`,
  text: `word ${i % 7} of ${i % 5}`,
  label: i === 13 ? 'rare' : ['yes', 'no'][i % 2],
  group: `g${Math.floor(i / 3)}`,
}));

beforeAll(async () => {
  await use({ device: 'cpu' });
  temporary.write('train.jsonl', jsonLinesOf(records));
  temporary.write(
    'test.jsonl',
    jsonLinesOf([
      { id: 't0', text: 'a test', label: 'rare', group: 't0' },
      { id: 't1', text: 'a word', label: 'yes', group: 't1' },
    ]),
  );
});

const config = (limit: number | null, more: Partial<TrainConfigInput> = {}): TrainConfigInput => ({
  task: 'classification',
  data: { train: 'train.jsonl', test: 'test.jsonl', limit },
  model: { text: tinyTextNetwork, fusion: 'none' },
  training: { maxSteps: 2, batchSize: 4, patience: null },
  ...more,
});
const rowsOf = (limit: number | null, more: Partial<TrainConfigInput> = {}) =>
  trainingRows(records, parseTrainConfig(config(limit, more)), 'train.jsonl');

describe('data.limit', () => {
  it('draws fewer among the more, by the split seed, and leaves validation as it is', () => {
    const sizes = [5, 20, 41, null].map((limit) => rowsOf(limit));
    expect(sizes.map(({ train }) => train.length)).toEqual([5, 20, 41, 54]);
    for (const [i, { train, validation }] of sizes.slice(1).entries()) {
      expect(train).toEqual(expect.arrayContaining(sizes[i]?.train as number[]));
      expect(validation).toEqual(sizes[0]?.validation);
      expect(train.filter((row) => validation?.includes(row))).toEqual([]);
    }
    expect(rowsOf(20, { seed: 2 }).train).not.toEqual(rowsOf(20).train);
    expect(rowsOf(20, { seed: 2, seeds: { split: 1 } })).toEqual(rowsOf(20));
    const named = { train: 'train.jsonl', validation: 'test.jsonl', limit: 54 };
    expect(rowsOf(null, { data: named }).validation).toBeNull();
    expect(rowsOf(null, { data: named }).train).toHaveLength(54);
  });

  it('trains on so many, knows the labels that they lack, and says how many they were', async () => {
    // Of five records none has the rare label, which the test asks for.
    expect(rowsOf(5).train.map((row) => records[row]?.label)).not.toContain('rare');
    const out = join(temporary.path, 'run');
    const result = await train(config(5), out, { folder: temporary.path });
    expect([result.trainingRecords, result.records]).toEqual([5, 2]);
    expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')).data.limit).toBe(5);
    const [few, all] = await Promise.all(
      [config(5), config(null)].map((one) => prepare(parseTrainConfig(one), { folder: temporary.path })),
    );
    expect(few?.task.state).toEqual({ labels: ['no', 'rare', 'yes'] });
    expect(all?.task.state).toEqual(few?.task.state);
    expect([few?.train.count, all?.train.count]).toEqual([5, 54]);
    expect([few?.validation.count, all?.validation.count]).toEqual([6, 6]);
    few?.dispose();
    all?.dispose();
  });

  it('is refused where there are not so many, or no records', async () => {
    const preparing = (one: TrainConfigInput) => prepare(parseTrainConfig(one), { folder: temporary.path });
    await expect(preparing(config(55))).rejects.toThrow(
      /data\.limit: 55 training records are asked for, but .*train\.jsonl has 54, 6 others being split off for validation; ask for fewer/,
    );
    const text: TrainConfigInput = { task: 'causal-lm', data: { train: 'train.jsonl', limit: 5 } };
    await expect(preparing(text)).rejects.toThrow(/data\.limit: causal-lm reads text in blocks/);
    expect(() => parseTrainConfig(config(0))).toThrow(/data\.limit/);
  });
});
