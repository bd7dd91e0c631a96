/** @file Texts rewritten: what the answer hangs on stays, tags and spans stay with their tokens. */
import { describe, expect, it } from 'vitest';
import {
  BUILT_IN_SYNONYMS,
  mirroredRecord,
  mirroredText,
  readSynonyms,
  rewriteRecord,
  rewriteText,
  wordKinds,
} from '../../src/lib/augmentation';
import { Generator } from '../../src/lib/random';
import { temporaryFolder } from '../support/temporary-folder';

const all = { wordDropout: 0.6, synonymShare: 1, synonyms: BUILT_IN_SYNONYMS };
const draws = <T>(of: (generator: Generator) => T) =>
  Array.from({ length: 200 }, (_, i) => of(new Generator(1, 'draw', i)));

describe('rewriteText', () => {
  it('puts phrases in the place of others, case and punctuation kept', () => {
    const synonyms = new Map([
      ['is there', ['do you see']],
      ['picture', ['image']],
    ]);
    const rewriting = { wordDropout: 0, synonymShare: 1, synonyms };
    const write = (text: string) => rewriteText(text, () => false, rewriting, new Generator(1));
    expect(write('Is there a dog, is, there, in the picture?')).toBe(
      'Do you see a dog, is, there, in the image?',
    );
    expect(write('  PICTURE ')).toBe('  Image ');
    expect(rewriteText('the picture', () => true, rewriting, new Generator(1))).toBe('the picture');
  });

  it('leaves words out, as often as asked, and never all of them', () => {
    const rewriting = { wordDropout: 0.25, synonymShare: 0, synonyms: null };
    const text = 'one (two) three, four five six seven eight';
    const written = draws((generator) => rewriteText(text, (word) => word === 'three', rewriting, generator));
    const kept = written.map((one) => one.match(/\w+/g)?.length ?? 0);
    expect(kept.reduce((a, b) => a + b) / 200).toBeCloseTo(1 + 7 * 0.75, 0);
    expect(written.every((one) => /\bthree\b/.test(one) && !/ {2}|^\s|\s$/.test(one))).toBe(true);
    const heavy = { ...rewriting, wordDropout: 0.999 };
    expect(rewriteText('alone here', () => false, heavy, new Generator(2))).toBe('alone here');
  });
});

describe('rewriteRecord', () => {
  it('keeps what the answer and other fields name, negations, sides, colours and numbers', () => {
    const record = {
      id: 'a',
      text: 'please tell me whether the 3 red boats left of the harbour are not at rest',
      label: 'harbour',
    };
    for (const { text, ...rest } of draws((generator) =>
      rewriteRecord('classification', record, all, generator),
    )) {
      for (const word of ['3', 'red', 'left', 'harbour', 'not']) expect(text.split(' ')).toContain(word);
      expect(rest).toEqual({ id: 'a', label: 'harbour' });
    }
  });

  it('keeps Chinese word for word: what looks like one word is a clause with its sides, colours and negations', () => {
    const record = { id: 'z', text: '你看，左边没有三只红狗 in this film, please', label: 'no' };
    const rewriting = {
      ...all,
      synonyms: new Map([
        ['左边没有三只红狗', ['右边有狗']],
        ['film', ['movie']],
      ]),
    };
    const texts = draws((generator) => rewriteRecord('classification', record, rewriting, generator).text);
    for (const text of texts) expect(text).toContain('你看，左边没有三只红狗');
    expect(texts.some((text) => text.includes('movie'))).toBe(true);
    const tokens = { id: 'n', tokens: ['狗', '不', '在', '左边', 'here'], tags: ['O', 'O', 'O', 'O', 'O'] };
    for (const one of draws((generator) => rewriteRecord('ner', tokens, all, generator)))
      expect(one.tokens.slice(0, 4)).toEqual(tokens.tokens.slice(0, 4));
  });

  it('tags stay with their tokens', () => {
    const record = {
      id: 'n',
      tokens: ['Maria', 'Curie', 'quickly', 'found', 'a', 'film', 'in', 'New', 'York', '.'],
      tags: ['B-PER', 'I-PER', 'O', 'O', 'O', 'O', 'O', 'B-LOC', 'I-LOC', 'O'],
    };
    const written = draws(
      (generator) => rewriteRecord('ner', record, { ...all, synonymShare: 0.5 }, generator) as typeof record,
    );
    for (const { tokens, tags } of written) {
      expect(tokens.length).toBe(tags.length);
      const entities = tokens.filter((_, i) => tags[i] !== 'O');
      expect(entities).toEqual(['Maria', 'Curie', 'New', 'York']);
      expect(tags.filter((tag) => tag !== 'O')).toEqual(['B-PER', 'I-PER', 'B-LOC', 'I-LOC']);
    }
    expect(new Set(written.map(({ tokens }) => tokens.join(' '))).size).toBeGreaterThan(20);
    expect(written.some(({ tokens }) => tokens.includes('movie'))).toBe(true);
  });

  it('spans stay with their tokens, also where a phrase is longer than what it replaces', () => {
    const record = {
      id: 'r',
      tokens: ['perhaps', 'yesterday', 'the', 'big', 'dog', 'often', 'bit', 'the', 'old', 'man'],
      head: [3, 5] as [number, number],
      tail: [8, 10] as [number, number],
      label: 'bites',
    };
    const synonyms = new Map([['often', ['a great many times']]]);
    for (const { tokens, head, tail } of draws(
      (generator) => rewriteRecord('relation', record, { ...all, synonyms }, generator) as typeof record,
    )) {
      expect(tokens.slice(...head)).toEqual(['big', 'dog']);
      expect(tokens.slice(...tail)).toEqual(['old', 'man']);
    }
  });

  it('a text to be translated loses no word', () => {
    const record = { id: 't', source: 'the lovely crane was there', target: 'der Kran' };
    const rewriting = { ...all, synonyms: null };
    for (const one of draws((generator) => rewriteRecord('translation', record, rewriting, generator)))
      expect(one).toEqual(record);
  });
});

describe('synonyms', () => {
  const { write } = temporaryFolder();

  it('a phrase with hyphens is found where a text has it; a word whose part is a colour stays', async () => {
    const file = write('good.json', JSON.stringify({ 'Well-known': ['famous'], 'ice-cream van': ['truck'] }));
    const rewriting = { wordDropout: 0, synonymShare: 1, synonyms: await readSynonyms(file) };
    const record = { id: 's', text: 'a well-known ice-cream van', label: 'x' };
    const { text } = rewriteRecord('classification', record, rewriting, new Generator(1));
    expect(text).toBe('a famous truck');
    const bright = { id: 'b', text: 'please the blue-green boat often', label: 'x' };
    for (const one of draws((generator) => rewriteRecord('classification', bright, all, generator)))
      expect(one.text).toContain('blue-green');
  });

  it.each([
    ['on top of the hill', /bad\.json:5: "on top of the hill" has 5 words, and phrases of 4 at most/],
    ['a red one', /bad\.json:5: "a red one" has "red", which is never exchanged/],
    ['左边', /has "左边", which is never exchanged/],
    ['?!', /bad\.json:5: "\?!" has no word/],
  ])('%j is refused, since no text could be matched by it', async (phrase, message) => {
    const file = write('bad.json', JSON.stringify({ good: ['fine'], [phrase]: ['x'] }, null, 1));
    await expect(readSynonyms(file)).rejects.toThrow(message);
  });

  it('each of the built-in ones could be found', async () => {
    const file = write('built-in.json', JSON.stringify(Object.fromEntries(BUILT_IN_SYNONYMS)));
    expect(await readSynonyms(file)).toEqual(BUILT_IN_SYNONYMS);
  });
});

describe('mirrored', () => {
  it('left for right, in every field and three languages, and back again', () => {
    const record = {
      id: 'left-1',
      image: 'left.png',
      question: 'Is the dog on the LEFT or the rightmost?',
      choices: ['left', 'right'],
      answer: 'Right',
      de: 'der linke Hund, rechts',
      zh: '狗在左边',
    };
    const mirrored = mirroredRecord(record);
    expect(mirrored).toEqual({
      id: 'left-1',
      image: 'left.png',
      question: 'Is the dog on the RIGHT or the leftmost?',
      choices: ['right', 'left'],
      answer: 'Left',
      de: 'der rechte Hund, links',
      zh: '狗在右边',
    });
    expect(mirroredRecord(mirrored)).toEqual(record);
    expect(mirroredText('leftover bright')).toBe('leftover bright');
  });

  it.each<[string, string[]]>([
    ['is the dog left of the cat?', ['sides']],
    ['what colour is it?', ['colours']],
    ['how many dogs are there', ['counts']],
    ['a tower near the edge', ['edges']],
    ['what does the sign say', ['script']],
    ['左边有几只狗', ['sides', 'counts', 'edges']],
    ['ein roter Ball', ['colours', 'counts']],
    ['a dog on a meadow', []],
  ])('%j names %j', (text, kinds) => {
    expect([...wordKinds({ text } as never)].sort()).toEqual(kinds.sort());
  });
});
