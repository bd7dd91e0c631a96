import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tf } from '../../src/lib/engine';
import { InputError } from '../../src/lib/errors';
import { createParameters } from '../../src/lib/nn';
import { Llama2cVocabulary, llama, llamaLogits, llamaSpecifications, readLlama2c } from '../../src/lib/text';
import { sharedData } from '../support/shared-data';

const folder = sharedData('stories260K');

/** The greedy story from the beginning token, as published with the model (its ATTRIBUTION.md). */
const STORY =
  'Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw ' +
  "a big, red ball. She wanted to play with it, but it was too high.\nLily's mom said, \"Lily, let's go to the " +
  'park." Lily was sad and didn\'t know what to do. She said, "I want to play with your ball, but';

describe.skipIf(folder === null)('stories260K (skipped where ../shared/data is absent)', () => {
  const read = (name: string) => Uint8Array.from(readFileSync(resolve(folder ?? '', name)));

  it('has 260,032 parameters, and its greedy story is the published one', () => {
    const { config, arrays } = readLlama2c(read('stories260K.bin'));
    const params = createParameters(llamaSpecifications(config), 1);
    expect(params.count()).toBe(260_032);
    params.load(arrays);
    const vocabulary = Llama2cVocabulary.read(read('tok512.bin'), config.vocabSize);
    const ids = vocabulary.encode(STORY);
    expect(ids.length).toBeGreaterThan(120);
    // One pass over the whole story: if each token is the likeliest after those before it, greedy writes the story.
    const likeliest = tf.tidy(() => {
      const { states } = llama(params, config, { ids: tf.tensor2d([ids], [1, ids.length], 'int32') });
      return [...tf.argMax(llamaLogits(params, config, states), -1).dataSync()];
    });
    expect(vocabulary.decode([1, ...likeliest.slice(0, -1)])).toBe(STORY);
    expect(likeliest.slice(0, -1)).toEqual(ids.slice(1));
    params.dispose();
  });

  it('the vocabulary has 512 tokens and gives back what it was given', () => {
    const vocabulary = Llama2cVocabulary.read(read('tok512.bin'), 512);
    expect(vocabulary.tokens.length).toBe(512);
    for (const text of [STORY, 'Zürich 北京 🙂', '', ' two  spaces ']) {
      expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
    }
  });

  it('names what is wrong with a file', () => {
    const bytes = read('stories260K.bin');
    expect(() => readLlama2c(bytes.slice(0, 1000), 'x.bin')).toThrow(/x\.bin: the file ends at byte 1000/);
    expect(() => readLlama2c(Uint8Array.from([...bytes, 0]), 'x.bin')).toThrow(
      /accounts for 1056540 bytes, but/,
    );
    expect(() => readLlama2c(new Uint8Array(100), 'x.bin')).toThrow(InputError);
    expect(() => readLlama2c(new Uint8Array(3), 'x.bin')).toThrow(/3 bytes are no llama2\.c file/);
    const vocabulary = read('tok512.bin');
    const cut = (bytes: number) => () => Llama2cVocabulary.read(vocabulary.slice(0, bytes), 512, 'x.bin');
    expect(cut(vocabulary.length - 1)).toThrow(/x\.bin: the file is cut short in token 511/);
    expect(cut(100)).toThrow(/x\.bin: \d+ tokens, but the network has 512/); // between two tokens
  });
});
