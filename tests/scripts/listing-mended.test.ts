/** @file The source document's listing: its inflated score, and the score that the mended one gives in its place. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Comparison,
  compare,
  listingAccuracy,
  listingRows,
  table,
  writeSentences,
} from '../../scripts/listing-mended';
import { type NerRecord, type RecordSet, readRecords } from '../../src/lib/data';
import { use } from '../../src/lib/engine';
import { metrics } from '../../src/lib/tasks';
import { trainWordPiece } from '../../src/lib/text';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();

describe('what the listing scores, worked by hand', () => {
  const tokenizer = trainWordPiece(['Ada met Bo', 'x y z'], { vocabularySize: 40, minimumFrequency: 1 });
  const record = { id: 'a', tokens: ['Ada', 'met', 'Bo'], tags: ['B-PER', 'O', 'B-PER'] };
  const set = { records: [record] } as unknown as RecordSet<NerRecord>;
  const tags = ['O', 'B-PER', 'I-PER'];

  it('the tag of word i is laid at position i, where [CLS] stands first, and the padding is O', () => {
    const { inputs, targets } = listingRows(set, tags, tokenizer, 16);
    expect(inputs.ids?.data[0]).toBe(tokenizer.clsId);
    expect(Array.from(targets.labels?.data ?? [])).toEqual([1, 0, 1, ...Array(13).fill(0)]);
  });

  it('a tagger that finds nothing scores 14 of 16, and no entity', () => {
    const labels = listingRows(set, tags, tokenizer, 16).targets.labels?.data as Int32Array;
    expect(listingAccuracy(new Int32Array(16), labels)).toBe(14 / 16);
    expect(metrics.entityReport([['O', 'O', 'O']], [record.tags]).micro.f1).toBe(0);
    // With BERT's 512 positions the same tagger would score 510 of 512.
    const long = listingRows(set, tags, tokenizer, 512).targets.labels?.data as Int32Array;
    expect(listingAccuracy(new Int32Array(512), long)).toBeCloseTo(0.996, 3);
  });
});

describe('both trained on the same sentences', () => {
  let comparison: Comparison;
  beforeAll(async () => {
    await use({ device: 'cpu' });
    await writeSentences(join(folder.path, 'data'), 500);
    comparison = await compare(
      join(folder.path, 'data'),
      join(folder.path, 'runs'),
      { text: 'tiny' },
      { epochs: 4, batchSize: 16, learningRate: 5e-3 },
    );
  }, 120_000);

  it('the listing scores 93 % and more for finding nothing, and for entities that are not where it says', () => {
    const { nothing, listing } = comparison;
    for (const split of ['dev', 'test'] as const) {
      expect(nothing[split].listing).toBeGreaterThan(0.93);
      expect(nothing[split].entities.micro.f1).toBe(0);
      expect(listing[split].listing).toBeGreaterThan(0.93);
      expect(listing[split].entities.micro.f1).toBeLessThan(0.5);
    }
  });

  it('mended, the same network finds entities: on dev and test, by whole entities of the words', async () => {
    const { mended, listing } = comparison;
    for (const split of ['dev', 'test'] as const) {
      expect(mended[split].entities.micro.f1).toBeGreaterThan(listing[split].entities.micro.f1 + 0.2);
      expect(Object.keys(mended[split].entities.perClass)).toEqual(['person', 'place', 'thing']);
    }
    expect(mended.dev.entities.micro.f1).toBeGreaterThan(0.6);
    const { records } = await readRecords(join(folder.path, 'data/test.jsonl'), 'ner');
    const entities = records.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith('B-'))).length;
    expect(mended.test.entities.micro.support).toBe(entities);
    expect(table(comparison)).toMatch(/\| mended \| test \| 0\.\d{4} \| /);
  });
});
