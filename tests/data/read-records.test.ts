import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeLabels, jsonLines, labelNames, readRecords, readUnlabelledRecords } from '../../src/lib/data';
import { InputError } from '../../src/lib/errors';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const good = { id: 'a', text: 'what is it?', label: 'kite', image: 'images/a.png' };

/** The message with which reading `content` stops. */
async function fault(content: string | Uint8Array, name = 'bad.jsonl'): Promise<string> {
  const file = folder.write(name, content);
  const error = await readRecords(file, 'classification').then(
    () => new Error('the file was taken'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).exitCode).toBe(2);
  return (error as InputError).message.replace(folder.path, '');
}

describe('readRecords', () => {
  it('gives records, lines, absolute pictures and the hash of the bytes', async () => {
    const text = jsonLinesOf([good, { id: 'b', text: '', label: 'no', group: 'g' }]);
    const file = folder.write('good.jsonl', text);
    const set = await readRecords(file, 'classification');
    expect(set.records).toEqual([good, { id: 'b', text: '', label: 'no', group: 'g' }]);
    expect(set.lines).toEqual([1, 2]);
    expect(set.pictures).toEqual([join(folder.path, 'images/a.png'), null]);
    expect(set.sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
  });

  it('takes a byte order mark, carriage returns, blank lines, and a last line without line feed', async () => {
    const file = folder.write(
      'windows.jsonl',
      `\uFEFF${JSON.stringify(good)}\r\n\r\n${JSON.stringify({ ...good, id: 'b', text: 'über' })}`,
    );
    const set = await readRecords(file, 'classification');
    expect(set.records.map((record) => record.text)).toEqual(['what is it?', 'über']);
    expect(set.lines).toEqual([1, 3]);
  });

  it('joins a line that spans read blocks, and characters cut by their edge', async () => {
    const long = { ...good, text: 'ü'.repeat(1_500_001) };
    const file = folder.write('long.jsonl', jsonLinesOf([long, { ...good, id: 'b' }]));
    const set = await readRecords(file, 'classification');
    expect(set.records[0]?.text).toBe(long.text);
    expect(set.records[1]?.id).toBe('b');
  });

  it.each([
    [
      'a missing field',
      { id: 'a', text: 't' },
      /bad\.jsonl:2: field "label" is missing .*; add "label" \(text in quotes\)/,
    ],
    ['a field under another name', { id: 'a', text: 't', Label: 'x' }, /has "Label": rename it to "label"/],
    ['a field one letter off', { id: 'a', text: 't', lable: 'x' }, /"label" is missing/],
    ['an alias', { id: 'a', sentence: 't', label: 'x' }, /has "sentence": rename it to "text"/],
    ['a wrong type', { id: 'a', text: 't', label: 3 }, /:2: field "label" is 3; it must be text in quotes/],
    [
      'a number for an id',
      { id: 7, text: 't', label: 'x' },
      /:2: field "id" is 7; it must be text in quotes/,
    ],
    ['an empty label', { id: 'a', text: 't', label: '' }, /:2: field "label" is ""; it must not be empty/],
    ['null', { id: 'a', text: null, label: 'x' }, /:2: field "text" is null; it must be text in quotes/],
    [
      'a flag in words',
      { ...good, imageRelevant: 'yes' },
      /field "imageRelevant" is "yes"; it must be true or false/,
    ],
    ['a list', ['a', 't', 'x'], /:2: a classification record must be a JSON object, found \["a","t","x"\]/],
    [
      'an absolute picture',
      { ...good, image: '/etc/passwd' },
      /:2: field "image" is "\/etc\/passwd": it is an absolute path/,
    ],
    ['a drive', { ...good, image: 'C:/a.png' }, /is an absolute path/],
    [
      'a picture outside',
      { ...good, image: 'images/../../a.png' },
      /it leaves the folder of the record file/,
    ],
    ['the folder itself', { ...good, image: 'images/..' }, /it leaves the folder/],
    ['a backslash', { ...good, image: 'images\\a.png' }, /separate folders by \//],
    ['an address', { ...good, image: 'https://a.example/a.png' }, /is an address; download the picture/],
    ['a zero character', { ...good, image: 'a\u0000.png' }, /has a zero character/],
  ])('names file, line, field and mend for %s', async (_, record, message) => {
    expect(await fault(jsonLinesOf([{ ...good, id: 'first' }, record]))).toMatch(message);
  });

  it('refuses two records with one id, naming both lines', async () => {
    expect(await fault(jsonLinesOf([good, { ...good, id: 'b' }, good]))).toMatch(
      /:3: field "id" is "a", which line 1 has already/,
    );
  });

  it.each([
    ['an empty file', '', /has no record/],
    ['only blank lines', '\n \r\n\n', /has no record/],
    [
      'broken JSON',
      `${JSON.stringify(good)}\n{"id": "b", "text"\n`,
      /bad\.jsonl:2: is not JSON .*write one complete JSON object/,
    ],
    ['one JSON array', '[\n{"id":"a"}\n]', /:1: is not JSON .*looks like one JSON array/],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from(`${JSON.stringify(good)}\n{"id":"b`), Buffer.from([0xff, 0x22])]),
      /:2: is not valid UTF-8/,
    ],
    [
      'UTF-16',
      Buffer.from(`\uFEFF${JSON.stringify(good)}`, 'utf16le'),
      /:1: is UTF-16; save the file as UTF-8/,
    ],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0]), /:1: is compressed by gzip/],
  ])('refuses %s', async (_, content, message) => {
    expect(await fault(content)).toMatch(message);
  });

  it('refuses a missing file and a folder', async () => {
    await expect(readRecords(join(folder.path, 'none.jsonl'), 'classification')).rejects.toThrow(
      /cannot be opened/,
    );
    await expect(readRecords(folder.path, 'classification')).rejects.toThrow(/is not a file/);
  });

  it('finds the one bad line of a million, one line at a time', async () => {
    const file = join(folder.path, 'million.jsonl');
    const handle = openSync(file, 'w');
    for (let block = 0; block < 100; block++) {
      let text = '';
      for (let i = 0; i < 10_000; i++) {
        const line = block * 10_000 + i + 1;
        text +=
          line === 876_543
            ? '{"id":"r876543","text":"is it?","label":true}\n'
            : `{"id":"r${line}","text":"is it?","label":"yes"}\n`;
      }
      writeSync(handle, text);
    }
    closeSync(handle);
    await expect(readRecords(file, 'classification')).rejects.toThrow(
      /million\.jsonl:876543: field "label" is true/,
    );
    // The reader holds a block and a line: passing over the file must not keep the file.
    const before = process.memoryUsage().heapUsed;
    let peak = 0;
    let lines = 0;
    for await (const { line } of jsonLines(file)) {
      lines = line;
      if (line === 400_000) break;
      if (line % 50_000 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed - before);
    }
    expect(lines).toBe(400_000);
    expect(peak).toBeLessThan(200e6);
  });

  it('reads records without a target for prediction only', async () => {
    const file = folder.write(
      'open.jsonl',
      jsonLinesOf([
        { id: 'a', text: 't' },
        { id: 'b', text: 't', label: 'x' },
      ]),
    );
    const set = await readUnlabelledRecords(file, 'classification');
    expect(set.records.map((record) => record.label)).toEqual([undefined, 'x']);
    await expect(readRecords(file, 'classification')).rejects.toThrow(/:1: field "label" is missing/);
    const wrong = folder.write('wrong.jsonl', jsonLinesOf([{ id: 'a', text: 't', label: 1 }]));
    await expect(readUnlabelledRecords(wrong, 'classification')).rejects.toThrow(/field "label" is 1/);
  });
});

describe('labels', () => {
  it('numbers labels by their sorted names', async () => {
    const file = folder.write(
      'labels.jsonl',
      jsonLinesOf(['b', 'a', 'b'].map((label, i) => ({ id: `${i}`, text: '', label }))),
    );
    const set = await readRecords(file, 'classification');
    expect(labelNames(set.records)).toEqual(['a', 'b']);
    expect([...encodeLabels(set, ['a', 'b'])]).toEqual([1, 0, 1]);
  });

  it('lists the known labels where evaluation meets another', async () => {
    const file = folder.write('unknown.jsonl', jsonLinesOf([good, { ...good, id: 'b', label: 'kitten' }]));
    const set = await readRecords(file, 'classification');
    expect(() => encodeLabels(set, ['kite', 'tent'])).toThrow(
      /unknown\.jsonl:2: field "label" is "kitten", .*known labels: kite, tent/,
    );
  });
});
