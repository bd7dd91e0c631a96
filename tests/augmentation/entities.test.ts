/** @file Entities exchanged for others of their type: the sentence stays, tags go with their tokens, pictures are believed. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AugmentedSource, entityNames, exchangeEntities } from '../../src/lib/augmentation';
import type { tf } from '../../src/lib/engine';
import { Generator } from '../../src/lib/random';
import { entitiesOf } from '../../src/lib/tasks/metrics';
import { parseTrainConfig, prepare } from '../../src/lib/training';
import { colourData } from '../support/colour-data';

const records = [
  { id: 'a', tokens: ['Ada', 'saw', 'New', 'York', 'today'], tags: ['B-PER', 'O', 'B-LOC', 'I-LOC', 'O'] },
  { id: 'b', tokens: ['Grace', 'Hopper', 'Rome'], tags: ['B-PER', 'I-PER', 'B-LOC'] },
  { id: 'c', tokens: ['Ada', 'Ada', 'left'], tags: ['B-PER', 'B-PER', 'O'] },
];
const NAMES = {
  PER: ['Ada', 'Grace Hopper'],
  LOC: ['New York', 'Rome'],
} as const;

describe('exchangeEntities', () => {
  it('finds each name of a type once', () => {
    const found = [...entityNames(records)].map(([type, names]) => [type, names.map((one) => one.join(' '))]);
    expect(Object.fromEntries(found)).toEqual(NAMES);
  });

  it('keeps the sentence and the types in order, draws every name as often, and exchanges as often as asked', () => {
    const names = entityNames(records);
    const draws = 2000;
    let long = 0;
    for (let draw = 0; draw < draws; draw++) {
      const [first] = records as [(typeof records)[number]];
      const { tokens, tags } = exchangeEntities(first, names, 0.5, new Generator(1, draw));
      const entities = entitiesOf(tags);
      expect(entities.map(({ type }) => type)).toEqual(['PER', 'LOC']);
      const written = entities.map(({ start, end }) => tokens.slice(start, end).join(' '));
      expect(NAMES.PER).toContain(written[0]);
      expect(NAMES.LOC).toContain(written[1]);
      expect(tokens.filter((_, i) => tags[i] === 'O')).toEqual(['saw', 'today']);
      long += Number(written[0] === 'Grace Hopper');
    }
    expect(Math.abs(long / draws - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / draws));
  });

  it('two names side by side stay two; a share of 0 and a type without names change nothing', () => {
    const [, , both] = records as unknown as [unknown, unknown, (typeof records)[number]];
    for (let draw = 0; draw < 20; draw++) {
      const { tags } = exchangeEntities(both, entityNames(records), 1, new Generator(2, draw));
      expect(entitiesOf(tags)).toHaveLength(2);
    }
    expect(exchangeEntities(both, entityNames(records), 0, new Generator(1))).toEqual(both);
    expect(exchangeEntities(both, new Map(), 1, new Generator(1))).toEqual(both);
  });
});

describe('data.augmentation.text.entityExchange', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await colourData(8);
    const seen = { ...records[0], id: 'seen', image: 'images/train-0.png' };
    const long = { id: 'long', tokens: Array(40).fill('Hopper'), tags: Array(40).fill('O') }; // room for the others
    const lines = [...records, seen, long].map((one) => JSON.stringify(one));
    writeFileSync(join(folder, 'ner.jsonl'), `${lines.join('\n')}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const prepared = (task: string, file: string, fusion: string) =>
    prepare(
      parseTrainConfig({
        task,
        data: {
          train: file,
          validation: file,
          allowLeak: true,
          augmentation: { text: { entityExchange: 1 } },
        },
        model: { text: 'tiny', vision: 'cnn-tiny', fusion },
      }),
      { folder },
    );
  const draws = Array.from({ length: 30 }, (_, draw) => draw);

  it.each([
    ['none', true],
    ['concat', false],
  ])('fusion %s: a name that the picture shows is exchanged: %s', async (fusion, changes) => {
    const one = await prepared('ner', 'ner.jsonl', fusion);
    const source = one.train as AugmentedSource;
    const written = (row: number) =>
      new Set(draws.map((draw) => (source.record(row, draw) as (typeof records)[number]).tokens.join(' ')));
    expect(written(0).size).toBeGreaterThan(1);
    expect(written(3).size > 1).toBe(changes);
    const batch = await source.batch(Int32Array.of(0), 0);
    const labels = [...(batch.targets.labels as tf.Tensor).dataSync()];
    const tokens = (source.record(0, 0) as (typeof records)[number]).tokens.length;
    expect(labels.filter((label) => label >= 0)).toHaveLength(tokens);
    one.dispose();
  });

  it('is refused where records have no entities', async () => {
    await expect(prepared('classification', 'train.jsonl', 'none')).rejects.toThrow(
      /entityExchange: records of task classification have no entities; leave it out/,
    );
  });
});
