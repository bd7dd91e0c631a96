import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { trainWordPiece } from '../../src/lib/text';
import { trainConfigSchema } from '../../src/lib/training/config';
import { checkOneTokenizer, configuredTokenizer } from '../../src/lib/training/tokenizer';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const settings = (tokenizer: Record<string, unknown>) =>
  trainConfigSchema.parse({ task: 'ner', data: { train: 'x' }, model: { tokenizer } }).model.tokenizer;
const learned = trainWordPiece(['the gull sits on the pier', 'a gull on the roof'], { vocabularySize: 60 });
const neverRead = (): string[] => {
  throw new Error('the texts were read');
};

it('takes the tokenizer of a run or of its model folder, and does not read the texts', async () => {
  mkdirSync(join(folder.path, 'run/model'), { recursive: true });
  for (const [name, content] of learned.toFiles())
    writeFileSync(join(folder.path, 'run/model', name), content);
  const text = 'a gull on the pier';
  for (const from of ['run', 'run/model', join(folder.path, 'run')]) {
    const found = await configuredTokenizer(neverRead, settings({ from, vocabularySize: 7 }), folder.path);
    expect(found.encode(text).ids).toEqual(learned.encode(text).ids);
    expect(found.vocabularySize).toBe(learned.vocabularySize);
  }
});

it('names a folder that is not there', async () => {
  await expect(configuredTokenizer(neverRead, settings({ from: 'gone' }), folder.path)).rejects.toThrow(
    /model\.tokenizer\.from: "gone" is no folder .*name a run, its model folder, or a checkpoint/,
  );
});

it('learns one from the texts otherwise', async () => {
  const found = await configuredTokenizer(
    () => ['gull gull gull'],
    settings({ vocabularySize: 30 }),
    folder.path,
  );
  expect(found.encode('gull', null, { addSpecialTokens: false }).ids).toHaveLength(1);
});

it('is the one of pretrained weights, and no other may be named beside them', () => {
  mkdirSync(join(folder.path, 'words/model'), { recursive: true });
  const check = (text: string, from: string | null) => () =>
    checkOneTokenizer(
      trainConfigSchema.parse({ task: 'ner', data: { train: 'x' }, model: { text, tokenizer: { from } } })
        .model,
      folder.path,
    );
  for (const [text, from] of [
    ['words', null],
    ['words', 'words'],
    ['words', 'words/model'],
    ['small', 'run'],
  ] as const) {
    expect(check(text, from)).not.toThrow();
  }
  for (const text of ['words', 'hub:a/b@c']) {
    expect(check(text, 'run')).toThrow(
      /model\.tokenizer\.from: the weights of model\.text .*"run" would not be read/,
    );
  }
});
