/**
 * @file A value as Python prints it: dictionaries, lists and tuples, strings in either quote with their escapes,
 * numbers, True, False, None. MNRE has one a line. Left out: sets, bytes, complex numbers, string prefixes, and
 * everything that is no literal.
 * Grammar: https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
 */

const CLOSING: Record<string, string> = { '[': ']', '(': ')', '{': '}' };
const NAMES: Record<string, unknown> = { True: true, False: false, None: null };
const ESCAPES: Record<string, string> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 };

/** The value of `text`, dictionaries as objects. Throws a SyntaxError that names the place. */
export function parsePythonLiteral(text: string): unknown {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): unknown {
    const sign = this.next();
    if (sign === '{') return this.dictionary();
    if (sign === '[' || sign === '(') return this.list(CLOSING[sign] as string);
    if (sign === "'" || sign === '"') return this.string(sign);
    const word = /^[\w.+-]+/.exec(this.text.slice(this.at))?.[0] ?? '';
    if (Object.hasOwn(NAMES, word)) {
      this.at += word.length;
      return NAMES[word];
    }
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) this.fail();
    this.at += word.length;
    return Number(word);
  }

  end(): void {
    if (this.next() !== '') this.fail();
  }

  private list(closing: string): unknown[] {
    const out: unknown[] = [];
    this.items(closing, () => out.push(this.value()));
    return out;
  }

  private dictionary(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.items('}', () => {
      const key = this.value();
      if (this.next() !== ':') this.fail();
      this.at++;
      entries.push([String(key), this.value()]);
    });
    return Object.fromEntries(entries);
  }

  /** Items divided by commas, up to the closing sign; a comma may stand before it. */
  private items(closing: string, one: () => void): void {
    this.at++;
    while (this.next() !== closing) {
      one();
      const sign = this.next();
      if (sign === ',') this.at++;
      else if (sign !== closing) this.fail();
    }
    this.at++;
  }

  private string(quotes: string): string {
    let out = '';
    for (this.at++; this.text[this.at] !== quotes; this.at++) {
      const sign = this.text[this.at];
      if (sign === undefined || sign === '\n') this.fail();
      out += sign === '\\' ? this.escape() : sign;
    }
    this.at++;
    return out;
  }

  /** Stands on the backslash before, on the last sign of the escape afterwards. */
  private escape(): string {
    const sign = this.text[++this.at] ?? '';
    if (sign === '\n') return '';
    const plain = ESCAPES[sign];
    if (plain !== undefined) return plain;
    const octal = /^[0-7]{1,3}/.exec(this.text.slice(this.at))?.[0];
    if (octal) {
      this.at += octal.length - 1;
      return String.fromCodePoint(Number.parseInt(octal, 8));
    }
    const many = DIGITS[sign];
    // An escape that Python does not know stays as it is written.
    if (many === undefined) return `\\${sign}`;
    const digits = this.text.slice(this.at + 1, this.at + 1 + many);
    const code = /^[\da-f]+$/i.test(digits) && digits.length === many ? Number.parseInt(digits, 16) : -1;
    if (code < 0 || code > 0x10ffff) this.fail();
    this.at += many;
    return String.fromCodePoint(code);
  }

  /** The next sign that is no space, or '' at the end. */
  private next(): string {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
    return this.text[this.at] ?? '';
  }

  private fail(): never {
    const shown = this.text.slice(this.at, this.at + 20);
    throw new SyntaxError(`${shown === '' ? 'it ends too early' : `at ${JSON.stringify(shown)}`}`);
  }
}
