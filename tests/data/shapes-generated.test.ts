import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  answerShapes,
  checkRecords,
  generateShapes,
  parseShapesQuery,
  planShapes,
  readRecords,
  textOnlyCeiling,
} from '../../src/lib/data';
import {
  formatShapesQuery,
  type ShapeCell,
  type ShapeQuery,
  shapesQuestion,
} from '../../src/lib/data/generated/shapes-logic';
import { drawShapesGrid, paintShapes } from '../../src/lib/data/generated/shapes-pictures';
import type { GeneratedRecords } from '../../src/lib/data/generated/write';
import { Generator } from '../../src/lib/random';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const PARTS = ['train', 'validation', 'test'] as const;
const lines = (text: string) => text.trim().split('\n');

/**
 * The grid that 30 × 30 pixels show. By cell: the strongest channel is the colour; a square is all of its (soft) box, a
 * triangle's centre of mass lies low.
 */
function readGrid(pixels: Uint8Array, channels: readonly ('red' | 'green' | 'blue')[]): ShapeCell[] {
  return Array.from({ length: 9 }, (_, place) => {
    const values: number[][] = [];
    const sums = [0, 0, 0];
    for (let y = 0; y < 10; y++) {
      const row: number[] = [];
      for (let x = 0; x < 10; x++) {
        const at = ((10 * Math.floor(place / 3) + y) * 30 + 10 * (place % 3) + x) * 3;
        const rgb = [...pixels.subarray(at, at + 3)];
        rgb.forEach((value, channel) => {
          sums[channel] = (sums[channel] as number) + value;
        });
        row.push(Math.max(...rgb));
      }
      values.push(row);
    }
    const peak = Math.max(...values.flat());
    if (peak < 60) return null;
    const rows = values.map((row) => row.reduce((sum, value) => sum + value / peak, 0));
    const area = rows.reduce((sum, value) => sum + value, 0);
    const height = values.reduce((sum, row) => sum + Math.max(...row) / peak, 0);
    const width = Array.from(
      { length: 10 },
      (_, x) => Math.max(...values.map((row) => row[x] as number)) / peak,
    );
    const fill = area / (height * width.reduce((sum, value) => sum + value, 0));
    const there = values.flatMap((row, y) => (Math.max(...row) > 0.02 * 255 ? [y] : []));
    const middle = ((there[0] as number) + (there.at(-1) as number)) / 2;
    const low = rows.reduce((sum, value, y) => sum + y * value, 0) / area - middle;
    const shape = low > 0.2 && !(fill > 0.8 && low < 0.6) ? 'triangle' : fill > 0.95 ? 'square' : 'circle';
    return { shape, colour: channels[sums.indexOf(Math.max(...sums))] as 'red' };
  });
}

describe('the language of SHAPES', () => {
  const grid: ShapeCell[] = [
    { shape: 'circle', colour: 'red' },
    null,
    { shape: 'square', colour: 'blue' },
    { shape: 'square', colour: 'green' },
    ...Array<ShapeCell>(5).fill(null),
  ];
  const ask = (form: string) => answerShapes(grid, parseShapesQuery(form) as ShapeQuery);

  it('answers a grid worked out by hand: relations are of direct neighbours', () => {
    expect(ask('(is red circle)')).toBe(true);
    expect(ask('(is green circle)')).toBe(false);
    expect(ask('(is circle (above green))')).toBe(true);
    expect(ask('(is green (below red))')).toBe(true);
    expect(ask('(is green (above red))')).toBe(false);
    expect(ask('(is circle (left_of blue))')).toBe(false);
    expect(ask('(is circle (left_of (left_of blue)))')).toBe(true);
    expect(ask('(is blue (right_of (above green)))')).toBe(false);
    expect(ask('(is red (above (below red)))')).toBe(true);
  });

  it('is read and written as published', () => {
    const forms = ['(is red red)', '(is circle (below square))', '(is green (right_of (above blue)))'];
    for (const form of forms) expect(formatShapesQuery(parseShapesQuery(form) as ShapeQuery)).toBe(form);
    for (const wrong of ['(is red)', '(is red (over blue))', '(is pink red)', '(is red (above blue)', 'red'])
      expect(parseShapesQuery(wrong)).toBeNull();
  });

  const real = sharedData('shapes');
  it.skipIf(!real).each([
    ['train.small', 640],
    ['val', 1024],
  ])('gives every published answer and question of %s', (split, count) => {
    const read = (ending: string) => readFileSync(join(real as string, `${split}.${ending}`));
    const pixels = gunzipSync(read('input.u8.gz'));
    const [forms, questions, answers] = ['query', 'query_str.txt', 'output'].map((name) =>
      lines(String(read(name))),
    );
    expect(forms).toHaveLength(count);
    let right = 0;
    forms?.forEach((form, row) => {
      const query = parseShapesQuery(form) as ShapeQuery;
      expect(shapesQuestion(query)).toBe(questions?.[row]);
      const seen = readGrid(pixels.subarray(2700 * row, 2700 * (row + 1)), ['blue', 'green', 'red']);
      if (String(answerShapes(seen, query)) === answers?.[row]) right++;
    });
    expect(right).toBe(count);
  });
});

describe('SHAPES made afresh', () => {
  it('paints grids that can be read back', () => {
    const generator = new Generator(1, 'grids');
    for (let i = 0; i < 200; i++) {
      const grid = drawShapesGrid(generator);
      expect(readGrid(paintShapes(grid, generator), ['red', 'green', 'blue'])).toEqual(grid);
    }
  });

  it('asks 200 questions of 64 pictures, half true, the test’s questions unseen', () => {
    const parts = planShapes({ seed: 1 });
    expect(PARTS.map((part) => parts.get(part)?.records.length)).toEqual([160 * 64, 20 * 64, 20 * 64]);
    const texts = PARTS.map((part) => new Set(parts.get(part)?.records.map(({ text }) => text)));
    expect(texts.map(({ size }) => size)).toEqual([160, 20, 20]);
    expect(new Set(texts.flatMap((set) => [...set])).size).toBe(200);
    for (const part of PARTS) {
      const ceiling = textOnlyCeiling(parts.get(part)?.records ?? []);
      expect([ceiling.accuracy, ceiling.majority]).toEqual([0.5, 0.5]);
    }
    const relations = [...(texts[0] as Set<string>)].map(
      (text) => text.match(/above|below|left|right/g)?.length ?? 0,
    );
    expect(relations.filter((count) => count === 2).length).toBeGreaterThan(40);
    expect(relations.filter((count) => count === 0).length).toBeGreaterThan(5);
  });

  it('writes pictures whose grids give the labels, to the byte the same again', async () => {
    const options = { questions: 12, pictures: 6, seed: 4 };
    const out = join(folder.path, 'a');
    await generateShapes(out, options);
    await generateShapes(join(folder.path, 'b'), options);
    for (const part of PARTS) {
      const set = await readRecords(join(out, `${part}.jsonl`), 'classification');
      expect(readFileSync(join(folder.path, 'b', `${part}.jsonl`))).toEqual(
        readFileSync(join(out, `${part}.jsonl`)),
      );
      await checkRecords(set);
      for (const [row, { label, query }] of set.records.entries()) {
        const pixels = await sharp(set.pictures[row] as string)
          .raw()
          .toBuffer();
        const grid = readGrid(pixels, ['red', 'green', 'blue']);
        expect(String(answerShapes(grid, parseShapesQuery(String(query)) as ShapeQuery))).toBe(label);
      }
    }
  });

  it('asks about single cells of training pictures, rightly, and leaves all else as it is', () => {
    const options = { questions: 20, pictures: 8, seed: 2 };
    const [plain, asked] = [planShapes(options), planShapes({ ...options, cells: 3 })];
    const isCell = (record: object) => (record as { kind?: string }).kind === 'cell';
    for (const part of PARTS) {
      const own = asked.get(part)?.records.filter((record) => !isCell(record));
      expect(own?.map((record) => ({ ...record, kind: undefined }))).toEqual(
        plain.get(part)?.records.map((record) => ({ ...record, kind: undefined })),
      );
    }
    expect(asked.get('test')?.records.some(isCell)).toBe(false);
    const train = asked.get('train') as GeneratedRecords;
    const cells = train.records.filter(isCell);
    expect(cells).toHaveLength(16 * 8 * 3);
    const seen = new Set<string>();
    for (const { text, label, image } of cells) {
      const draw = train.pictures.get(String(image)) as () => { data: Uint8Array };
      const grid = readGrid(draw().data, ['red', 'green', 'blue']);
      const [, property, chain, number] = /^what (shape|colour) is (.*)cell (\d)$/.exec(text) as string[];
      // Walked from the cell outwards, the relation that is said last comes first.
      let [row, column] = [Math.floor((Number(number) - 1) / 3), (Number(number) - 1) % 3];
      const steps = chain?.match(/above|below|left of|right of/g) ?? [];
      for (const step of steps.reverse()) {
        row += step === 'above' ? -1 : step === 'below' ? 1 : 0;
        column += step === 'left of' ? -1 : step === 'right of' ? 1 : 0;
        expect([0, 1, 2]).toContain(row);
        expect([0, 1, 2]).toContain(column);
      }
      expect(grid[3 * row + column]?.[property as 'shape'] ?? 'nothing').toBe(label);
      seen.add(`${steps.length} ${label}`);
    }
    expect(seen.size).toBe(3 * 7);
  });

  it('refuses more questions than there are, and wrong numbers', () => {
    expect(() => planShapes({ questions: 5000, pictures: 2, seed: 1 })).toThrow(
      /questions is 5000; there are fewer/,
    );
    expect(() => planShapes({ questions: 9, seed: 1 })).toThrow(
      /questions is 9; give a whole number of at least 10/,
    );
    expect(() => planShapes({ pictures: 1, seed: 1 })).toThrow(/pictures is 1/);
  });
});
