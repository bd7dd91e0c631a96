import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  checkRecords,
  generateSortOfClevr,
  planSortOfClevr,
  readRecords,
  sharedGroups,
  textOnlyCeiling,
} from '../../src/lib/data';
import {
  answerClevr,
  CLEVR_COLOURS,
  CLEVR_QUESTIONS,
  type ClevrObject,
  type ClevrQuestion,
  drawClevr,
  drawClevrObjects,
} from '../../src/lib/data/generated/sort-of-clevr';
import { Generator } from '../../src/lib/random';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const PARTS = ['train', 'validation', 'test'] as const;
interface Row {
  text: string;
  label: string;
  image: string;
  group: string;
  kind: string;
  question: ClevrQuestion;
}
const RGB = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 156, 0],
  [128, 128, 128],
  [255, 255, 0],
];

/** The objects as the pixels show them: the box of each exact colour; a square fills its box, a circle does not. */
function seen(data: Buffer): ClevrObject[] {
  return RGB.map(([r, g, b]) => {
    const at: [number, number][] = [];
    for (let i = 0; i < 75 * 75; i++)
      if (data[3 * i] === r && data[3 * i + 1] === g && data[3 * i + 2] === b)
        at.push([i % 75, Math.floor(i / 75)]);
    const [xs, ys] = [at.map(([x]) => x), at.map(([, y]) => y)];
    const middle = (values: number[]) => (Math.min(...values) + Math.max(...values) + 1) / 2;
    return { shape: at.length === 100 ? 'square' : 'circle', x: middle(xs), y: middle(ys) };
  });
}

describe('Sort-of-CLEVR', () => {
  it('answers a scene worked out by hand', () => {
    const at = (shape: 'square' | 'circle', x: number, y: number): ClevrObject => ({ shape, x, y });
    const objects = [
      at('square', 10, 10),
      at('circle', 30, 10),
      at('circle', 10, 45),
      at('square', 60, 60),
      at('circle', 70, 20),
      at('square', 40, 69),
    ];
    const answers = (colour: number) =>
      (Object.keys(CLEVR_QUESTIONS) as ClevrQuestion[]).map((question) =>
        answerClevr(objects, colour, question),
      );
    // Red (10, 10): green is nearest, at 20; orange (60, 60) furthest, at 70.7, before yellow at 66.2.
    expect(answers(0)).toEqual(['square', 'left', 'top', 'circle', 'square', '3']);
    // Orange stands at (60, 60); yellow (40, 69) is nearest to it at 21.9, and its own nearest, and red furthest from both.
    expect(answers(3)).toEqual(['square', 'right', 'bottom', 'square', 'square', '3']);
    expect(answers(5)).toEqual(['square', 'right', 'bottom', 'square', 'square', '3']);
  });

  it('draws what it says: the objects read back from the pixels', async () => {
    for (let i = 0; i < 12; i++) {
      const objects = drawClevrObjects(new Generator(i, 'test'));
      const data = await sharp(Buffer.from(drawClevr(objects)))
        .removeAlpha()
        .raw()
        .toBuffer();
      expect(seen(data)).toEqual(objects);
    }
  });

  it('asks ten questions of each kind of every picture, none twice, split by picture', () => {
    const parts = planSortOfClevr({ records: 4000, seed: 1 });
    expect(PARTS.map((part) => parts.get(part)?.records.length)).toEqual([3200, 400, 400]);
    for (const part of PARTS) {
      const byPicture = new Map<string, Row[]>();
      for (const row of (parts.get(part)?.records ?? []) as unknown as Row[])
        byPicture.set(row.group, [...(byPicture.get(row.group) ?? []), row]);
      for (const rows of byPicture.values()) {
        expect(rows.filter(({ kind }) => kind === 'relational')).toHaveLength(10);
        expect(rows).toHaveLength(20);
        const asked = rows.map(
          ({ question, text }) => `${question} ${CLEVR_COLOURS.find((c) => text.includes(c))}`,
        );
        expect(new Set(asked).size).toBe(20);
      }
    }
    const [train, test] = [parts.get('train')?.records ?? [], parts.get('test')?.records ?? []];
    expect(sharedGroups(train, test)).toEqual([]);
  });

  it('asks the same in two words', () => {
    const rowsOf = (terse: boolean) =>
      planSortOfClevr({ records: 4000, seed: 1, terse }).get('train')?.records as unknown as Row[];
    const [sentences, words] = [rowsOf(false), rowsOf(true)];
    const asked = (rows: Row[]) => rows.map(({ label, image, question }) => [label, image, question]);
    expect(asked(words)).toEqual(asked(sentences));
    expect(new Set(words.map(({ text }) => text)).size).toBe(36);
    for (const [i, { text, question }] of words.entries()) {
      const [colour, kind, ...rest] = text.split(' ');
      expect(rest).toEqual([]);
      expect(sentences[i]?.text).toContain(colour);
      expect(words.find((row) => row.question === question)?.text.split(' ')[1]).toBe(kind);
    }
  });

  it('tells little without the picture', () => {
    const rows = planSortOfClevr({ records: 20_000, seed: 2 }).get('train')?.records as unknown as Row[];
    const ceiling = (kind: string) => textOnlyCeiling(rows.filter((row) => row.kind === kind)).accuracy;
    // Two answers, nearly equally often. Relational: shapes of others (1/2) and a count, 1 + a binomial of 5: mode 10/32.
    expect(ceiling('non-relational')).toBeGreaterThan(0.49);
    expect(ceiling('non-relational')).toBeLessThan(0.56);
    expect(ceiling('relational')).toBeGreaterThan(0.43);
    expect(ceiling('relational')).toBeLessThan(0.52);
  });

  it('is reproducible to the byte, has exactly the records asked for, and reads back', async () => {
    const options = { records: 130, seed: 3 };
    const report = await generateSortOfClevr(join(folder.path, 'a'), options);
    expect(report.parts.reduce((sum, { records }) => sum + records, 0)).toBe(130);
    await generateSortOfClevr(join(folder.path, 'b'), options);
    for (const name of ['train.jsonl', 'images/test-0.png'])
      expect(readFileSync(join(folder.path, 'a', name))).toEqual(readFileSync(join(folder.path, 'b', name)));
    const set = await readRecords(join(folder.path, 'a/train.jsonl'), 'classification');
    expect((await checkRecords(set)).files).toBe(report.parts[0]?.pictures);
    const data = await sharp(set.pictures[0] as string)
      .raw()
      .toBuffer();
    for (const row of set.records as unknown as Row[]) {
      if (row.image !== set.records[0]?.image) continue;
      const colour = CLEVR_COLOURS.findIndex((name) => row.text.includes(name));
      expect(row.label).toBe(answerClevr(seen(data), colour, row.question));
    }
  });

  it('refuses wrong numbers', () => {
    expect(() => planSortOfClevr({ records: 59, seed: 1 })).toThrow(
      /records is 59; give a whole number of at least 60/,
    );
    expect(() => planSortOfClevr({ records: 100, seed: -1 })).toThrow(/seed is -1/);
  });
});
