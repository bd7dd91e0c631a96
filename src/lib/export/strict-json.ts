/**
 * @file A JSON parser for headers written by others. Unlike `JSON.parse` it refuses a key that stands twice,
 * keeps `__proto__` a plain name (objects become `Map`s), keeps whole numbers exact, refuses halves of
 * surrogate pairs, and refuses nesting deeper than 128, as `serde_json` does. Source: RFC 8259.
 */

/** A number that is not a whole number ≥ 0 written in digits alone. */
export const NOT_A_SIZE = Symbol('not a whole number ≥ 0');

/** Whole numbers ≥ 0 are `number` up to 2^53 − 1 and `bigint` beyond; any other number is `NOT_A_SIZE`. */
export type StrictJson =
  | null
  | boolean
  | string
  | number
  | bigint
  | typeof NOT_A_SIZE
  | StrictJson[]
  | Map<string, StrictJson>;

/** Thrown by `parseStrictJson`; `duplicate` is the key that stood twice, where that was the fault. */
export class StrictJsonError extends Error {
  constructor(
    message: string,
    readonly duplicate?: string,
  ) {
    super(message);
    this.name = 'StrictJsonError';
  }
}

const MAXIMUM_DEPTH = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them unescaped in a string
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The value of a JSON text. Throws `StrictJsonError`, saying what and at which character. */
export function parseStrictJson(text: string): StrictJson {
  let at = 0;

  function fail(expected: string): never {
    const found = at < text.length ? JSON.stringify(text[at]) : 'the end';
    throw new StrictJsonError(`expected ${expected} at character ${at}, found ${found}`);
  }

  function match(pattern: RegExp): string {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  }

  function word<T>(literal: string, result: T): T {
    if (!text.startsWith(literal, at)) fail('a JSON value');
    at += literal.length;
    return result;
  }

  function string(): string {
    if (text[at] !== '"') fail('a string');
    at++;
    let out = match(PLAIN);
    while (text[at] !== '"') {
      if (text[at] !== '\\') fail('the end of a string');
      at++;
      const letter = text[at] ?? '';
      const plain = ESCAPES[letter];
      if (plain !== undefined) {
        out += plain;
        at++;
      } else if (letter === 'u') {
        const digits = text.slice(at + 1, at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail('four hexadecimal digits after \\u');
        out += String.fromCharCode(Number.parseInt(digits, 16));
        at += 5;
      } else fail('a known escape');
      out += match(PLAIN);
    }
    at++;
    if (/\p{Surrogate}/u.test(out))
      throw new StrictJsonError(`half a surrogate pair in a string before character ${at}`);
    return out;
  }

  function number(): StrictJson {
    const found = match(NUMBER);
    if (found === '' || /[0-9.eE+-]/.test(text[at] ?? '')) fail('a number');
    if (!/^[0-9]+$/.test(found)) return NOT_A_SIZE;
    const value = Number(found);
    return Number.isSafeInteger(value) ? value : BigInt(found);
  }

  function object(depth: number): Map<string, StrictJson> {
    const out = new Map<string, StrictJson>();
    at++;
    match(SPACE);
    if (text[at] === '}') {
      at++;
      return out;
    }
    for (;;) {
      match(SPACE);
      const key = string();
      if (out.has(key)) {
        throw new StrictJsonError(
          `the key ${JSON.stringify(key)} stands twice (again before character ${at})`,
          key,
        );
      }
      match(SPACE);
      if (text[at] !== ':') fail('":"');
      at++;
      out.set(key, value(depth + 1));
      match(SPACE);
      if (text[at] === '}') break;
      if (text[at] !== ',') fail('"," or "}"');
      at++;
    }
    at++;
    return out;
  }

  function array(depth: number): StrictJson[] {
    const out: StrictJson[] = [];
    at++;
    match(SPACE);
    if (text[at] === ']') {
      at++;
      return out;
    }
    for (;;) {
      out.push(value(depth + 1));
      match(SPACE);
      if (text[at] === ']') break;
      if (text[at] !== ',') fail('"," or "]"');
      at++;
    }
    at++;
    return out;
  }

  function value(depth: number): StrictJson {
    if (depth > MAXIMUM_DEPTH)
      throw new StrictJsonError(`nested deeper than ${MAXIMUM_DEPTH} at character ${at}`);
    match(SPACE);
    switch (text[at]) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word('true', true);
      case 'f':
        return word('false', false);
      case 'n':
        return word('null', null);
      default:
        if (!/[-0-9]/.test(text[at] ?? '')) fail('a JSON value');
        return number();
    }
  }

  const result = value(1);
  match(SPACE);
  if (at < text.length) fail('the end');
  return result;
}
