/**
 * @file A classifier of matched and mismatched pairs as a scorer: its scores are the log-probabilities that `predict`
 * gives, it prefers a picture's own text, and MAGIC and reranking led by it write about the picture.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaptioningRecord, matchingRecords, readRecords, writeRecords } from '../../src/lib/data';
import { rerank } from '../../src/lib/decoding';
import { tf, use } from '../../src/lib/engine';
import { type LoadedScorer, loadImageTextScorer, predictRecords, train } from '../../src/lib/training';
import { writtenData } from '../support/written-data';

let data: string;
let scorer: LoadedScorer;
beforeAll(async () => {
  await use({ device: 'cpu' });
  data = await writtenData(128);
  for (const split of ['train', 'validation', 'test']) {
    const { records } = await readRecords(join(data, `${split}.jsonl`), 'translation');
    const captions = records.map(({ id, image, group, target }) => ({ id, image, group, text: target }));
    const pairs = matchingRecords(captions as CaptioningRecord[], ({ text }) => text);
    await writeRecords(join(data, `match-${split}.jsonl`), pairs);
  }
  const config = {
    task: 'classification',
    data: { train: 'match-train.jsonl', validation: 'match-validation.jsonl', test: 'match-test.jsonl' },
    model: { text: 'tiny', vision: 'cnn-tiny', fusion: 'concat' },
    training: { epochs: 20, batchSize: 16, learningRate: 3e-3, patience: null },
  } as const;
  await train(config, join(data, 'runs/match'), { folder: data });
  scorer = await loadImageTextScorer(join(data, 'runs/match'));
}, 120_000);
afterAll(() => {
  scorer?.dispose();
  rmSync(data, { recursive: true, force: true });
});

const TEXTS = ['eine rote Scheibe', 'eine grüne Scheibe', 'eine blaue Scheibe', 'eine gelbe Scheibe'];

describe('matching records', () => {
  it('are each text with its own picture and with another, never its own twice', async () => {
    const { records } = await readRecords(join(data, 'match-test.jsonl'), 'classification');
    const own = records.filter(({ label }) => label === 'match');
    const other = records.filter(({ label }) => label === 'other');
    expect(own.length).toBe(other.length);
    for (const [i, { image, text }] of own.entries()) {
      expect(other[i]?.text).toBe(text);
      expect(other[i]?.image).not.toBe(image);
    }
  });
});

describe('the scorer', () => {
  it('says what the classifier says, and prefers the text of the picture', async () => {
    const file = join(data, 'match-test.jsonl');
    const { records, pictures } = await readRecords(file, 'classification');
    const predictions = await predictRecords(join(data, 'runs/match'), file);
    let right = 0;
    let asked = 0;
    for (const [row, record] of records.entries()) {
      if (record.label !== 'match') continue;
      const picture = await scorer.picture(pictures[row] as string);
      const tensors = tf.memory().numTensors;
      const [alone] = Array.from(await scorer.about([picture]).score([record.text], 0));
      expect(alone).toBeCloseTo(Math.log(predictions[row]?.probabilities?.match as number), 3);
      const scores = Array.from(await scorer.about([picture]).score(TEXTS, 0));
      expect(scores[TEXTS.indexOf(record.text)]).toBeCloseTo(alone as number, 3);
      expect(tf.memory().numTensors).toBe(tensors + 2); // what was seen of this picture is kept
      right += Number(TEXTS[scores.indexOf(Math.max(...scores))] === record.text);
      asked += 1;
      const candidates = TEXTS.map((text, i) => ({
        ids: [i],
        ending: 'length' as const,
        logProbability: -1,
        text,
      }));
      const [best] = await rerank(candidates, 0, {
        scorer: scorer.about([picture]),
        decode: ([id]) => TEXTS[id as number] as string,
        weight: 0.9,
      });
      expect(best?.written.text).toBe(TEXTS[scores.indexOf(Math.max(...scores))]);
    }
    expect(right / asked).toBeGreaterThan(0.7); // a blind choice: 0.25
  });

  it('is refused where the run cannot be one', async () => {
    await expect(loadImageTextScorer(join(data, 'runs/match'), 'same')).rejects.toThrow(
      'its labels are match, other',
    );
  });
});
