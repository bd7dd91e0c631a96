/**
 * @file XQuAD (Artetxe, Ruder, Yogatama 2020): 240 paragraphs of SQuAD with 1,190 questions, translated by people into
 * eleven languages: `xquad.<language>.json`, one split, which is cut by article. Task `qa`: one language, as `squad.ts`
 * reads it. Task `translation`: the questions of one language and of another, found by their ids.
 */
import { join } from 'node:path';
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { AnyRecord, QaRecord } from '../records';
import { type Format, type FormatRecord, findRoot } from './format';
import { readArticles } from './squad';

const ENGLISH = 'en';
const PAIR = 'en-de';

const fileOf = (language: string): string => `xquad.${language}.json`;

export const xquad: Format = {
  name: 'xquad',
  description:
    'XQuAD: xquad.<language>.json; --language de (qa), --language en-de (translation of questions)',
  tasks: ['qa', 'translation'],
  language: ENGLISH,
  async read(path, task, { language = task === 'translation' ? PAIR : ENGLISH } = {}) {
    const languages = task === 'translation' ? language.split('-') : [language];
    const [first, second] = languages;
    if (!first || (task === 'translation' && (!second || languages.length !== 2))) {
      throw new InputError(
        `language is ${quote(language)}; the translation of XQuAD wants two with a dash between, as in en-de`,
      );
    }
    const root = findRoot(path, 'XQuAD', ['', 'xquad'], [fileOf(first)]);
    const records = await readArticles(join(root, fileOf(first)), `xquad-${first}`);
    if (!second) return [{ name: first, part: 'train', records }];
    const file = join(root, fileOf(second));
    const others = await readArticles(file, `xquad-${second}`);
    return [{ name: language, part: 'train', records: paired(records, others, second, file) }];
  },
};

function paired(
  records: readonly FormatRecord[],
  others: readonly FormatRecord[],
  language: string,
  file: string,
): FormatRecord[] {
  const targets = new Map(others.map(({ record }) => [record.id, (record as QaRecord).question]));
  return records.map(({ record }) => {
    const { id, question, group } = record as QaRecord;
    const target = targets.get(id);
    if (target === undefined) {
      throw new InputError(
        `${file}: has no question ${quote(id)}, which the other language has; fetch both files anew`,
      );
    }
    const fields = { id, source: question, target, targetLanguage: language, group, split: 'xquad' };
    return { record: fields as AnyRecord, picture: null };
  });
}
