/** @file Words and phrases that stand for each other: a short list of English ones, or a file of the user's. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseConfig, readJsonFile } from '../config-issues';
import { InputError } from '../errors';
import { alwaysStays } from './kept-words';
import { LONGEST_PHRASE, textWords } from './rewriting';

/** What may stand in the place of a phrase, by its words in lower case with single spaces between. */
export type Synonyms = ReadonlyMap<string, readonly string[]>;

/** Any of a line for any other; none names a colour, a side or a number. */
const GROUPS = `
picture | image
photo | photograph
is there | do you see | can you see
large | big
small | little
below | beneath | underneath
next to | beside
in front of | ahead of
a lot of | plenty of
begin | start
begins | starts
end | finish
quick | fast
quickly | rapidly
happy | glad
sad | unhappy
nice | pleasant
pretty | beautiful
boring | dull
funny | amusing
film | movie
child | kid
children | kids
shop | store
street | road
house | home
buy | purchase
find | discover
found | discovered
show me | let me see
tell me | let me know
want to | wish to
need to | have to
would like to | want to
often | frequently
maybe | perhaps
because | since
`;

export const BUILT_IN_SYNONYMS: Synonyms = (() => {
  const map = new Map<string, string[]>();
  for (const line of GROUPS.trim().split('\n')) {
    const phrases = line.split('|').map((phrase) => phrase.trim());
    for (const phrase of phrases) {
      const others = phrases.filter((other) => other !== phrase);
      map.set(phrase, [...(map.get(phrase) ?? []), ...others]);
    }
  }
  return map;
})();

const fileSchema = z.record(z.string().min(1), z.array(z.string().min(1)).min(1));

/**
 * The synonyms of a JSON file `{ "phrase": ["another", …] }`. Throws an `InputError` where it is not such a file, or a
 * phrase is one that no text could be matched by.
 */
export async function readSynonyms(path: string): Promise<Synonyms> {
  const given = parseConfig(fileSchema, await readJsonFile(path), path);
  const map = new Map<string, readonly string[]>();
  for (const [phrase, others] of Object.entries(given)) {
    const words = textWords(phrase.toLowerCase()).map(([word]) => word);
    const fault = faultOf(words);
    if (fault) {
      throw new InputError(`${path}${await lineOf(phrase, path)}: ${JSON.stringify(phrase)} ${fault}`);
    }
    map.set(words.join(' '), others);
  }
  if (map.size === 0) throw new InputError(`${path}: names no phrase; give { "phrase": ["another", …] }`);
  return map;
}

/** Why a phrase of these words is never looked for, and the mend; `null` where it is. */
function faultOf(words: readonly string[]): string | null {
  if (words.length === 0) return 'has no word; give a word or a phrase';
  if (words.length > LONGEST_PHRASE)
    return `has ${words.length} words, and phrases of ${LONGEST_PHRASE} at most are looked for; shorten it`;
  const stays = words.find(alwaysStays);
  if (stays === undefined) return null;
  return `has ${JSON.stringify(stays)}, which is never exchanged, like all negations, question words, sides, colours, numbers and Chinese words; leave the phrase out`;
}

/** `:LINE` of the key of a JSON file, counted from 1; '' where it is written with escapes. */
async function lineOf(key: string, path: string): Promise<string> {
  const pieces = (await readFile(path, 'utf8')).split(JSON.stringify(key));
  const next = pieces.findIndex((piece, i) => i > 0 && /^\s*:/.test(piece));
  if (next < 0) return '';
  return `:${pieces.slice(0, next).join('').split('\n').length}`;
}
