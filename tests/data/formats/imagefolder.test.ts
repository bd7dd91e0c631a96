import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRecords, convert, readRecords } from '../../../src/lib/data';
import { parseCsv } from '../../../src/lib/data/formats/csv';
import { noisePicture } from '../../support/pictures';
import { jsonLinesOf, temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);

async function pictures(...names: string[]): Promise<void> {
  for (const [seed, name] of names.entries()) {
    const picture = noisePicture(5, 5, seed);
    folder.write(
      name,
      await (name.endsWith('.png')
        ? picture.png()
        : name.endsWith('.webp')
          ? picture.webp()
          : picture.jpeg()
      ).toBuffer(),
    );
  }
}

describe('imagefolder', () => {
  it('takes the folder as the class, and train, val and test as splits', async () => {
    await pictures(
      'pets/train/dog/a.png',
      'pets/train/cat/b.JPG',
      'pets/val/dog/c.webp',
      'pets/test/cat/d.jpeg',
    );
    folder.write('pets/train/dog/notes.txt', 'no picture');
    const report = await convert('imagefolder', at('pets'), at('pets-out'));
    expect(report.parts.map(({ part, from, records }) => [part, from, records])).toEqual([
      ['train', 'train', 2],
      ['validation', 'val', 1],
      ['test', 'test', 1],
    ]);
    const set = await readRecords(at('pets-out/train.jsonl'), 'classification');
    expect(set.records).toEqual([
      {
        id: 'train/cat/b.JPG',
        text: '',
        label: 'cat',
        image: 'images/train/cat/b.JPG',
        group: 'images/train/cat/b.JPG',
        split: 'train',
      },
      {
        id: 'train/dog/a.png',
        text: '',
        label: 'dog',
        image: 'images/train/dog/a.png',
        group: 'images/train/dog/a.png',
        split: 'train',
      },
    ]);
    expect((await checkRecords(set)).files).toBe(2);
  });

  it('cuts a folder without splits, below data/ too', async () => {
    await pictures(...Array.from({ length: 10 }, (_, i) => `flat/data/${i % 2 ? 'dog' : 'cat'}/${i}.png`));
    const report = await convert('imagefolder', at('flat'), at('flat-out'));
    expect(report.parts.map(({ from, records }) => [from, records])).toEqual([
      ['all', 8],
      ['all', 1],
      ['all', 1],
    ]);
  });

  it('reads the fields of any task from metadata.jsonl, and groups by its column', async () => {
    await pictures('meta/train/1.png', 'meta/train/more/2.png', 'meta/test/3.png');
    const row = { question: 'What?', answer: 'A dog', source: 'mine' };
    folder.write(
      'meta/train/metadata.jsonl',
      jsonLinesOf([
        { file_name: '1.png', ...row, group: 'g' },
        { file_name: 'more/2.png', ...row },
      ]),
    );
    folder.write('meta/test/metadata.jsonl', jsonLinesOf([{ file_name: '3.png', ...row }]));
    await convert('imagefolder', at('meta'), at('meta-out'), { task: 'qa' });
    const parts = await Promise.all(
      ['train', 'validation'].map((part) => readRecords(at(`meta-out/${part}.jsonl`), 'qa')),
    );
    const records = parts.flatMap((set) => set.records).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(records).toEqual([
      { id: 'train-1', ...row, image: 'images/train/1.png', group: 'g', split: 'train' },
      {
        id: 'train-2',
        ...row,
        image: 'images/train/more/2.png',
        group: 'images/train/more/2.png',
        split: 'train',
      },
    ]);
  });

  it('reads metadata.csv: captions with commas and line ends, numbers where the task wants one', async () => {
    await pictures('csv/train/1.png', 'csv/validation/2.png');
    folder.write('csv/train/metadata.csv', 'file_name,text,value\r\n1.png,"A ""big"", red\ndog",2.5\r\n');
    folder.write('csv/validation/metadata.csv', 'file_name,text,value\n2.png,A cat,-1');
    await convert('imagefolder', at('csv'), at('csv-captions'), { task: 'captioning' });
    const captions = await readRecords(at('csv-captions/train.jsonl'), 'captioning');
    expect(captions.records[0]?.text).toBe('A "big", red\ndog');
    await convert('imagefolder', at('csv'), at('csv-values'), { task: 'regression' });
    const values = await readRecords(at('csv-values/validation.jsonl'), 'regression');
    expect(values.records[0]).toMatchObject({ text: 'A cat', value: -1 });
  });

  it('takes a class that is written as a number', async () => {
    await pictures('numbers/train/1.png', 'numbers/val/2.png');
    for (const [split, name] of [
      ['train', '1'],
      ['val', '2'],
    ])
      folder.write(
        `numbers/${split}/metadata.jsonl`,
        jsonLinesOf([{ file_name: `${name}.png`, text: 'a', label: 0 }]),
      );
    await convert('imagefolder', at('numbers'), at('numbers-out'));
    expect((await readRecords(at('numbers-out/train.jsonl'), 'classification')).records[0]?.label).toBe('0');
  });

  it.each([
    [
      'a path that leaves the folder',
      [{ file_name: '../1.png', text: 'a' }],
      /metadata\.jsonl:1: field "file_name" is "\.\.\/1\.png": it leaves the folder/,
    ],
    [
      'no file_name',
      [{ text: 'a' }],
      /metadata\.jsonl:1: field "file_name" is undefined; it must be the path of the picture/,
    ],
    [
      'another picture format',
      [{ file_name: '1.gif', text: 'a' }],
      /"1\.gif"; the kit reads PNG, JPEG and WebP: convert the picture/,
    ],
    [
      'a missing field',
      [{ file_name: '1.png', caption: 'a' }],
      /metadata\.jsonl:1: field "text" is missing .*rename it to "text"/,
    ],
    [
      'a missing picture',
      [
        { file_name: '9.png', text: 'a' },
        { file_name: '8.png', text: 'a' },
        { file_name: '7.png', text: 'a' },
      ],
      /[789]\.png: no such picture/,
    ],
    ['no row', [], /metadata\.jsonl: has no row/],
    ['no object', [3], /metadata\.jsonl:1: is 3; it must be an object/],
  ])('stops at %s and leaves nothing behind', async (_, rows, message) => {
    folder.write('bad/metadata.jsonl', jsonLinesOf(rows));
    await expect(convert('imagefolder', at('bad'), at('bad-out'), { task: 'captioning' })).rejects.toThrow(
      message,
    );
    expect(readdirSync(folder.path).filter((name) => name.includes('bad-out'))).toEqual([]);
  });

  it('says what is missing where there is no metadata', async () => {
    await pictures('bare/1.png');
    await expect(convert('imagefolder', at('bare'), at('x'))).rejects.toThrow(
      /1\.png: stands in no class; put it into a folder/,
    );
    await expect(convert('imagefolder', at('bare'), at('x'), { task: 'qa' })).rejects.toThrow(
      /write one with file_name and the fields of qa/,
    );
    folder.write('gif/cat/1.gif', 'GIF89a');
    await expect(convert('imagefolder', at('gif'), at('x'))).rejects.toThrow(
      /1\.gif: the kit reads PNG, JPEG and WebP; convert the picture/,
    );
    folder.write('none/cat/readme.md', '');
    await expect(convert('imagefolder', at('none'), at('x'))).rejects.toThrow(/has no picture/);
    await expect(convert('imagefolder', at('nowhere'), at('x'))).rejects.toThrow(/nowhere: no such folder/);
  });
});

describe('CSV', () => {
  it('reads quotes, empty fields and lines, and numbers the lines', () => {
    expect(parseCsv('a,b\n1,\n\n"x\ny","p,""q"""\r\n3,4', 'f')).toEqual([
      { line: 2, values: { a: '1', b: '' } },
      { line: 4, values: { a: 'x\ny', b: 'p,"q"' } },
      { line: 6, values: { a: '3', b: '4' } },
    ]);
    expect(parseCsv('a\nlast\n', 'f')).toEqual([{ line: 2, values: { a: 'last' } }]);
    expect(parseCsv('a,b\n1,', 'f')).toEqual([{ line: 2, values: { a: '1', b: '' } }]);
  });

  it('refuses rows of another length and quotes that are not closed', () => {
    expect(() => parseCsv('a,b\n1,2,3\n', 'f')).toThrow('f:2: has 3 fields where the heading has 2');
    expect(() => parseCsv('a,b\n"1,2\n', 'f')).toThrow(
      /f:2: a quote is not closed, or stands within a field/,
    );
    expect(() => parseCsv('', 'f')).toThrow(/is empty/);
  });
});
