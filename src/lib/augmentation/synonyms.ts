/** @file Words and phrases that stand for each other: a short list of English ones, or a file of the user's. */
import { z } from 'zod';
import { parseConfig, readJsonFile } from '../config-issues';
import { InputError } from '../errors';
import { wordsOf } from './label-words';

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
look at | watch
find | discover
found | discovered
show me | let me see
tell me | let me know
want to | wish to
need to | have to
how do i | how can i
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

/** The synonyms of a JSON file `{ "phrase": ["another", …] }`. Throws an `InputError` where it is not such a file. */
export async function readSynonyms(path: string): Promise<Synonyms> {
  const given = parseConfig(fileSchema, await readJsonFile(path), path);
  const map = new Map<string, readonly string[]>();
  for (const [phrase, others] of Object.entries(given)) {
    const words = wordsOf(phrase);
    if (words.length === 0) {
      throw new InputError(`${path}: ${JSON.stringify(phrase)} has no word; give a word or a phrase`);
    }
    map.set(words.join(' '), others);
  }
  if (map.size === 0) throw new InputError(`${path}: names no phrase; give { "phrase": ["another", …] }`);
  return map;
}
