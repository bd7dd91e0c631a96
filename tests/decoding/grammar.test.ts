/**
 * @file Regular expressions: the automaton against JavaScript's `RegExp` on texts that match and that nearly do; the
 * bytes of tokens against `decode`; and writing with random logits, where every text must match, whatever is drawn.
 */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compileAutomaton,
  escapeRegularExpression,
  grammarRule,
  greedy,
  oneOf,
  RuleList,
  sample,
} from '../../src/lib/decoding';
import { run } from '../../src/lib/decoding/grammar/automaton';
import { complement, utf8Sequences } from '../../src/lib/decoding/grammar/character-set';
import { tokenBytes } from '../../src/lib/decoding/grammar/token-bytes';
import { Generator } from '../../src/lib/random';
import { Tokenizer, trainByteLevelBpe, trainCharacters, trainWordPiece } from '../../src/lib/text';
import { TinyModel } from './tiny-model';

const EXPRESSIONS = [
  'abc',
  'a|bc|',
  '(?:ab)*c?',
  '(?<year>\\d{4})-\\d{2}(-\\d{2})?',
  '[a-c]{2,4}x+',
  'a{3}b{0,2}c{2,}',
  '[^a-z\\d]+',
  '\\w+@\\w+\\.(com|org)',
  '.{1,3}',
  '-?(0|[1-9]\\d*)(\\.\\d+)?',
  '\\s*\\S+\\s*',
  '[äöüß]+',
  '[\\u{1F600}-\\u{1F64F}]{1,2}',
  '(é|\\xe8|\\u4e2d)文*',
  '\\{"n": (true|false), "m": \\[\\d(, \\d)*\\]\\}',
  '^(yes|no)$',
  '(a|b)*abb',
  '[\\]\\-^]+[-x]',
  'a*?b+?c??',
  '\\D\\W',
];
const ALPHABET = [...'abcxyz019-_.@{}[]":, \n\tABäßé中文😀\u{1F64F}\u2028'];

describe('the automaton of an expression', () => {
  it.each(EXPRESSIONS)(
    '%s accepts what RegExp accepts: random texts, and its own made from them',
    (source) => {
      const automaton = compileAutomaton(source);
      const reference = new RegExp(`^(?:${source.replace(/^\^|\$$/g, '')})$`, 'u');
      const generator = new Generator(1, source);
      const bytes = (text: string) => Buffer.from(text, 'utf8');
      const compare = (text: string) => {
        const state = run(automaton, bytes(text));
        expect([text, state >= 0 && automaton.accepts[state] === 1]).toEqual([text, reference.test(text)]);
      };
      for (let i = 0; i < 300; i++) {
        compare(Array.from({ length: generator.integer(7) }, () => generator.choice(ALPHABET)).join(''));
      }
      let matches = 0;
      for (let i = 0; i < 100; i++) {
        // A walk along the automaton, and the same with a letter changed.
        const walked: number[] = [];
        let state = 0;
        while (!(automaton.accepts[state] === 1 && generator.uniform() < 0.4) && walked.length < 60) {
          const possible = Array.from({ length: 256 }, (_, byte) => byte).filter(
            (byte) => (automaton.next[state * 256 + byte] as number) >= 0,
          );
          if (possible.length === 0) break;
          walked.push(generator.choice(possible));
          state = automaton.next[state * 256 + (walked.at(-1) as number)] as number;
        }
        const text = Buffer.from(walked).toString('utf8');
        if (automaton.accepts[state] === 1) matches++;
        if (!Buffer.from(text).equals(Buffer.from(walked))) continue; // cut within a letter
        compare(text);
        const letters = [...text];
        letters[generator.integer(letters.length + 1)] = generator.choice(ALPHABET);
        compare(letters.join(''));
      }
      expect(matches).toBeGreaterThan(0);
    },
  );

  it('UTF-8 of ranges: every edge of every length, no half of a surrogate pair', () => {
    const accepts = (ranges: (readonly [number, number])[][], bytes: Uint8Array) =>
      ranges.filter(
        (one) =>
          one.length === bytes.length &&
          one.every(([a, b], i) => (bytes[i] as number) >= a && (bytes[i] as number) <= b),
      ).length;
    const encoder = new TextEncoder();
    const edges = [
      0, 1, 0x7e, 0x7f, 0x80, 0x81, 0x7ff, 0x800, 0xfff, 0x1000, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff,
      0x40000, 0x10ffff,
    ];
    const sets: (readonly [number, number])[][] = [
      [[0, 0x10ffff]],
      [[0x41, 0x41]],
      [[0x70, 0x900]],
      [[0x7ff, 0x10000]],
      [[0xd000, 0xf000]],
      [[0x345, 0x12345]],
    ];
    for (const set of [...sets, complement([[0x100, 0xffff]])]) {
      const ranges = utf8Sequences(set);
      for (const code of [...edges, ...set.flat().flatMap((one) => [one - 1, one, one + 1])]) {
        if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) continue;
        const isIn = set.some(([first, last]) => code >= first && code <= last);
        expect([code, accepts(ranges, encoder.encode(String.fromCodePoint(code)))]).toEqual([
          code,
          isIn ? 1 : 0,
        ]);
      }
      expect(accepts(ranges, Uint8Array.of(0xed, 0xa0, 0x80))).toBe(0); // U+D800
    }
  });

  it.each([
    ['(ab', 'character 1: this ( is not closed'],
    ['ab)', 'character 3: this ) closes nothing'],
    ['[ab', 'character 1: this [ is not closed'],
    ['[b-a]', 'not a range of characters'],
    ['[\\d-z]', 'not a range of characters'],
    ['*a', 'has nothing before it to repeat'],
    ['a**', 'two quantifiers in a row'],
    ['a{3,2}', '{3,2}: the most is below the least'],
    ['(?=a)b', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(a)\\1', '\\1 is not supported'],
    ['\\bword', '\\b is not supported'],
    ['\\p{L}', '\\p is not supported'],
    ['a^b', 'an anchor inside'],
    ['a$b', 'an anchor inside'],
    ['a\\', '\\ at the end'],
    ['\\ud800', 'no character has this number'],
    ['[]', 'no text matches it'],
    ['((a{100}){100}){100}', 'too large'],
  ])('%s is refused: %s', (source, message) => {
    expect(() => compileAutomaton(source)).toThrow(message);
    expect(() => compileAutomaton(source)).toThrow(`regular expression ${JSON.stringify(source)}`);
  });

  it('escapeRegularExpression: the text itself and no other', () => {
    const text = 'a.b*(c)[d]{2}|^$\\/-+?';
    const automaton = compileAutomaton(escapeRegularExpression(text));
    expect(automaton.accepts[run(automaton, Buffer.from(text))]).toBe(1);
    expect(automaton.states).toBe(text.length + 1);
  });
});

const corpus = [
  '{"colour": "red", "count": 12, "big": true} the answer is yes, no, or maybe. Zürich 2024-11-05 café 🙂 '.repeat(
    20,
  ),
];
const byteLevel = trainByteLevelBpe(corpus, {
  vocabularySize: 340,
  specialTokens: ['<|endoftext|>'],
} as never);

describe('the bytes of tokens are what decode makes of ids', () => {
  it.each<[string, () => Tokenizer | Promise<Tokenizer>]>([
    ['byte-level', () => byteLevel],
    ['characters', () => trainCharacters(corpus)],
    [
      'Llama with byte fallback',
      () => Tokenizer.fromFolder(resolve(__dirname, '../parity/fixtures/text-checkpoints/llama')),
    ],
    [
      'GPT-2 as transformers saves it',
      () => Tokenizer.fromFolder(resolve(__dirname, '../parity/fixtures/text-checkpoints/gpt2')),
    ],
  ])('%s', async (_, make) => {
    const tokenizer = await make();
    const { inside, atStart } = tokenBytes(tokenizer);
    const generator = new Generator(2, 'ids');
    const usable = [...inside.keys()].filter((id) => inside[id]);
    expect(usable.length).toBeGreaterThan(30);
    const texts = [corpus[0] as string, ' 🙂 two  spaces', ''].map((text) => [
      ...tokenizer.encode(text.slice(0, 300), null, { addSpecialTokens: false }).ids,
    ]);
    const random = Array.from({ length: 300 }, () =>
      Array.from({ length: 1 + generator.integer(6) }, () => generator.choice(usable)),
    );
    let compared = 0;
    for (const ids of [...texts, ...random]) {
      const bytes = Buffer.concat(ids.map((id, i) => Buffer.from((i === 0 ? atStart : inside)[id] ?? [])));
      const text = bytes.toString('utf8');
      if (!Buffer.from(text).equals(bytes)) continue; // no UTF-8: the grammar never lets it be whole
      expect(tokenizer.decode(ids)).toBe(text);
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('WordPiece is refused, as its tokens have no text of their own', () => {
    const tokenizer = trainWordPiece(['the cat sat on the mat '.repeat(10)], { vocabularySize: 60 });
    expect(() => grammarRule('a', tokenizer)).toThrow('a grammar needs a byte-level tokenizer');
  });
});

describe('a grammar while writing', () => {
  const stop = byteLevel.eosId as number;
  const cases: [string, number][] = [
    ['(yes|no|maybe)', 12],
    ['\\{"colour": "(red|green|blue)", "count": \\d+, "big": (true|false)\\}', 60],
    ['\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])', 12],
    ['[a-zäöü🙂]{3,8}( [a-zäöü🙂]{3,8}){2}\\.', 40],
    ['.{5,20}', 25],
    ['[^a]+', 6],
    ['(ab?){3,}', 9],
  ];

  it.each(cases)(
    '%s: 40 texts of random logits all match, and end within %d tokens',
    async (expression, most) => {
      const model = new TinyModel(byteLevel.vocabularySize, 7);
      const rules = [grammarRule(expression, byteLevel, { stopIds: [stop] })];
      const prompts = Array.from({ length: 40 }, (_, i) => [i]);
      const whole = new RegExp(`^(?:${expression})$`, 'u');
      const options = { maximumTokens: most, stopIds: [stop], rules };
      const texts = new Set<string>();
      for (const out of [
        await sample(model, prompts, { ...options, seed: 1 }),
        await greedy(model, prompts, options),
      ]) {
        for (const { ids, ending } of out) {
          const text = byteLevel.decode(ids);
          expect(text).toMatch(whole);
          expect(['stop-id', 'complete', 'length']).toContain(ending);
          texts.add(text);
        }
      }
      expect(texts.size).toBeGreaterThan(2);
    },
  );

  it('without stop ids it ends where nothing may follow within its length, and matches', async () => {
    const model = new TinyModel(byteLevel.vocabularySize, 8);
    const prompts = Array.from({ length: 20 }, (_, i) => [i]);
    const endings = new Set<string>();
    const loose = [grammarRule('(la )+la', byteLevel)];
    for (const { ids, ending } of await sample(model, prompts, { maximumTokens: 9, rules: loose, seed: 1 })) {
      expect(byteLevel.decode(ids)).toMatch(/^(la )+la$/);
      endings.add(ending);
    }
    expect(endings).toEqual(new Set(['complete']));
    const closed = [oneOf(['a.b', 'yes', 'maybe'], byteLevel)];
    for (const { ids, ending } of await sample(model, prompts, {
      maximumTokens: 20,
      rules: closed,
      seed: 1,
    })) {
      expect(['a.b', 'yes', 'maybe']).toContain(byteLevel.decode(ids));
      expect(ending).toBe('complete');
    }
  });

  it('a vocabulary that lacks letters has no dead ends: paths that need them are closed', async () => {
    const tokenizer = trainCharacters(['abc abd']); // no e
    const model = new TinyModel(tokenizer.vocabularySize, 3);
    const rules = [grammarRule('a(be|bc|b+de|d)', tokenizer)];
    const prompts = Array.from({ length: Math.min(4, tokenizer.vocabularySize) }, (_, i) => [i]);
    for (const { ids } of await sample(model, prompts, { maximumTokens: 20, rules, seed: 2 })) {
      expect(tokenizer.decode(ids)).toMatch(/^a(bc|d)$/);
    }
    expect(() => grammarRule('abe', tokenizer)).toThrow('no tokens of this vocabulary match it');
  });

  it('the first token of a Llama may swallow a space', async () => {
    const tokenizer = await Tokenizer.fromFolder(
      resolve(__dirname, '../parity/fixtures/text-checkpoints/llama'),
    );
    const model = new TinyModel(tokenizer.vocabularySize, 3);
    const rules = [grammarRule('the red (square|box)', tokenizer)];
    const prompts = Array.from({ length: 30 }, (_, i) => [i]);
    const texts = (await sample(model, prompts, { maximumTokens: 16, rules, seed: 1 })).map(({ ids }) =>
      tokenizer.decode(ids),
    );
    for (const text of texts) expect(text).toMatch(/^the red (square|box)$/);
  });

  it('refuses what cannot be, and names it where another rule contradicts', async () => {
    const model = new TinyModel(byteLevel.vocabularySize, 7);
    const long = { maximumTokens: 3, rules: [grammarRule('[ab]{30}', byteLevel)] };
    await expect(greedy(model, [[1]], long)).rejects.toThrow(
      /the shortest match takes \d+ tokens more, and 3 may be written: allow more/,
    );
    expect(() => oneOf([], byteLevel)).toThrow('at least one text');
    const rule = grammarRule('yes', byteLevel);
    const letter = byteLevel.tokenToId('q') as number;
    expect(() =>
      rule.apply(new Float32Array(byteLevel.vocabularySize), { prompt: [], written: [letter] }),
    ).toThrow('leads to no match');
    const list = new RuleList([
      grammarRule('yes', byteLevel),
      {
        kind: 'forced',
        description: 'mine',
        apply: (logits) => logits.slice().fill(Number.NEGATIVE_INFINITY),
      },
    ]);
    expect(() => list.apply(new Float32Array(byteLevel.vocabularySize), { prompt: [], written: [] })).toThrow(
      '"mine" forbids the last of them, after what "grammar yes" had forbidden',
    );
  });
});
