import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  checkRecords,
  generateNlvrLike,
  planNlvrLike,
  readRecords,
  textOnlyCeiling,
} from '../../src/lib/data';
import { sentenceKey } from '../../src/lib/data/formats/nlvr';
import {
  drawNlvr,
  drawScatter,
  drawTowers,
  fromStructuredRep,
  type NlvrScene,
  type PublishedItem,
  toStructuredRep,
} from '../../src/lib/data/generated/nlvr-scene';
import { drawSentence, type NlvrSentence } from '../../src/lib/data/generated/nlvr-sentences';
import { Generator } from '../../src/lib/random';
import { sharedData } from '../support/shared-data';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const PARTS = ['train', 'validation', 'test'] as const;
const real = sharedData('nlvr');

interface Published {
  sentence: string;
  label: 'true' | 'false';
  identifier: string;
  directory: string;
  structured_rep: PublishedItem[][];
}
const published = (split: 'dev' | 'test'): Published[] =>
  readFileSync(join(real as string, split, `${split}.json`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Published);

/** Every sentence that 60,000 draws give, by its key and the scenes that it is about. */
function grammar(): Map<string, NlvrSentence> {
  const generator = new Generator(1, 'grammar');
  const out = new Map<string, NlvrSentence>();
  for (let i = 0; i < 60_000; i++) {
    const sentence = drawSentence(i % 2 ? 'tower' : 'scatter', generator);
    out.set(`${sentence.of} ${sentenceKey(sentence.text)}`, sentence);
  }
  return out;
}
const isTower = (scene: NlvrScene) =>
  scene.every((box) => box.every(({ x, size }) => x === 40 && size === 20));

describe('sentences in the manner of NLVR', () => {
  it.skipIf(!real)('mean what people meant: the published labels of equal sentences', () => {
    const known = grammar();
    let [asked, right] = [0, 0];
    const sentences = new Set<string>();
    for (const { sentence, label, structured_rep } of [...published('dev'), ...published('test')]) {
      const scene = fromStructuredRep(structured_rep);
      const found = known.get(`${isTower(scene) ? 'tower' : 'scatter'} ${sentenceKey(sentence)}`);
      const meant = found?.meaning(scene);
      if (meant === undefined || meant === null) continue;
      asked++;
      sentences.add(sentenceKey(sentence));
      if (String(meant) === label) right++;
    }
    expect(sentences.size).toBeGreaterThan(20);
    // Counted: 223 of 225 examples of 48 sentences. People differ a little over such words as over and only.
    expect(right / asked).toBeGreaterThan(0.95);
  });

  it('is varied: thousands of sentences in twenty frames and more', () => {
    const known = grammar();
    expect(known.size).toBeGreaterThan(3000);
    expect(new Set([...known.values()].map(({ frame }) => frame)).size).toBeGreaterThanOrEqual(20);
    for (const { text } of known.values()) expect(text).toMatch(/^[A-Z][a-z0-9 ]+$/);
  });
});

describe('scenes in the manner of NLVR', () => {
  it.skipIf(!real)('are drawn as published: pixels of the authors’ own scenes', async () => {
    for (const { structured_rep, directory, identifier } of published('dev').slice(0, 12)) {
      const ours = await sharp(Buffer.from(drawNlvr(fromStructuredRep(structured_rep))))
        .removeAlpha()
        .raw()
        .toBuffer();
      const file = join(real as string, 'dev/images', directory, `dev-${identifier}-0.png`);
      const theirs = await sharp(file).removeAlpha().raw().toBuffer();
      const differing = ours.reduce(
        (sum, value, i) => sum + Number(Math.abs(value - (theirs[i] as number)) > 40),
        0,
      );
      // Edges of circles and triangles are smoothed otherwise.
      expect(differing / ours.length).toBeLessThan(0.006);
    }
  });

  it('hold things inside their boxes that do not overlap, and survive NLVR’s notation', () => {
    const generator = new Generator(2, 'scenes');
    for (let i = 0; i < 200; i++) {
      const scene = (i % 2 ? drawScatter : drawTowers)(generator);
      expect(scene).toHaveLength(3);
      for (const box of scene) {
        expect(box.length).toBeGreaterThan(0);
        for (const { x, y, size } of box) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(Math.max(x, y) + size).toBeLessThanOrEqual(100);
        }
        for (const [j, a] of box.entries())
          for (const b of box.slice(j + 1))
            expect(
              Math.max(
                Math.abs(2 * (a.x - b.x) + a.size - b.size),
                Math.abs(2 * (a.y - b.y) + a.size - b.size),
              ),
            ).toBeGreaterThan(a.size + b.size);
      }
      expect(fromStructuredRep(toStructuredRep(scene))).toEqual(scene);
    }
  });
});

describe('nlvr-like', () => {
  it('is half true for every sentence, split by sentence, without those to avoid', () => {
    const options = { records: 2000, seed: 1 };
    const parts = planNlvrLike(options);
    expect([...parts.keys()]).toEqual(['train', 'validation', 'test']);
    expect(PARTS.map((part) => parts.get(part)?.records.length)).toEqual([1600, 200, 200]);
    const groups = PARTS.map((part) => [...new Set(parts.get(part)?.records.map(({ group }) => group))]);
    expect(new Set(groups.flat()).size).toBe(groups.flat().length);
    for (const part of PARTS) expect(textOnlyCeiling(parts.get(part)?.records ?? []).accuracy).toBe(0.5);
    const avoid = parts.get('train')?.records.map(({ text }) => text.toUpperCase()) ?? [];
    const without = planNlvrLike({ ...options, avoid });
    const left = new Set(PARTS.flatMap((part) => without.get(part)?.records.map(({ group }) => group) ?? []));
    expect(groups[0]?.some((group) => left.has(group))).toBe(false);
  });

  it('asks each picture of a stock many times, half true for every sentence as well', () => {
    const parts = planNlvrLike({ records: 3000, seed: 1, pictures: 200 });
    const images = PARTS.map((part) => [...(parts.get(part)?.pictures.keys() ?? [])]);
    expect(images[0]?.length).toBeLessThanOrEqual(160);
    expect(images[0]?.length).toBeGreaterThan(150);
    expect(new Set(images.flat()).size).toBe(images.flat().length);
    for (const part of PARTS) {
      const { records, pictures } = parts.get(part) ?? { records: [], pictures: new Map() };
      expect(textOnlyCeiling(records).accuracy).toBe(0.5);
      const asked = records.map(({ id, image }) => `${id?.replace(/-\d+$/, '')} ${image}`);
      expect(new Set(asked).size).toBe(asked.length);
      const drawn = new Map<string, unknown>();
      for (const record of records as { image?: string; structured_rep?: unknown }[]) {
        const { image = '', structured_rep } = record;
        expect(structured_rep).toEqual(drawn.get(image) ?? structured_rep);
        drawn.set(image, structured_rep);
        expect(pictures.has(image)).toBe(true);
      }
    }
    expect(() => planNlvrLike({ records: 3000, seed: 1, pictures: 9 })).toThrow(
      /pictures is 9; give a whole number of at least 120/,
    );
  });

  it('asks in every frame in each part, though the short ones have few sentences', () => {
    const parts = planNlvrLike({ records: 20_000, seed: 1, pictures: 2000 });
    const shares = PARTS.map((part) => {
      const records = (parts.get(part)?.records ?? []) as { frame?: string }[];
      const counts = new Map<string, number>();
      for (const { frame = '' } of records) counts.set(frame, (counts.get(frame) ?? 0) + 1 / records.length);
      return counts;
    });
    const towers = shares.map((counts) =>
      [...counts].reduce((sum, [frame, share]) => sum + (frame.startsWith('tower') ? share : 0), 0),
    );
    // Sentences about towers are two thirds of those drawn; which of them hold of two scenes and not of two others is luck.
    for (const share of towers) expect(share).toBeGreaterThan(0.5);
    for (const frame of ['scatter-count', 'scatter-above', 'tower-order', 'tower-two-kinds', 'tower-height'])
      for (const counts of shares) expect(counts.get(frame) ?? 0, frame).toBeGreaterThan(0.01);
  });

  it('writes records that read back, to the byte the same again', async () => {
    const options = { records: 121, seed: 4 };
    const report = await generateNlvrLike(join(folder.path, 'a'), options);
    await generateNlvrLike(join(folder.path, 'b'), options);
    expect(report.parts.reduce((sum, { records }) => sum + records, 0)).toBe(121);
    for (const name of ['train.jsonl', 'test.jsonl'])
      expect(readFileSync(join(folder.path, 'a', name))).toEqual(readFileSync(join(folder.path, 'b', name)));
    const set = await readRecords(join(folder.path, 'a/train.jsonl'), 'classification');
    expect((await checkRecords(set)).files).toBe(set.records.length);
    const { width, height } = await sharp(set.pictures[0] as string).metadata();
    expect([width, height]).toEqual([400, 100]);
    expect(() => planNlvrLike({ records: 100, seed: 1 })).toThrow(
      /records is 100; give a whole number of at least 120/,
    );
  });
});
