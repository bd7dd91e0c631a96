/** @file Augmented batches: other ones each epoch, the same for the same epoch, shapes and what is not augmented kept. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AugmentedSource } from '../../src/lib/augmentation';
import { tf } from '../../src/lib/engine';
import { type Prepared, parseTrainConfig, prepare } from '../../src/lib/training';
import { colourData } from '../support/colour-data';

let folder: string;
let plain: Prepared;
beforeAll(async () => {
  folder = await colourData(32);
  plain = await prepared({});
});
afterAll(() => {
  plain.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const prepared = (augmentation: object, fusion = 'concat', data: object = {}) =>
  prepare(
    parseTrainConfig({
      task: 'classification',
      data: { train: 'train.jsonl', validation: 'validation.jsonl', augmentation, ...data },
      model: { text: 'tiny', vision: 'cnn-tiny', fusion },
    }),
    { folder },
  );

const rows = Int32Array.from({ length: 32 }, (_, row) => row);
const numbers = (tensor: tf.Tensor | undefined) => [...(tensor as tf.Tensor).dataSync()];

describe('AugmentedSource', () => {
  it('draws anew each epoch, the same for the same epoch; evaluation sees the records as they are', async () => {
    const one = await prepared({ pictures: { flip: 0.5, rotation: 10 }, text: { wordDropout: 0.3 } });
    const batches = await Promise.all([0, 1, 0].map((draw) => one.train.batch(rows, draw)));
    const [first, second, again] = batches.map(({ inputs }) => [numbers(inputs.ids), numbers(inputs.pixels)]);
    expect(again).toEqual(first);
    expect(second?.[0]).not.toEqual(first?.[0]);
    expect(second?.[1]).not.toEqual(first?.[1]);
    const unchanged = await plain.train.batch(rows, 0);
    expect(batches.map(({ inputs }) => inputs.ids.shape)).toEqual(
      batches.map(() => unchanged.inputs.ids.shape),
    );
    expect(numbers(batches[0]?.targets.labels)).toEqual(numbers(unchanged.targets.labels));
    const [a, b] = await Promise.all(
      [one, plain].map(({ validation }) => validation.batch(rows.slice(0, 8))),
    );
    expect(numbers(a?.inputs.pixels)).toEqual(numbers(b?.inputs.pixels));
    expect(numbers(a?.inputs.ids)).toEqual(numbers(b?.inputs.ids));
    tf.dispose([batches, unchanged, a, b] as never);
    one.dispose();
  });

  it('colours stay where the record names one: here every answer does', async () => {
    const one = await prepared({ pictures: { colour: 0.9 } });
    const [changed, own] = await Promise.all([one, plain].map(({ train }) => train.batch(rows, 1)));
    expect(numbers(changed?.inputs.pixels)).toEqual(numbers(own?.inputs.pixels));
    one.dispose();
  });

  it('a picture is mirrored together with its words, or not at all', async () => {
    const train = ['left', 'right', 'left', 'right'].map((label, i) =>
      JSON.stringify({
        id: `${i}`,
        text: `is the disc more to the ${label} ?`,
        image: `images/train-${i}.png`,
        label,
      }),
    );
    writeFileSync(join(folder, 'sides.jsonl'), `${train.join('\n')}\n`);
    const data = { train: 'sides.jsonl', allowLeak: true, validation: 'sides.jsonl' };
    const swap = await prepared({ pictures: { flip: 0.5, sideWords: 'swap' } }, 'concat', data);
    const refuse = await prepared({ pictures: { flip: 1 } }, 'concat', data);
    const own = await refuse.train.batch(rows.slice(0, 4), 0);
    const pixels = tf.reverse(own.inputs.pixels as tf.Tensor, 2);
    let flips = 0;
    for (let draw = 0; draw < 8; draw++) {
      const batch = await swap.train.batch(rows.slice(0, 4), draw);
      for (let row = 0; row < 4; row++) {
        const { record, change } = (swap.train as AugmentedSource).pictureChange(row, draw);
        const { label, text } = record as unknown as { label: string; text: string };
        expect(text).toBe(`is the disc more to the ${label} ?`);
        expect(label === ['left', 'right'][row % 2]).toBe(!change.flip);
        const shown = tf.slice(batch.inputs.pixels as tf.Tensor, row, 1);
        const wanted = tf.slice(change.flip ? pixels : (own.inputs.pixels as tf.Tensor), row, 1);
        expect(numbers(shown)).toBeClose(numbers(wanted), { absolute: 1e-6 });
        expect(numbers(batch.targets.labels)[row]).toBe(label === 'left' ? 0 : 1);
        flips += Number(change.flip);
      }
    }
    expect(flips).toBeGreaterThan(0);
    swap.dispose();
    refuse.dispose();
  });

  it('a question grows no longer than the room that its passage leaves', async () => {
    const passage = 'the quick fox saw a film in the big house on the road';
    const records = [
      { id: 'passage', context: passage, question: 'is it fast ?', answer: 'yes' },
      { id: 'question', question: 'does the fox that is quick look at the road ?', answer: 'yes' },
      { id: 'short', question: 'is it fast ?', answer: 'yes' },
    ];
    writeFileSync(join(folder, 'qa.jsonl'), records.map((record) => JSON.stringify(record)).join('\n'));
    writeFileSync(join(folder, 'longer.json'), JSON.stringify({ fast: ['as fast as it gets'] }));
    const text = { modelType: 'gpt2', nEmbd: 8, nLayer: 1, nHead: 1 };
    const questions = (nPositions: number) =>
      prepare(
        parseTrainConfig({
          task: 'qa',
          data: {
            train: 'qa.jsonl',
            validation: 'qa.jsonl',
            allowLeak: true,
            augmentation: { text: { synonyms: 'longer.json', synonymShare: 1 } },
          },
          model: { text: { ...text, nPositions }, fusion: 'none', tokenizer: { vocabularySize: 300 } },
        }),
        { folder },
      );
    const room = /the text has (\d+) tokens/.exec(await questions(8).then(String, String))?.[1];
    const one = await questions(Number(room)); // as long as the longest record, and no longer
    const batch = await one.train.batch(rows.slice(0, 3), 1);
    const source = one.train as AugmentedSource;
    expect(source.record(0, 1)).toEqual(records[0]);
    expect(source.record(2, 1)).toMatchObject({ question: 'is it as fast as it gets ?' });
    tf.dispose(batch as never);
    one.dispose();
  });

  it('reads synonyms from a file, and says what is wrong with one', async () => {
    writeFileSync(join(folder, 'synonyms.json'), JSON.stringify({ disc: ['disc'], see: ['disc'] }));
    const one = await prepared({ text: { synonyms: 'synonyms.json', synonymShare: 1 } }, 'none');
    expect(Object.keys(one.dataHashes)).toContain(join(folder, 'synonyms.json'));
    one.dispose();
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ disc: 'circle' }));
    await expect(prepared({ text: { synonyms: 'wrong.json' } })).rejects.toThrow(/wrong\.json:\n.*disc/);
    await expect(prepared({ text: { synonyms: 'absent.json' } })).rejects.toThrow(
      /absent\.json: there is no such file/,
    );
  });
});
