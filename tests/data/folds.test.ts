import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRecords, clusters, type Fold, folds, readRecords, writeFolds } from '../../src/lib/data';
import { nlvr, sentenceKey } from '../../src/lib/data/formats/nlvr';
import type { AnyRecord } from '../../src/lib/data/records';
import { noisePicture } from '../support/pictures';
import { sharedData } from '../support/shared-data';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const PARTS = ['train', 'validation', 'test'] as const;

/** `sizes[i]` records of group i. */
const grouped = (...sizes: number[]): AnyRecord[] =>
  sizes.flatMap((size, group) =>
    Array.from({ length: size }, (_, i) => ({ id: `${group}-${i}`, group: `${group}` })),
  );

function expectSound(records: readonly unknown[], made: readonly Fold[], clusterOf: Int32Array): void {
  expect(made.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual(records.map((_, row) => row));
  for (const fold of made) {
    expect(PARTS.flatMap((part) => fold[part]).sort((a, b) => a - b)).toEqual(records.map((_, row) => row));
    const of = (part: keyof Fold) => new Set(fold[part].map((row) => clusterOf[row]));
    const all = PARTS.flatMap((part) => [...of(part)]);
    expect(new Set(all).size).toBe(all.length);
  }
}

describe('folds', () => {
  it('test every record once and keep clusters together', () => {
    const records = grouped(...Array.from({ length: 40 }, (_, i) => 1 + ((7 * i) % 5)));
    const made = folds(records, { folds: 5, seed: 3 });
    expectSound(records, made, clusters(records));
    for (const { test, validation } of made) {
      expect(Math.abs(test.length - records.length / 5)).toBeLessThanOrEqual(5);
      expect(validation.length).toBeGreaterThan(0.05 * records.length);
      expect(validation.length).toBeLessThan(0.12 * records.length);
    }
  });

  it('are the same for the same seed, others for another, and go without validation where none is wanted', () => {
    const records = grouped(...Array(30).fill(2));
    const tests = (seed: number) => folds(records, { folds: 3, seed }).map(({ test }) => test);
    expect(tests(1)).toEqual(tests(1));
    expect(tests(2)).not.toEqual(tests(1));
    for (const fold of folds(records, { folds: 3, seed: 1, validation: 0 })) {
      expect([fold.train.length, fold.validation.length, fold.test.length]).toEqual([40, 0, 20]);
    }
  });

  it('join records that share any of several fields, through chains', () => {
    const records = [
      { id: '0', group: 'a', image: 'x' },
      { id: '1', group: 'b', image: 'y' },
      { id: '2', group: 'b', image: 'x' },
      { id: '3', group: 'c' },
      { id: '4', image: 'z' },
      { id: '5' },
    ];
    expect([...clusters(records, 'group')]).toEqual([0, 1, 1, 2, 3, 4]);
    expect([...clusters(records, ['group', 'image'])]).toEqual([0, 0, 0, 1, 2, 3]);
  });

  it('refuse what cannot be', () => {
    expect(() => folds(grouped(3, 3), { folds: 3, seed: 1 })).toThrow(
      /6 records in 2 clusters cannot fill 3 folds/,
    );
    expect(() => folds(grouped(1, 1), { folds: 1, seed: 1 })).toThrow(/folds is 1; give a whole number/);
    expect(() => folds(grouped(1, 1), { folds: 2, seed: 1, by: 'sentence' })).toThrow(
      /no record has the field "sentence"/,
    );
    expect(() => folds(grouped(1, 1), { folds: 2, seed: 1, validation: 1 })).toThrow(/validation is 1/);
  });

  const real = sharedData('nlvr');
  it.skipIf(!real)('of NLVR: sentences of dev, test and train-1000 in five folds, none in two', async () => {
    const splits = await nlvr.read(real as string, 'classification');
    expect(splits.map(({ name }) => name)).toEqual(['train-1000', 'dev', 'test']);
    const records = splits.flatMap(({ records: rows }) => rows.map(({ record }) => record)) as (AnyRecord & {
      text: string;
    })[];
    expect(records).toHaveLength(2000 + 5934 + 5940);
    const made = folds(records, { folds: 5, by: ['group', 'example', 'image'], seed: 1 });
    expectSound(records, made, clusters(records, ['group', 'example', 'image']));
    for (const { train, validation, test } of made) {
      const sentences = new Set(
        [...train, ...validation].map((row) => sentenceKey(records[row]?.text as string)),
      );
      expect(test.some((row) => sentences.has(sentenceKey(records[row]?.text as string)))).toBe(false);
      expect(Math.abs(test.length - records.length / 5)).toBeLessThan(30);
    }
  });
});

describe('writeFolds', () => {
  const makeFile = async (name: string, count: number) => {
    const rows = [];
    for (let i = 0; i < count; i++) {
      folder.write(`${name}/images/${i}.png`, await noisePicture(4, 4, i).png().toBuffer());
      rows.push({ id: `${name}-${i}`, text: 't', label: 'x', image: `images/${i}.png`, group: `g${i % 7}` });
    }
    return folder.write(`${name}/records.jsonl`, jsonLinesOf(rows));
  };

  it('writes the union of files from two folders with their pictures, as links', async () => {
    const paths = [await makeFile('one', 14), await makeFile('two', 21)];
    const report = await writeFolds(paths, at('out'), { folds: 3, seed: 1, task: 'classification' });
    expect([report.records, report.clusters, report.folds.length]).toEqual([35, 7, 3]);
    expect(readdirSync(at('out')).sort()).toEqual(['fold-0', 'fold-1', 'fold-2', 'folds.json']);
    expect(JSON.parse(readFileSync(at('out/folds.json'), 'utf8'))).toMatchObject({
      by: 'group',
      seed: 1,
      ...report,
    });
    const tested: string[] = [];
    for (let fold = 0; fold < 3; fold++) {
      for (const part of PARTS) {
        const set = await readRecords(at(`out/fold-${fold}/${part}.jsonl`), 'classification');
        expect(set.records).toHaveLength(report.folds[fold]?.[part].records as number);
        expect((await checkRecords(set)).files).toBe(set.records.length);
        if (part === 'test') tested.push(...set.records.map(({ id }) => id));
      }
    }
    expect(new Set(tested).size).toBe(35);
    expect(readFileSync(at('out/fold-0/source-1/images/20.png'))).toEqual(
      readFileSync(at('two/images/20.png')),
    );
    expect(statSync(at('two/images/20.png')).nlink).toBe(4);
  });

  it('refuses two records of one id and a missing picture, and leaves nothing behind', async () => {
    const path = await makeFile('three', 8);
    folder.write('three/again.jsonl', readFileSync(path));
    const options = { folds: 2, seed: 1, task: 'classification' } as const;
    await expect(writeFolds([path, at('three/again.jsonl')], at('bad'), options)).rejects.toThrow(
      /again\.jsonl:1: field "id" is "three-0", which .*records\.jsonl:1 has already/,
    );
    folder.write('three/gone.jsonl', readFileSync(path, 'utf8').replace('images/3.png', 'images/99.png'));
    await expect(writeFolds([at('three/gone.jsonl')], at('bad'), options)).rejects.toThrow(
      /99\.png: the picture cannot be read/,
    );
    expect(existsSync(at('bad'))).toBe(false);
  });
});
