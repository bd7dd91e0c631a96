import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convert, type NerRecord, readRecords } from '../../../src/lib/data';
import { parseColumns } from '../../../src/lib/data/formats/columns';
import { toBio } from '../../../src/lib/data/formats/tag-schemes';
import { sharedData } from '../../support/shared-data';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const HEADING = /^-DOCSTART-/;

/** Sentences of one-letter tokens from their tags. */
const sentences = (...tags: string[]) =>
  parseColumns(
    tags
      .map((line) => line.split(' ').map((tag, i) => `${'abcdef'[i]} ${tag}\n`))
      .map((lines) => lines.join(''))
      .join('\n'),
    'file',
    HEADING,
  );
const bio = (...tags: string[]) => toBio(sentences(...tags), 'file').map((line) => line.join(' '));

/** The first lines of CoNLL-2003's training file have this form; the words are others. */
const CONLL = [
  '-DOCSTART- -X- -X- O',
  '',
  'EU NNP I-NP I-ORG',
  'rejects VBZ I-VP O',
  'German JJ I-NP I-MISC',
  'call NN I-NP O',
  '',
  'Peter NNP I-NP I-PER',
  'Blackburn NNP I-NP I-PER',
  '',
  '-DOCSTART- -X- -X- O',
  '',
  'Britain NNP I-NP I-LOC',
  'France NNP I-NP B-LOC',
  '',
].join('\n');

describe('tag schemes', () => {
  it('IOB1 to BIO: B where an entity begins, also after another of its type', () => {
    expect(bio('I-PER I-PER O I-LOC', 'I-LOC B-LOC I-LOC I-PER')).toEqual([
      'B-PER I-PER O B-LOC',
      'B-LOC B-LOC I-LOC B-PER',
    ]);
  });

  it('IOBES and BILOU to BIO, BIO as it is', () => {
    expect(bio('B-PER E-PER S-LOC O', 'S-PER S-PER')).toEqual(['B-PER I-PER B-LOC O', 'B-PER B-PER']);
    expect(bio('B-PER I-PER L-PER U-LOC')).toEqual(['B-PER I-PER I-PER B-LOC']);
    expect(bio('B-PER I-PER B-PER O', 'B-LOC O')).toEqual(['B-PER I-PER B-PER O', 'B-LOC O']);
  });

  it('does not carry an entity over the end of a sentence', () => {
    expect(bio('O I-PER', 'I-PER O')).toEqual(['O B-PER', 'B-PER O']);
  });

  it('refuses what is neither, naming the line; reads it as seqeval does where that is asked for', () => {
    expect(() => bio('B-PER O', 'O I-LOC')).toThrow(
      'file:5: the tag is "I-LOC", and no LOC goes before it, though line 1 begins one with B; begin every entity with B',
    );
    expect(() => bio('B-PER E-PER O E-PER')).toThrow(/file:4: the tag is "E-PER"/);
    expect(() => bio('O PER')).toThrow(/file:2: the tag is "PER"; it must be O, B-TYPE or I-TYPE/);
    const mixed = toBio(sentences('B-PER O', 'O I-LOC I-LOC'), 'file', { mixed: true });
    expect(mixed).toEqual([
      ['B-PER', 'O'],
      ['O', 'B-LOC', 'I-LOC'],
    ]);
  });
});

describe('conll', () => {
  it('reads CoNLL-2003: first and last column, IOB1 to BIO, grouped by article', async () => {
    folder.write('conll/eng.train', CONLL);
    folder.write('conll/eng.testa', CONLL.replaceAll('\n', '\r\n'));
    folder.write('conll/eng.testb', CONLL);
    const report = await convert('conll', at('conll'), at('conll-out'));
    expect(report.parts.map(({ part, from, records, groups }) => [part, from, records, groups])).toEqual([
      ['train', 'train', 3, 2],
      ['validation', 'dev', 3, 2],
      ['test', 'test', 3, 2],
    ]);
    const { records } = await readRecords(at('conll-out/validation.jsonl'), 'ner');
    expect(records[0]).toEqual({
      id: 'dev-0',
      tokens: ['EU', 'rejects', 'German', 'call'],
      tags: ['B-ORG', 'O', 'B-MISC', 'O'],
      group: 'dev-article-0',
      split: 'dev',
    });
    expect(records.map(({ tags }) => tags.join(' ')).slice(1)).toEqual(['B-PER I-PER', 'B-LOC B-LOC']);
    expect(records[2]?.group).toBe('dev-article-1');
  });

  it('cuts a single file by sentence, so that one that recurs stays in one part', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `Anna B-PER\nis O\n${i % 20} O\n`).join('\n');
    const report = await convert('conll', folder.write('one.conll', lines), at('one-out'));
    expect(report.parts.map(({ records, groups }) => [records, groups])).toEqual([
      [32, 16],
      [4, 2],
      [4, 2],
    ]);
  });

  it.each([
    ['a line without a tag', 'Anna B-PER\nis\n', /train\.txt:2: the line is "is"; it must have a token/],
    ['no sentence', '\n\n', /train\.txt: has no sentence/],
    [
      'bytes of another encoding',
      Buffer.from('Anna B-PER\nM\xfcller I-PER\n', 'latin1'),
      /train\.txt:2: is not valid UTF-8 near/,
    ],
  ])('stops at %s and leaves nothing behind', async (_, content, message) => {
    folder.write('bad/train.txt', content);
    await expect(convert('conll', at('bad'), at('bad-out'))).rejects.toThrow(message);
    expect(readdirSync(folder.path).filter((name) => name.includes('bad-out'))).toEqual([]);
  });

  it('says what a folder that is no such set lacks', async () => {
    folder.write('other/readme.md', '');
    await expect(convert('conll', at('other'), at('other-out'))).rejects.toThrow(/is not the CoNLL data set/);
  });

  const wnut = sharedData('wnut17');
  it.skipIf(!wnut)('WNUT-17: 3,394 and 1,009 sentences, 1,975 and 836 entities of six types', async () => {
    await convert('conll', wnut as string, at('wnut'));
    const counts: [string, number, number][] = [
      ['train', 3394, 1975],
      ['validation', 1009, 836],
    ];
    const types = new Set<string>();
    for (const [part, sentencesOf, entities] of counts) {
      const { records } = await readRecords(at(`wnut/${part}.jsonl`), 'ner');
      const begins = records.flatMap(({ tags }: NerRecord) => tags.filter((tag) => tag.startsWith('B-')));
      expect([records.length, begins.length]).toEqual([sentencesOf, entities]);
      for (const tag of begins) types.add(tag);
    }
    expect(types.size).toBe(6);
    const { records } = await readRecords(at('wnut/train.jsonl'), 'ner');
    expect(records[0]?.tokens.slice(0, 5)).toEqual(['@paulwalk', 'It', "'s", 'the', 'view']);
    expect(records[0]?.tags.slice(14, 19)).toEqual([
      'B-location',
      'I-location',
      'I-location',
      'O',
      'B-location',
    ]);
  });
});
