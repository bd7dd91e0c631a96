/**
 * @file Regular expressions: text to tree. The subset that describes texts, in JavaScript's notation with the `u` flag,
 * and always of the whole text (`^` at the start and `$` at the end may stand there):
 *
 *     ab   a|b   (a)   (?:a)   (?<name>a)   a*  a+  a?  a{2}  a{2,}  a{2,5}   .   [a-z]   [^a-z]
 *     \d \D \w \W \s \S   \n \r \t \f \v \0   \xHH \uHHHH \u{H…}   \ before a punctuation mark
 *
 * Groups only group. `*?` and the other lazy forms match the same texts and are read as the greedy ones. Refused,
 * as no finite automaton of this size does them or a text does not need them: look-around, back-references, `\b`,
 * `\p{…}`, anchors inside.
 */
import { InputError } from '../../errors';
import { type CharacterSet, CLASSES, complement, union } from './character-set';

export type Tree =
  | { kind: 'characters'; set: CharacterSet }
  | { kind: 'sequence'; parts: Tree[] }
  | { kind: 'choice'; parts: Tree[] }
  /** `most` is `Infinity` where there is no bound. */
  | { kind: 'repeat'; part: Tree; least: number; most: number };

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0 };
const PUNCTUATION = '^$\\.*+?()[]{}|/-';

/** Throws an `InputError` with the place of what is wrong or not in the subset. */
export function parseRegularExpression(source: string): Tree {
  const characters = [...source];
  let at = 0;
  const refuse = (what: string, where = at): never => {
    throw new InputError(`regular expression ${JSON.stringify(source)}: character ${where + 1}: ${what}`);
  };
  const take = (text: string): boolean => {
    if (
      !characters
        .slice(at, at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    at += text.length;
    return true;
  };

  const choice = (): Tree => {
    const parts = [sequence()];
    while (take('|')) parts.push(sequence());
    return parts.length === 1 ? (parts[0] as Tree) : { kind: 'choice', parts };
  };

  const sequence = (): Tree => {
    const parts: Tree[] = [];
    while (at < characters.length && characters[at] !== '|' && characters[at] !== ')') {
      if (characters[at] === '$' && at === characters.length - 1) at++;
      else parts.push(repeated());
    }
    return { kind: 'sequence', parts };
  };

  const repeated = (): Tree => {
    const start = at;
    let part = atom();
    const bounds = quantifier();
    if (bounds) {
      const [least, most] = bounds;
      if (most < least) refuse(`{${least},${most}}: the most is below the least`, start);
      take('?');
      part = { kind: 'repeat', part, least, most };
      if (quantifier()) refuse('two quantifiers in a row: put the first with its part in ( )', start);
    }
    return part;
  };

  const quantifier = (): [number, number] | null => {
    if (take('*')) return [0, Number.POSITIVE_INFINITY];
    if (take('+')) return [1, Number.POSITIVE_INFINITY];
    if (take('?')) return [0, 1];
    const braces = /^\{(\d+)(,(\d*))?\}/.exec(characters.slice(at, at + 24).join(''));
    if (!braces) return null;
    at += braces[0].length;
    const least = Number(braces[1]);
    return [
      least,
      braces[2] === undefined ? least : braces[3] ? Number(braces[3]) : Number.POSITIVE_INFINITY,
    ];
  };

  const atom = (): Tree => {
    const start = at;
    const character = characters[at++] as string;
    switch (character) {
      case '(': {
        if (take('?:')) {
          // groups only group
        } else if (take('?')) {
          const name = /^<[A-Za-z_]\w*>/.exec(characters.slice(at).join(''));
          if (!name) return refuse('look-around and other (?…) groups are not supported: only (?:…)', start);
          at += name[0].length;
        }
        const inside = choice();
        if (!take(')')) refuse('this ( is not closed', start);
        return inside;
      }
      case '[':
        return { kind: 'characters', set: bracket(start) };
      case '.':
        return { kind: 'characters', set: CLASSES['.'] as CharacterSet };
      case '\\':
        return { kind: 'characters', set: escaped(start) };
      case '^':
      case '$':
        return refuse(
          `an anchor inside: the expression always matches the whole text; for the sign write \\${character}`,
          start,
        );
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        return refuse(
          `${character} has nothing before it to repeat or to close: for the sign write \\${character}`,
          start,
        );
      default:
        return { kind: 'characters', set: [single(character)] };
    }
  };

  const escaped = (start: number): CharacterSet => {
    const character = characters[at++];
    if (character === undefined) return refuse('\\ at the end', start);
    const named = character === '.' ? undefined : CLASSES[character];
    if (named) return named;
    const code = ESCAPES[character];
    if (code !== undefined) return [[code, code]];
    const rest = characters.slice(at, at + 10).join('');
    const hexadecimal =
      character === 'x'
        ? /^([\da-f]{2})/i.exec(rest)
        : character === 'u'
          ? /^(?:([\da-f]{4})|\{([\da-f]{1,6})\})/i.exec(rest)
          : null;
    if (hexadecimal) {
      at += hexadecimal[0].length;
      const value = Number.parseInt((hexadecimal[1] ?? hexadecimal[2]) as string, 16);
      if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        refuse('no character has this number', start);
      return [[value, value]];
    }
    if (PUNCTUATION.includes(character)) return [single(character)];
    return refuse(`\\${character} is not supported (back-references, \\b and \\p are not)`, start);
  };

  const bracket = (start: number): CharacterSet => {
    const isNegated = take('^');
    const sets: CharacterSet[] = [];
    while (!take(']')) {
      if (at >= characters.length) refuse('this [ is not closed', start);
      const from = member();
      if (characters[at] !== '-' || characters[at + 1] === ']' || at + 1 >= characters.length) {
        sets.push(from);
        continue;
      }
      const place = at++;
      const to = member();
      const [first, last] = [only(from), only(to)];
      if (first === null || last === null || last < first)
        return refuse('not a range of characters, from lower to higher', place);
      sets.push([[first, last]]);
    }
    return isNegated ? complement(union(...sets)) : union(...sets);
  };

  const member = (): CharacterSet => {
    const character = characters[at++] as string;
    return character === '\\' ? escaped(at - 1) : [single(character)];
  };

  take('^');
  const tree = choice();
  if (at < characters.length) refuse('this ) closes nothing');
  return tree;
}

function single(character: string): readonly [number, number] {
  const code = character.codePointAt(0) as number;
  return [code, code];
}

/** The one character of a set, if it is one. */
function only(set: CharacterSet): number | null {
  const [range] = set;
  return set.length === 1 && range && range[0] === range[1] ? range[0] : null;
}

/** A text as an expression that matches it alone. */
export function escapeRegularExpression(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/-]/g, '\\$&');
}
