import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  Llama2cVocabulary,
  llama2cTokenizer,
  loadTextCheckpoint,
  readLlama2cCheckpoint,
  saveTextCheckpoint,
} from '../../../src/lib/text';
import fixture from '../../parity/fixtures/tokenizers.json';
import { sharedData } from '../../support/shared-data';
import { temporaryFolder } from '../../support/temporary-folder';
import { logitsOf } from './run-checkpoint';

const folder = sharedData('stories260K');
const temporary = temporaryFolder();

describe.skipIf(folder === null)('stories260K (skipped where ../shared/data is absent)', () => {
  const file = (name: string) => join(folder ?? '', name);
  const vocabulary = () =>
    Llama2cVocabulary.read(Uint8Array.from(readFileSync(file('tok512.bin'))), 512, 'tok512.bin');

  it('becomes a Llama folder that loads and writes the published story', async () => {
    const checkpoint = await readLlama2cCheckpoint(file('stories260K.bin'), file('tok512.bin'));
    const out = join(temporary.path, 'stories');
    await saveTextCheckpoint(out, checkpoint);
    const again = await loadTextCheckpoint(out, { requires: ['causal-lm'] });
    expect(again.config).toEqual(checkpoint.config);
    expect(again.weights).toEqual(checkpoint.weights);
    expect(again.endTokenIds).toEqual([2]);
    // One pass over the whole story: each token is the likeliest after those before it.
    const story = readFileSync(file('ATTRIBUTION.md'), 'utf8').split('forward pass:\n ')[1]?.trimEnd() ?? '';
    const { ids } = again.tokenizer.encode(story);
    expect(ids.length).toBeGreaterThan(120);
    const likeliest = logitsOf(again, ids).map((row) => row.indexOf(Math.max(...row)));
    expect(likeliest.slice(0, -1)).toEqual(ids.slice(1));
    expect(again.tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(story);
  });

  it("its tokenizer cuts as llama2.c's scores do, on awkward strings and on thousands of random ones", () => {
    const scores = vocabulary();
    const tokenizer = llama2cTokenizer(scores);
    let state = 7;
    const below = (n: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * n);
    };
    const random = (from: readonly string[], most: number) =>
      Array.from({ length: 1 + below(most) }, () => from[below(from.length)]).join('');
    const letters = [...'abthelowsmydTS  .,!?\'"-…—\n\té北🙂', 'll', 'ss', 'aaa', '  '];
    const texts = [
      ...fixture.texts,
      ...Array.from({ length: 1000 }, () => random(letters, 40)),
      ...Array.from({ length: 1000 }, () => random(scores.tokens.slice(259), 12)),
    ];
    // SentencePiece puts no space before nothing, and reads its own mark for a space as one.
    const compared = texts.filter((text) => text !== '' && !text.includes('▁'));
    expect(compared.length).toBeGreaterThan(2150);
    for (const text of compared) {
      const { ids } = tokenizer.encode(text);
      expect(ids, JSON.stringify(text)).toEqual(scores.encode(text));
      if (!text.includes('\ufeff')) expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(text);
    }
    expect(tokenizer.encode('').ids).toEqual([1]);
    expect([tokenizer.bosId, tokenizer.eosId, tokenizer.unknownId]).toEqual([1, 2, 0]);
  });

  it('names the file that cannot be read', async () => {
    await expect(readLlama2cCheckpoint(file('absent.bin'), file('tok512.bin'))).rejects.toThrow(
      /absent\.bin: cannot be read \(ENOENT\)/,
    );
  });
});
