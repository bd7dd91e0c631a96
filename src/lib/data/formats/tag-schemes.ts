/**
 * @file Entity tags in other schemes to BIO, in which every entity begins with B. Which scheme a file is in is
 * seen from the whole file:
 *
 *     BIO (IOB2)     O B-PER I-PER    each entity begins with B
 *     IOB1           O I-PER I-PER    B only where an entity follows another of its type: CoNLL-2003 as published
 *     IOBES, BILOU   O B-PER E-PER    E or L ends an entity, S or U is one of a single token
 *
 * A file that is none of them (an entity begins here with B, there with I) is refused, or, where a published set is so,
 * read as conlleval and seqeval read it: an I that goes on nothing begins an entity.
 */
import { InputError } from '../../errors';
import { quote } from '../json-lines';
import type { ColumnSentence } from './columns';

interface Tag {
  prefix: string;
  type: string;
  sentence: number;
  line: number;
  /** Whether the token before it, in the same sentence, is of an entity of its type that goes on. */
  follows: boolean;
}

const ENDS = 'ELSU';

/**
 * The tags of the sentences as BIO, sentence by sentence. `mixed`: an I may begin an entity though other entities
 * begin with B. Throws an InputError naming file and line.
 */
export function toBio(
  sentences: readonly ColumnSentence[],
  file: string,
  { mixed = false }: { mixed?: boolean } = {},
): string[][] {
  const tags = sentences.flatMap((sentence, index) => parseTags(sentence, index, file));
  const entities = tags.filter(({ prefix }) => prefix !== 'O');
  const withEnds = entities.some(({ prefix }) => ENDS.includes(prefix));
  const opening = entities.find(({ prefix, follows }) => 'IEL'.includes(prefix) && !follows);
  const marked = entities.find(({ prefix, follows }) => 'BSU'.includes(prefix) && !follows);
  if (opening && (withEnds || marked) && !mixed) {
    const { prefix, type, line } = opening;
    const other = marked ? `line ${marked.line} begins one with ${marked.prefix}` : 'other tags end entities';
    throw new InputError(
      `${file}:${line}: the tag is ${quote(`${prefix}-${type}`)}, and no ${type} goes before it, though ${other}; begin every entity with B`,
    );
  }
  const out = sentences.map((): string[] => []);
  for (const { prefix, type, sentence, follows } of tags) {
    const first = 'BSU'.includes(prefix) || !follows;
    out[sentence]?.push(prefix === 'O' ? 'O' : `${first ? 'B' : 'I'}-${type}`);
  }
  return out;
}

function parseTags({ tags, lines }: ColumnSentence, sentence: number, file: string): Tag[] {
  let before: Tag | null = null;
  return tags.map((text, place) => {
    const line = lines[place] as number;
    const parts = /^(?:(O)|([BIELSU])-(.+))$/.exec(text);
    if (!parts) {
      throw new InputError(
        `${file}:${line}: the tag is ${quote(text)}; it must be O, B-TYPE or I-TYPE (or E-, S-, L-, U-)`,
      );
    }
    const type = parts[3] ?? '';
    const goesOn = before !== null && 'BI'.includes(before.prefix) && before.type === type;
    before = { prefix: parts[1] ?? (parts[2] as string), type, sentence, line, follows: goesOn };
    return before;
  });
}
