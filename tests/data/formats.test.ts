import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkRecords, convert, labelNames, readRecords, sharedGroups } from '../../src/lib/data';
import { sentenceKey } from '../../src/lib/data/formats/nlvr';
import { parseNpy } from '../../src/lib/data/formats/npy';
import { noisePicture } from '../support/pictures';
import { sharedData } from '../support/shared-data';
import { jsonLinesOf, temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const read = (out: string, part: string) => readRecords(join(out, `${part}.jsonl`), 'classification');

/** easy-VQA in small: `pictures` per split, three questions each. */
async function makeEasyVqa(name: string, splits: readonly string[], pictures = 20): Promise<string> {
  for (const split of splits) {
    const rows = [];
    for (let i = 0; i < pictures; i++) {
      folder.write(`${name}/${split}/images/${i}.png`, await noisePicture(4, 4, i).png().toBuffer());
      rows.push(['what shape is it?', 'circle', i], ['is it red?', 'no', i], ['is it blue?', 'yes', i]);
    }
    folder.write(`${name}/${split}/questions.json`, JSON.stringify(rows));
  }
  return at(name);
}

/** NLVR in small: two examples a sentence, six pictures each, in the authors' numbered directories. */
async function makeNlvr(
  name: string,
  splits: readonly (readonly [string, readonly string[]])[],
): Promise<string> {
  for (const [split, sentences] of splits) {
    const lines = [];
    for (const [n, sentence] of sentences.entries()) {
      for (const m of [0, 1]) {
        const directory = String(n % 2);
        lines.push({
          sentence,
          label: m === 0 ? 'true' : 'false',
          identifier: `${n}-${m}`,
          directory,
          evals: {},
          structured_rep: [[], [], []],
        });
        for (let k = 0; k < 6; k++) {
          const picture = await noisePicture(8, 2, n * 20 + m * 6 + k)
            .png()
            .toBuffer();
          folder.write(`${name}/${split}/images/${directory}/${split}-${n}-${m}-${k}.png`, picture);
        }
      }
    }
    folder.write(`${name}/${split}/${split}.json`, lines.map((line) => JSON.stringify(line)).join('\n'));
  }
  return at(name);
}

describe('easy-VQA', () => {
  it('keeps train and test, and makes a tenth of the training pictures the validation', async () => {
    await makeEasyVqa('easy/data', ['train', 'test']);
    const out = at('easy-out');
    const report = await convert('easy-vqa', at('easy'), out);
    expect(report.parts).toEqual([
      { part: 'train', from: 'train', records: 54, groups: 18 },
      { part: 'validation', from: 'train', records: 6, groups: 2 },
      { part: 'test', from: 'test', records: 60, groups: 20 },
    ]);
    const [train, test] = [await read(out, 'train'), await read(out, 'test')];
    expect(labelNames(train.records)).toEqual(['circle', 'no', 'yes']);
    expect(test.records[0]).toEqual({
      id: 'test-0',
      image: 'images/test/0.png',
      group: 'test-0',
      split: 'test',
      text: 'what shape is it?',
      label: 'circle',
    });
    expect(sharedGroups(train.records, test.records)).toEqual([]);
    expect((await checkRecords(train)).files).toBe(18);
    expect(readFileSync(join(out, 'images/test/3.png'))).toEqual(
      readFileSync(at('easy/data/test/images/3.png')),
    );
  });

  it('cuts the only split by picture and seed, and gives qa records on demand', async () => {
    const path = await makeEasyVqa('easy-train', ['train']);
    const counts = (await convert('easy-vqa', path, at('easy-qa'), { task: 'qa', seed: 2 })).parts.map(
      ({ groups }) => groups,
    );
    expect(counts).toEqual([16, 2, 2]);
    const set = await readRecords(at('easy-qa/validation.jsonl'), 'qa');
    expect(set.records[0]).toMatchObject({ question: 'what shape is it?', answer: 'circle' });
    await convert('easy-vqa', path, at('easy-qa-2'), { task: 'qa', seed: 2, link: true });
    expect(readFileSync(join(at('easy-qa-2'), 'test.jsonl'))).toEqual(
      readFileSync(join(at('easy-qa'), 'test.jsonl')),
    );
    expect(statSync(join(at('easy-qa-2'), 'images/train/0.png')).nlink).toBe(2);
  });

  it.each([
    [
      'a row of another form',
      '[["q","a",0],["q","a"]]',
      /questions\.json: row 2: .*is not as easy-VQA publishes it/,
    ],
    ['broken JSON', '[["q","a",0],', /questions\.json: is not JSON/],
    ['no list', '{}', /must be one list/],
    ['a missing picture', '[["q","a",77]]', /7[567]\.png: no such picture, though a record names it/],
  ])('stops at %s and leaves nothing behind', async (_, questions, message) => {
    const path = await makeEasyVqa('easy-bad', ['train'], 3);
    const rows = questions.includes('77')
      ? JSON.stringify([...Array(3).keys()].map((i) => ['q', 'a', i + 75]))
      : questions;
    folder.write('easy-bad/train/questions.json', rows);
    await expect(convert('easy-vqa', path, at('easy-bad-out'))).rejects.toThrow(message);
    expect(readdirSync(folder.path).filter((name) => name.includes('easy-bad-out'))).toEqual([]);
  });
});

describe('NLVR', () => {
  const shared = 'There is a blue block.';
  const splits = [
    ['train', [shared, 'A train sentence', 'Another one']],
    ['dev', ['there is  a blue block', 'A dev sentence']],
    ['test', ['A test sentence', 'The last one']],
  ] as const;

  it('gives six pictures an example, grouped by sentence', async () => {
    const path = await makeNlvr('nlvr-repo/nlvr', splits);
    const report = await convert('nlvr', join(path, '..'), at('nlvr-out'));
    expect(report.parts.map(({ part, from, records, groups }) => [part, from, records, groups])).toEqual([
      ['train', 'train', 36, 3],
      ['validation', 'dev', 24, 2],
      ['test', 'test', 24, 2],
    ]);
    expect(report.sharedGroups).toBe(1);
    const set = await read(at('nlvr-out'), 'validation');
    expect(set.records[7]).toEqual({
      id: 'dev-0-1-1',
      text: 'there is  a blue block',
      label: 'false',
      image: 'images/dev/0/dev-0-1-1.png',
      group: 'there is a blue block',
      split: 'dev',
      example: 'dev-0-1',
    });
    expect((await checkRecords(set)).files).toBe(24);
  });

  it('drops from training what recurs in a later split, on demand', async () => {
    const report = await convert('nlvr', at('nlvr-repo'), at('nlvr-dropped'), { dropShared: true });
    expect(report.parts.map(({ records }) => records)).toEqual([24, 24, 24]);
    expect(report.sharedGroups).toBe(0);
  });

  it('takes a sentence for the same in another case, spacing or with a stop', () => {
    expect(sentenceKey('There is  a Box .')).toBe(sentenceKey('there is a box'));
    expect(sentenceKey('there is a box')).not.toBe(sentenceKey('there is a blue box'));
  });

  it('names file and line of a bad example, and of a missing picture', async () => {
    const path = await makeNlvr('nlvr-bad', [['dev', ['One', 'Two', 'Three']]]);
    const lines = readFileSync(join(path, 'dev/dev.json'), 'utf8').split('\n');
    folder.write('nlvr-bad/dev/dev.json', [lines[0], lines[1]?.replace('"false"', '"maybe"')].join('\n'));
    await expect(convert('nlvr', path, at('nlvr-bad-out'))).rejects.toThrow(
      /dev\.json:2: field "label" of .* NLVR/,
    );
    folder.write('nlvr-bad/dev/dev.json', lines.join('\n').replace('"directory":"1"', '"directory":"5"'));
    await expect(convert('nlvr', path, at('nlvr-bad-out'))).rejects.toThrow(
      /5\/dev-1-0-0\.png: no such picture/,
    );
    expect(existsSync(at('nlvr-bad-out'))).toBe(false);
  });

  const real = sharedData('nlvr');
  it.skipIf(!real)(
    'reads the published files: a sentence is a coarser group than the authors’ presentation',
    async () => {
      const report = await convert('nlvr', real as string, at('nlvr-real'), { link: true });
      expect(report.parts.map(({ part, records }) => [part, records])).toEqual([
        ['train', 2000],
        ['validation', 5934],
        ['test', 5940],
      ]);
      const { records } = await read(at('nlvr-real'), 'validation');
      const groupOfPresentation = new Map<string, string>();
      for (const { group = '', example } of records) {
        const presentation = String(example).split('-')[1] as string;
        expect(groupOfPresentation.get(presentation) ?? group).toBe(group);
        groupOfPresentation.set(presentation, group);
      }
      expect(groupOfPresentation.size).toBe(267);
    },
  );
});

describe('SHAPES', () => {
  const pictures = Uint8Array.from({ length: 5 * 2700 }, (_, i) => [250, 20, 5][i % 3] as number);
  function makeShapes(
    name: string,
    split: string,
    pack: (bytes: Uint8Array) => [string, Uint8Array],
  ): string {
    const [ending, bytes] = pack(pictures);
    folder.write(`${name}/${split}.input.${ending}`, bytes);
    folder.write(`${name}/${split}.query_str.txt`, 'is a red shape red\n'.repeat(5));
    folder.write(`${name}/${split}.query`, '(is red red)\n'.repeat(5));
    folder.write(`${name}/${split}.output`, 'true\nfalse\ntrue\ntrue\ntrue\n');
    return at(name);
  }
  const npy = (bytes: Uint8Array, shape = '(5, 30, 30, 3)'): Uint8Array => {
    const header = `${`{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117)}\n`;
    return Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.from([header.length, 0]),
      Buffer.from(header),
      bytes,
    ]);
  };

  it.each([
    ['npy', (bytes: Uint8Array): [string, Uint8Array] => ['npy', npy(bytes)]],
    ['u8.gz', (bytes: Uint8Array): [string, Uint8Array] => ['u8.gz', gzipSync(bytes)]],
  ])('turns blue, green, red into a picture, from %s', async (ending, pack) => {
    const path = makeShapes(`shapes-${ending}`, 'val', pack);
    makeShapes(`shapes-${ending}`, 'train.tiny', pack);
    const out = at(`shapes-out-${ending}`);
    const report = await convert('shapes', path, out);
    // Five equal grids are one picture, one group.
    expect(report.parts.map(({ part, from, records, groups }) => [part, from, records, groups])).toEqual([
      ['train', 'train.tiny', 5, 1],
      ['validation', 'val', 5, 1],
    ]);
    const { records, pictures: paths } = await read(out, 'validation');
    expect(records[1]).toMatchObject({ text: 'is a red shape red', label: 'false', query: '(is red red)' });
    const pixels = await sharp(paths[0] as string)
      .raw()
      .toBuffer();
    expect([...pixels.subarray(0, 3)]).toEqual([5, 20, 250]);
  });

  it('refuses files that do not fit each other', async () => {
    const path = makeShapes('shapes-bad', 'val', (bytes) => ['npy', npy(bytes)]);
    folder.write('shapes-bad/val.output', 'true\n');
    await expect(convert('shapes', path, at('shapes-bad-out'))).rejects.toThrow(/5 pictures but 1 answers/);
    folder.write('shapes-bad/val.output', 'true\nfalse\nmaybe\ntrue\ntrue\n');
    await expect(convert('shapes', path, at('shapes-bad-out'))).rejects.toThrow(
      /val\.output:3: the answer is "maybe"/,
    );
    folder.write('shapes-bad/val.input.npy', npy(pictures.subarray(1)));
    await expect(convert('shapes', path, at('shapes-bad-out'))).rejects.toThrow(
      /holds 13499 bytes where its shape/,
    );
  });

  it('parses .npy headers strictly', () => {
    expect(parseNpy(npy(pictures), 'x').shape).toEqual([5, 30, 30, 3]);
    expect(() => parseNpy(Buffer.from('hello, this is no array'), 'x')).toThrow(/x: is not a \.npy file/);
    expect(() => parseNpy(npy(pictures).subarray(0, 40), 'x')).toThrow(/header is cut short/);
    const floats = Buffer.from(npy(pictures));
    floats.write('<f4', floats.indexOf('|u1'));
    expect(() => parseNpy(floats, 'x')).toThrow(/must hold uint8 in C order/);
  });

  const real = sharedData('shapes');
  it.skipIf(!real)(
    '"is a red shape red" is true of exactly the published grids with red in them',
    async () => {
      await convert('shapes', real as string, at('shapes-real'));
      let asked = 0;
      for (const part of ['train', 'validation']) {
        const { records, pictures: paths } = await read(at('shapes-real'), part);
        for (const [row, { query, label }] of records.entries()) {
          if (query !== '(is red red)') continue;
          asked++;
          const pixels = await sharp(paths[row] as string)
            .raw()
            .toBuffer();
          const isRed = (i: number) =>
            (pixels[3 * i] as number) > 150 &&
            (pixels[3 * i + 1] as number) < 100 &&
            (pixels[3 * i + 2] as number) < 100;
          expect(String(Array.from({ length: 900 }, (_, i) => i).some(isRed))).toBe(label);
        }
      }
      expect(asked).toBe(64);
    },
  );
});

describe('convert', () => {
  it('refuses an unknown format or task, a path without the data set, and an output that holds something', async () => {
    const path = await makeEasyVqa('easy-ok', ['train'], 3);
    await expect(convert('easyvqa', path, at('x'))).rejects.toThrow(
      /format is "easyvqa"; use one of easy-vqa, nlvr, shapes/,
    );
    await expect(convert('nlvr', path, at('x'))).rejects.toThrow(
      /is not the NLVR data set: none of train\/train\.json/,
    );
    await expect(convert('nlvr', at('nowhere'), at('x'))).rejects.toThrow(/no such folder/);
    await expect(convert('nlvr', path, at('x'), { task: 'qa' })).rejects.toThrow(
      /gives no records for the task "qa"/,
    );
    folder.write('full/kept.txt', 'mine');
    await expect(convert('easy-vqa', path, at('full'))).rejects.toThrow(/holds 1 entries already/);
    expect(readFileSync(at('full/kept.txt'), 'utf8')).toBe('mine');
    expect(existsSync(at('x'))).toBe(false);
  });

  it('writes lines that end in a line feed', async () => {
    const path = await makeEasyVqa('easy-lines', ['train'], 3);
    await convert('easy-vqa', path, at('lines'));
    const { records } = await read(at('lines'), 'train');
    expect(readFileSync(at('lines/train.jsonl'), 'utf8')).toBe(jsonLinesOf(records.map(reordered)));
  });
});

/** Zod gives known fields in the schema's order; the file has the writer's. */
function reordered(record: object): object {
  const { id, text, label, ...rest } = record as { id: string; text: string; label: string };
  return { id, text, label, ...rest };
}
