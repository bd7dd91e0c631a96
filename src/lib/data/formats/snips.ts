/**
 * @file SNIPS (Coucke et al. 2018, custom intents of 2017): `train_<Intent>_full.json` and `validate_<Intent>.json`, in
 * one folder or in a folder an intent; utterances as pieces of text, some of them a slot. Task `classification`: the
 * intent of the utterance. Task `ner`: its slots as BIO tags. The authors measured on `validate_…`, so that is the test
 * split. PlayMusic has an emoji in two halves, which are joined.
 *
 * `group` is the utterance less case and spaces: some recur.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors';
import type { AnyRecord, Task } from '../records';
import { joinSurrogates } from './cesu8';
import { checked, type Format, type FormatRecord, type FormatSplit, findRoot } from './format';
import { decodeText, parseJson, readBytes } from './published';
import { splitWords } from './words';

const NAME = 'SNIPS';
const utterance = z.object({
  data: z.array(z.object({ text: z.string(), entity: z.string().min(1).optional() })).min(1),
});
type Pieces = z.infer<typeof utterance>['data'];

const PATTERNS = [
  { name: 'train', part: 'train', pattern: /^train_(\w+)_full\.json$/ },
  { name: 'validate', part: 'test', pattern: /^validate_(\w+?)(?:_2000)?\.json$/ },
] as const;

export const snips: Format = {
  name: 'snips',
  description: 'SNIPS: train_<Intent>_full.json, validate_<Intent>.json; --task ner for the slots',
  tasks: ['classification', 'ner'],
  async read(path, task) {
    const root = findRoot(path, NAME, ['2017-06-custom-intent-engines', ''], ['.']);
    const files = await jsonFiles(root);
    const splits: FormatSplit[] = [];
    for (const { name, part, pattern } of PATTERNS) {
      const records: FormatRecord[] = [];
      for (const file of files) {
        const intent = pattern.exec(basename(file))?.[1];
        if (intent) records.push(...(await readIntent(file, intent, name, task)));
      }
      if (records.length > 0) splits.push({ name, part, records });
    }
    if (splits.length > 0) return splits;
    throw new InputError(
      `${root}: is not the SNIPS data set: no train_<Intent>_full.json is there; give the folder as its authors publish it`,
    );
  },
};

/** Of the folder and of the folders in it, in order. */
async function jsonFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  for (const folder of folders) {
    found.push(...(await readdir(join(root, folder))).map((name) => join(folder, name)));
  }
  return found
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(root, name));
}

async function readIntent(file: string, intent: string, split: string, task: Task): Promise<FormatRecord[]> {
  const value = parseJson(decodeText(joinSurrogates(await readBytes(file)), file), file);
  const rows = checked(z.record(z.string(), z.array(z.unknown()).min(1)), value, file, NAME)[intent];
  if (!rows) {
    throw new InputError(`${file}: has no list ${intent}, though its name says so; fetch the file anew`);
  }
  return rows.map((row, number) => {
    const { data } = checked(utterance, row, `${file}: row ${number + 1}`, NAME);
    const text = data.map((piece) => piece.text).join('');
    const fields = task === 'ner' ? slots(data) : { text, label: intent };
    const group = text.toLowerCase().replace(/\s+/g, ' ').trim();
    return {
      record: { id: `${split}-${intent}-${number}`, ...fields, group, split } as AnyRecord,
      picture: null,
    };
  });
}

/** Tokens of the pieces, each cut alone, and their tags. */
function slots(pieces: Pieces): { tokens: string[]; tags: string[] } {
  const [tokens, tags]: [string[], string[]] = [[], []];
  for (const { text, entity } of pieces) {
    for (const [place, token] of splitWords(text).entries()) {
      tokens.push(token);
      tags.push(entity ? `${place === 0 ? 'B' : 'I'}-${entity}` : 'O');
    }
  }
  return { tokens, tags };
}
