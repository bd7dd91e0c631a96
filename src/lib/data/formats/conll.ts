/**
 * @file Entities in column files: CoNLL-2003 (Tjong Kim Sang, De Meulder 2003; `eng.train`, `eng.testa`, `eng.testb`,
 * tags in IOB1) and WNUT-17 (Derczynski et al. 2017; `wnut17train.conll`, `emerging.dev.conll`,
 * `emerging.test.annotated`), or any file of that kind, which is then cut 80 / 10 / 10. Tags become BIO.
 *
 * `group` is the article where the file marks articles (`-DOCSTART-`), else the sentence, so that one that recurs stays
 * in one part. Left out: part of speech and chunk of CoNLL-2003.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AnyRecord } from '../records';
import { parseColumns } from './columns';
import { type Format, type FormatRecord, findRoot } from './format';
import { marksOf, readText, type SplitFile, splitsHere } from './published';
import { toBio } from './tag-schemes';

const LANGUAGES = ['eng', 'deu', 'esp', 'ned'];
const named = (ending: string): string[] => LANGUAGES.map((language) => `${language}.${ending}`);

const FILES: readonly SplitFile[] = [
  {
    name: 'train',
    part: 'train',
    files: [...named('train'), 'wnut17train.conll', 'train.conll', 'train.txt'],
  },
  {
    name: 'dev',
    part: 'validation',
    files: [...named('testa'), 'emerging.dev.conll', 'dev.conll', 'valid.conll', 'dev.txt', 'valid.txt'],
  },
  {
    name: 'test',
    part: 'test',
    files: [...named('testb'), 'emerging.test.annotated', 'emerging.test.conll', 'test.conll', 'test.txt'],
  },
];

export const conll: Format = {
  name: 'conll',
  description: 'entities in columns: CoNLL-2003 (eng.train, eng.testa, …), WNUT-17, or one such file',
  tasks: ['ner'],
  async read(path) {
    const file = resolve(path);
    if (await isFile(file)) return [{ name: 'all', part: 'train', records: await readSplit(file, 'all') }];
    const root = findRoot(path, 'CoNLL', [''], marksOf(FILES));
    const splits = splitsHere(root, FILES);
    return Promise.all(
      splits.map(async ({ name, part, file: split }) => ({
        name,
        part,
        records: await readSplit(split, name),
      })),
    );
  },
};

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

async function readSplit(file: string, split: string): Promise<FormatRecord[]> {
  const sentences = parseColumns(await readText(file), file, /^-DOCSTART-/);
  const tags = toBio(sentences, file);
  return sentences.map(({ tokens, heading }, row) => ({
    record: {
      id: `${split}-${row}`,
      tokens,
      tags: tags[row],
      group: heading ? `${split}-article-${heading.number}` : tokens.join(' ').toLowerCase(),
      split,
    } as AnyRecord,
    picture: null,
  }));
}
