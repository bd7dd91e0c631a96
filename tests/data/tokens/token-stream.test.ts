/** @file Text read in pieces gives the tokens of the whole text; bad text is refused with its place. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TokenStream, textSource } from '../../../src/lib/data';
import { Generator } from '../../../src/lib/random';
import { trainByteLevelBpe, trainCharacters, trainWordPiece } from '../../../src/lib/text';
import { temporaryFolder } from '../../support/temporary-folder';

const { path: folder } = temporaryFolder();

/** Text with everything that could make a cut show: blank lines, indents, tabs, letters of several bytes. */
function awkwardText(characters: number): string {
  const generator = new Generator(1, 'awkward text');
  const parts = [
    'word',
    'Über',
    ' ',
    '  ',
    '\n',
    '\n\n',
    '\t',
    'they’re',
    '42',
    '.',
    '字',
    '\r\n',
    'a\nb',
    '😀',
  ];
  let text = 'begin';
  while (text.length < characters) text += generator.choice(parts);
  return text;
}

async function piecesOf(path: string): Promise<{ text: string; endsDocument: boolean }[]> {
  const pieces: { text: string; endsDocument: boolean }[] = [];
  for await (const piece of textSource(path).pieces()) pieces.push(piece);
  return pieces;
}

describe('text in pieces', () => {
  const text = awkwardText(400_000);
  const path = join(folder, 'long.txt');
  writeFileSync(path, text);

  it('is the whole text, cut where tokenizers cut anyway', async () => {
    const pieces = await piecesOf(path);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces.map((piece) => piece.endsDocument)).toEqual([
      ...Array(pieces.length - 1).fill(false),
      true,
    ]);
    const sample = [text.slice(0, 50_000)];
    for (const tokenizer of [
      trainByteLevelBpe(sample, { vocabularySize: 400 }),
      trainWordPiece(sample, { vocabularySize: 200 }),
      trainCharacters([text]),
    ]) {
      const encode = (of: string) => [...tokenizer.encode(of, null, { addSpecialTokens: false }).ids];
      expect(pieces.flatMap((piece) => encode(piece.text))).toEqual(encode(text));
    }
  });

  it('as a stream: lengths, bytes, documents, parts', async () => {
    const records = join(folder, 'documents.jsonl');
    const documents = ['one two', 'three', 'four five six'];
    writeFileSync(records, documents.map((one) => JSON.stringify({ text: one })).join('\n'));
    const encode = (of: string) => of.split(' ').map((word) => word.length);
    const stream = await TokenStream.create(records, { encode, separator: 0 });
    expect([...stream.read(0, stream.length)]).toEqual([3, 3, 0, 5, 0, 4, 4, 3, 0]);
    expect([...stream.documentStarts]).toEqual([0, 3, 5]);
    expect([0, 2, 3, 4, 5, 8].map((place) => stream.documentAt(place))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(stream.textBytes).toBe(documents.join('').length);
    const part = stream.part(3, 9);
    expect([...part.read(0, 6)]).toEqual([5, 0, 4, 4, 3, 0]);
    expect([...part.documentStarts]).toEqual([0, 2]);
    expect(() => part.read(5, 2)).toThrow(RangeError);
    stream.dispose();
  });

  it('of a folder: every .txt is a document, in the order of the names', async () => {
    const many = join(folder, 'many');
    mkdirSync(many);
    for (const name of ['b.txt', 'a.txt', 'c.md']) writeFileSync(join(many, name), `${name}\n`);
    expect((await piecesOf(many)).map((piece) => piece.text)).toEqual(['a.txt\n', 'b.txt\n']);
  });

  it.each([
    ['missing.txt', null, /cannot be opened/],
    ['empty.txt', '', /is empty/],
    ['latin.txt', Buffer.from([0x61, 0xe9, 0x62]), /not UTF-8.*iconv/],
    ['bad.jsonl', '{"text": "a"}\n{"txt": "b"}\n', /bad\.jsonl:2: text is missing/],
    ['number.jsonl', '{"text": 3}\n', /number\.jsonl:1: text is 3; expected a string/],
  ])('%s is refused', async (name, content, message) => {
    const file = join(folder, name);
    if (content !== null) writeFileSync(file, content);
    await expect(piecesOf(file)).rejects.toThrow(message);
  });
});
